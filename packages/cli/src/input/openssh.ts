/** The formats of OpenSSH: public key lines (RFC 4253, section 6.6), and its own private format without encryption. */

import { randomBytes } from "node:crypto"
import type { Jwk, JwkObject } from "jotkit"
import { Failure } from "../frame/failure.ts"

const MAGIC = "openssh-key-v1\0"
const BLOCK = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END OPENSSH PRIVATE KEY-----/
const CURVES: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" }
const UNCOMPRESSED = 4
/** Blocks that the private part is filled up to where no cipher asks for others. */
const PADDING = 8
const LINE = 70
/** 16,384 bits, as the library reads them. */
const MAX_NUMBER_BYTES = 2048
const LEAST_PRIME_BYTES = 16

/** Whether a text holds a private key in the format of OpenSSH. */
export function isOpenSshPrivate(text: string): boolean {
  return text.includes("-----BEGIN OPENSSH PRIVATE KEY-----")
}

/**
 * Reads a private key in the format of OpenSSH.
 *
 * @throws Failure `key` for one that is encrypted (the platform lacks bcrypt), or of a kind that JOSE does not have; `input` for one that is cut off.
 */
export function openSshJwk(text: string, name: string): JwkObject {
  const [, body = ""] = BLOCK.exec(text) ?? []
  const reader = new Reader(Buffer.from(body, "base64"), name)
  if (reader.take(MAGIC.length).toString("latin1") !== MAGIC) throw new Failure("input", "no_key_in", name)
  const cipher = reader.text()
  reader.next()
  reader.next()
  if (cipher !== "none") throw new Failure("key", "openssh_encrypted", name)
  if (reader.number() !== 1) throw new Failure("input", "no_key_in", name)
  reader.next()
  const secret = new Reader(reader.next(), name)
  const [check, twin] = [secret.number(), secret.number()]
  if (check !== twin) throw new Failure("input", "no_key_in", name)
  return privateMembers(secret, name)
}

function privateMembers(reader: Reader, name: string): JwkObject {
  const type = reader.text()
  if (type === "ssh-ed25519") {
    const x = reader.next()
    return { kty: "OKP", crv: "Ed25519", x: base64url(x), d: base64url(reader.next().subarray(0, 32)) }
  }
  if (type === "ssh-rsa") {
    const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => unsigned(reader.next()))
    return rsaMembers({ n, e, d, qi, p, q } as Record<string, Buffer>, name)
  }
  const [crv] = Object.entries(CURVES).find(([, curve]) => type === `ecdsa-sha2-${curve}`) ?? []
  if (crv === undefined) throw new Failure("key", "openssh_kind", name)
  reader.next()
  const point = reader.next()
  const half = (point.length - 1) / 2
  if (point[0] !== UNCOMPRESSED || !Number.isInteger(half)) throw new Failure("input", "no_key_in", name)
  const d = unsigned(reader.next())
  const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)]
  return { kty: "EC", crv, x: base64url(x), y: base64url(y), d: base64url(leftPadded(d, half)) }
}

/** The format has no `dp` and `dq` (RFC 8017, section 3.2): they are what is left of `d`. */
function rsaMembers(numbers: Readonly<Record<string, Buffer>>, name: string): JwkObject {
  // Nothing is computed with numbers that no key has.
  const isHuge = Object.values(numbers).some((bytes) => bytes.length > MAX_NUMBER_BYTES)
  if (isHuge || [numbers["p"], numbers["q"]].some((prime) => (prime?.length ?? 0) < LEAST_PRIME_BYTES))
    throw new Failure("input", "no_key_in", name)
  const value = (name: string) => BigInt(`0x0${numbers[name]?.toString("hex")}`)
  const rest = (prime: string) => unsigned(fromBigInt(value("d") % (value(prime) - 1n)))
  const members = { ...numbers, dp: rest("p"), dq: rest("q") }
  return {
    kty: "RSA",
    ...Object.fromEntries(Object.entries(members).map(([name, bytes]) => [name, base64url(bytes)])),
  }
}

/**
 * Writes a key: the line of a public one, the unencrypted block of a private one.
 *
 * @throws Failure `key` for a key of a kind that OpenSSH does not have.
 */
export function openSshText(key: Jwk): string {
  const jwk = key.isPrivate ? key.toPrivateJSON() : key.toJSON()
  const { type, open, secret } = partsOf(jwk)
  const blob = Buffer.concat([field(type), ...open.map(field)])
  // Behind the key stands a comment of one line.
  const comment = /^[\x21-\x7e]+$/.test(key.keyId ?? "") ? (key.keyId ?? "") : ""
  if (!key.isPrivate) return `${[type, blob.toString("base64"), comment].join(" ").trim()}\n`
  const check = randomBytes(4)
  const inner = Buffer.concat([check, check, field(type), ...secret.map(field), field(comment)])
  const filling = Buffer.from(Array.from({ length: (PADDING - (inner.length % PADDING)) % PADDING }, (_, at) => at + 1))
  const none = [field("none"), field("none"), field("")]
  const sealed = field(Buffer.concat([inner, filling]))
  const whole = Buffer.concat([Buffer.from(MAGIC, "latin1"), ...none, number(1), field(blob), sealed])
  const lines = whole.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g")) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`
}

interface Parts {
  readonly type: string
  readonly open: readonly (string | Buffer)[]
  readonly secret: readonly (string | Buffer)[]
}

function partsOf(jwk: JwkObject): Parts {
  const bytes = (name: string) => Buffer.from(String(jwk[name] ?? ""), "base64url")
  const curve = Object.hasOwn(CURVES, String(jwk["crv"])) ? CURVES[String(jwk["crv"])] : undefined
  if (jwk.kty === "RSA") {
    const [n, e] = [signed(bytes("n")), signed(bytes("e"))]
    const others = ["d", "qi", "p", "q"].map((name) => signed(bytes(name)))
    return { type: "ssh-rsa", open: [e, n], secret: [n, e, ...others] }
  }
  if (jwk["crv"] === "Ed25519") {
    const x = bytes("x")
    return { type: "ssh-ed25519", open: [x], secret: [x, Buffer.concat([bytes("d"), x])] }
  }
  if (curve === undefined) throw new Failure("key", "key_form_kind", "openssh")
  const point = Buffer.concat([Buffer.from([UNCOMPRESSED]), bytes("x"), bytes("y")])
  return { type: `ecdsa-sha2-${curve}`, open: [curve, point], secret: [curve, point, signed(unsigned(bytes("d")))] }
}

/** Length-prefixed strings (RFC 4251, section 5). */
class Reader {
  readonly #bytes: Buffer
  readonly #name: string
  #at = 0

  constructor(bytes: Buffer, name: string) {
    this.#bytes = bytes
    this.#name = name
  }

  take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new Failure("input", "no_key_in", this.#name)
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  number(): number {
    return this.take(4).readUInt32BE()
  }

  next(): Buffer {
    return this.take(this.number())
  }

  text(): string {
    return this.next().toString("latin1")
  }
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function field(value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value
  return Buffer.concat([number(bytes.length), bytes])
}

/** A number whose first bit would say that it is negative begins with a zero byte. */
function signed(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
}

function unsigned(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0)
  return start === -1 ? bytes.subarray(bytes.length) : bytes.subarray(start)
}

function leftPadded(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([Buffer.alloc(Math.max(0, length - bytes.length)), bytes])
}

function fromBigInt(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
}

function base64url(bytes: Buffer): string {
  return bytes.toString("base64url")
}
