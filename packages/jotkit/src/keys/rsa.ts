/**
 * Checks on the numbers of an RSA key (RFC 7518, section 6.3; RFC 8017, section 3). Nothing here signs or encrypts: this only
 * refuses keys whose members do not belong together, which the platform would use all the same, and finds the primes of
 * keys that come without them.
 */
import { decodeBase64UrlPooled, encodeBase64Url } from "#bytes"
import type { KeyMaterial, KeyMembers } from "../crypto/key.ts"
import { invalidJwk, unsuitableKey } from "./problems.ts"

const MIN_MODULUS_BITS = 1024
const MAX_MODULUS_BITS = 16_384
const MAX_EXPONENT = 2n ** 64n
const MAX_FACTORING_TRIES = 100

/** Refuses RSA keys that nobody may use: too small, too large, or with an exponent under which signatures can be made up. */
export function assertUsableRsa(key: Pick<KeyMaterial, "keyType" | "bits" | "exponent">): void {
  if (key.keyType !== "RSA") return
  if (key.bits < MIN_MODULUS_BITS || key.bits > MAX_MODULUS_BITS) {
    throw unsuitableKey(
      `an RSA modulus must have ${MIN_MODULUS_BITS} to ${MAX_MODULUS_BITS} bits, found ${key.bits}`,
      key.bits < MIN_MODULUS_BITS ? "key_too_short" : "key_invalid",
    )
  }
  const exponent = key.exponent ?? 0n
  if (exponent < 3n || exponent % 2n === 0n || exponent >= MAX_EXPONENT) {
    throw unsuitableKey("an RSA public exponent must be odd, 3 or more, and below 2^64", "key_invalid")
  }
}

/** What the members alone say, for platforms that refuse such a key themselves, each for its own reason. */
export function rsaNumbers({ n, e }: KeyMembers): Pick<KeyMaterial, "keyType" | "bits" | "exponent"> {
  return { keyType: "RSA", bits: number(n).toString(2).length, exponent: number(e) }
}

/** Refuses private members that are not those of one key. */
export function assertRsaConsistent(members: KeyMembers): void {
  const [n, e, d, p, q] = [
    number(members.n),
    number(members.e),
    number(members.d),
    number(members.p),
    number(members.q),
  ]
  const consistent =
    p > 1n &&
    q > 1n &&
    p * q === n &&
    (d * e - 1n) % (p - 1n) === 0n &&
    (d * e - 1n) % (q - 1n) === 0n &&
    number(members.dp) === d % (p - 1n) &&
    number(members.dq) === d % (q - 1n) &&
    (number(members.qi) * q) % p === 1n
  if (!consistent) throw invalidJwk("the RSA members do not belong together")
}

/** Adds `p q dp dq qi` to a key that has only `n e d` (the method of NIST SP 800-56B, appendix C). */
export function completeRsa(members: KeyMembers): KeyMembers {
  const [n, e, d] = [number(members.n), number(members.e), number(members.d)]
  const [p, q] = factor(n, e, d)
  return Object.assign(members, {
    p: base64UrlNumber(p),
    q: base64UrlNumber(q),
    dp: base64UrlNumber(d % (p - 1n)),
    dq: base64UrlNumber(d % (q - 1n)),
    qi: base64UrlNumber(inverse(q, p)),
  })
}

function factor(n: bigint, e: bigint, d: bigint): readonly [bigint, bigint] {
  // Asked first, so that numbers which do not belong together cost one exponentiation and not a hundred.
  const consistent =
    n.toString(2).length <= MAX_MODULUS_BITS &&
    d < n &&
    d > 1n &&
    e > 1n &&
    e < MAX_EXPONENT &&
    power(2n, d * e, n) === 2n
  if (consistent) {
    let odd = d * e - 1n
    let halvings = 0
    while (odd > 0n && odd % 2n === 0n) {
      odd /= 2n
      halvings++
    }
    for (let base = 2n; base < 2n + BigInt(MAX_FACTORING_TRIES); base++) {
      const p = factorWith(base, n, odd, halvings)
      if (p !== undefined) return p > n / p ? [p, n / p] : [n / p, p]
    }
  }
  throw invalidJwk("the primes cannot be found from `n`, `e` and `d`")
}

/** Looks for a square root of 1 that is neither 1 nor -1: it shares a factor with n. */
function factorWith(base: bigint, n: bigint, odd: bigint, halvings: number): bigint | undefined {
  let root = power(base, odd, n)
  if (root === 1n || root === n - 1n) return undefined
  for (let step = 0; step < halvings; step++) {
    const square = (root * root) % n
    if (square === 1n) return greatestCommonDivisor(root - 1n, n)
    if (square === n - 1n) return undefined
    root = square
  }
  return undefined
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [previous, current] = [modulus, value % modulus]
  let [before, factorNow] = [0n, 1n]
  while (current > 1n) {
    const quotient = previous / current
    ;[previous, current] = [current, previous % current]
    ;[before, factorNow] = [factorNow, before - quotient * factorNow]
  }
  return ((factorNow % modulus) + modulus) % modulus
}

function number(text: string | undefined): bigint {
  const bytes = decodeBase64UrlPooled(text ?? "")
  return bytes === undefined || bytes.length === 0
    ? 0n
    : BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`)
}

function base64UrlNumber(value: bigint): string {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return encodeBase64Url(Uint8Array.from(even.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))
}
