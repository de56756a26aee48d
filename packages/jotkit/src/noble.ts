/**
 * Algorithms that some runtimes lack (ES256K, Ed448, ML-DSA-44, ML-DSA-65, ML-DSA-87), on the audited packages `@noble/curves` and
 * `@noble/post-quantum`, which you install beside this one. Nothing else in this package imports them.
 */
import { ed448 } from "@noble/curves/ed448.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js"
import { engine, layOver } from "./crypto/platform.ts"
import { type Primitive, withPrimitives } from "./crypto/primitives.ts"
import { SIGNATURE_ROWS } from "./crypto/signature-algorithms.ts"

const PRIMITIVES: ReadonlyMap<string, Primitive> = new Map([
  [
    "secp256k1",
    {
      newSecret: () => secp256k1.utils.randomSecretKey(),
      publicKey: (secret) => secp256k1.getPublicKey(secret, false),
      signer: (secret) => (data) => secp256k1.sign(data, secret),
      // RFC 8812 asks for no particular half of s, and OpenSSL takes both.
      verify: (signature, data, publicKey) => secp256k1.verify(signature, data, publicKey, { lowS: false }),
    },
  ],
  [
    "Ed448",
    {
      newSecret: () => ed448.utils.randomSecretKey(),
      publicKey: (secret) => ed448.getPublicKey(secret),
      signer: (secret) => (data) => ed448.sign(data, secret),
      verify: (signature, data, publicKey) => ed448.verify(signature, data, publicKey, { zip215: false }),
    },
  ],
  ["ML-DSA-44", mlDsa(ml_dsa44)],
  ["ML-DSA-65", mlDsa(ml_dsa65)],
  ["ML-DSA-87", mlDsa(ml_dsa87)],
])
const SEED_BYTES = 32

function mlDsa(scheme: typeof ml_dsa44): Primitive {
  return {
    newSecret: () => engine.randomBytes(SEED_BYTES),
    publicKey: (seed) => scheme.keygen(seed).publicKey,
    signer(seed) {
      const { secretKey } = scheme.keygen(seed)
      return (data) => scheme.sign(data, secretKey)
    },
    verify: (signature, data, publicKey) => scheme.verify(signature, data, publicKey),
  }
}

/**
 * Adds what this runtime is known to lack; call it once, before the first key is read. On WebCrypto, which cannot say at once what it has,
 * it adds all; {@link registerNobleAsync} asks. The added algorithms answer at once everywhere, so their synchronous forms work, too.
 */
export function registerNoble(): void {
  cover([...PRIMITIVES.keys()].filter((curve) => !engine.answersAtOnce || engine.supports(rowOf(curve)) === false))
}

/** Adds what this runtime lacks; call it once, before the first key is read. */
export async function registerNobleAsync(): Promise<void> {
  const missing: string[] = []
  for (const curve of PRIMITIVES.keys()) if (!(await engine.supports(rowOf(curve)))) missing.push(curve)
  cover(missing)
}

function cover(curves: readonly string[]): void {
  if (curves.length === 0) return
  const chosen = new Map([...PRIMITIVES].filter(([curve]) => curves.includes(curve)))
  layOver((below) => withPrimitives(below, chosen))
}

/** The row that is for this curve alone. */
function rowOf(curve: string): (typeof SIGNATURE_ROWS)[number] {
  const row = SIGNATURE_ROWS.find(({ curves }) => curves?.length === 1 && curves[0] === curve)
  if (row === undefined) throw new Error(`no algorithm is for ${curve} alone`)
  return row
}
