/**
 * HMAC (RFC 2104) from two one-shot hashes: about twice as fast as `createHmac`, which builds an object for each message.
 *
 * For each key two buffers are kept whose first block already holds the padded key; a message is written behind it. The inner
 * digest travels as latin1 text, one character a byte, which is the cheapest way from one hash call to the next. The hash itself
 * is the platform's. Where `crypto.hash` is missing or answers otherwise, `createHmac` does the work.
 */
import { writeLatin1 } from "../codec/bytes-node.ts"
import type { Operator, SigningInput } from "./key.ts"
import { nodeCrypto } from "./lazy-node.ts"
import type { HashName } from "./signature-algorithms.ts"

const BLOCK_BYTES: Readonly<Record<HashName, number>> = { sha256: 64, sha384: 128, sha512: 128 }
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c
/** Messages up to this length take the fast way; its buffers stay with the key. */
const MAX_FAST_BYTES = 4096
/** Views on the inner buffer are kept by message length: tokens of one issuer have few lengths. */
const KEPT_VIEWS = 64

type OneShotHash = (algorithm: string, data: Uint8Array, outputEncoding: "latin1" | "base64url") => string

/** Makes the operator for an HMAC secret. */
export function hmacOperator(hash: HashName, secret: Uint8Array): Operator {
  const { createHmac, createSecretKey } = nodeCrypto()
  const secretKey = createSecretKey(secret)
  // Newer than the types, and missing in some runtimes: found by asking.
  const oneShotHash = Reflect.get(nodeCrypto(), "hash") as OneShotHash | undefined
  const viaObject = (input: SigningInput): string => {
    const mac = createHmac(hash, secretKey)
    return (typeof input === "string" ? mac.update(input, "latin1") : mac.update(input)).digest("base64url")
  }
  const sign = oneShotHash === undefined ? viaObject : fastest(hash, secret, oneShotHash, viaObject)
  return { sign, verify: (input, signature) => sameText(sign(input), signature) }
}

function fastest(
  hash: HashName,
  secret: Uint8Array,
  digest: OneShotHash,
  viaObject: (input: SigningInput) => string,
): typeof viaObject {
  const blockBytes = BLOCK_BYTES[hash]
  const block = secret.length > blockBytes ? nodeCrypto().createHash(hash).update(secret).digest() : secret
  const inner = Buffer.alloc(blockBytes + MAX_FAST_BYTES, INNER_PAD)
  const outer = Buffer.alloc(blockBytes + Number(hash.slice(3)) / 8, OUTER_PAD)
  for (const [at, byte] of block.entries()) {
    inner[at] = byte ^ INNER_PAD
    outer[at] = byte ^ OUTER_PAD
  }
  const views: Buffer[] = Array.from({ length: KEPT_VIEWS }, () => inner.subarray(0, blockBytes))

  const fast = (input: SigningInput): string => {
    if (typeof input !== "string" || input.length > MAX_FAST_BYTES) return viaObject(input)
    const end = blockBytes + input.length
    let view = views[input.length % KEPT_VIEWS]
    if (view === undefined || view.length !== end) {
      view = inner.subarray(0, end)
      views[input.length % KEPT_VIEWS] = view
    }
    writeLatin1(inner, input, blockBytes)
    writeLatin1(outer, digest(hash, view, "latin1"), blockBytes)
    return digest(hash, outer, "base64url")
  }
  // A runtime may have the function without these encodings: believe it only after it gave the known answer.
  try {
    return fast("jotkit") === viaObject("jotkit") ? fast : viaObject
  } catch {
    return viaObject
  }
}

/** Compares in time that depends on the length only, which is public. */
function sameText(expected: string, given: string): boolean {
  if (expected.length !== given.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}
