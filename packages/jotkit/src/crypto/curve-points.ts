/** Is this a point of the curve, is this a private value? Checks only: nothing is computed with keys here (SEC 1, section 3.2.2). */

interface CurveNumbers {
  readonly bytes: number
  readonly p: bigint
  readonly a: bigint
  readonly b: bigint
  /** Order of the base point. */
  readonly n: bigint
}

function curve(bytes: number, p: bigint, a: bigint, b: bigint, n: bigint): CurveNumbers {
  return { bytes, p, a, b, n }
}

/** The numbers of the curves (SEC 2, section 2; FIPS 186-4, appendix D). */
const CURVES: ReadonlyMap<string, CurveNumbers> = new Map([
  [
    "P-256",
    curve(
      32,
      0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
      -3n,
      0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
      0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    ),
  ],
  [
    "P-384",
    curve(
      48,
      2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      -3n,
      0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    ),
  ],
  [
    "P-521",
    curve(
      66,
      2n ** 521n - 1n,
      -3n,
      0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
      0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    ),
  ],
  [
    "secp256k1",
    curve(
      32,
      2n ** 256n - 2n ** 32n - 977n,
      0n,
      7n,
      0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    ),
  ],
])

/** Length of a coordinate in bytes; undefined for what is no curve of this kind. */
export function coordinateBytes(name: string): number | undefined {
  return CURVES.get(name)?.bytes
}

/** Refuses coordinates out of range and points beside the curve. */
export function assertOnCurve(name: string, x: Uint8Array, y: Uint8Array): void {
  const { p, a, b } = numbersOf(name)
  const [left, right] = [numberOf(x), numberOf(y)]
  const fits = left < p && right < p && (right * right - (left * left * left + a * left + b)) % p === 0n
  if (!fits) throw new Error("the point is not on the curve")
}

/** Refuses a private value out of range. */
export function assertScalar(name: string, d: Uint8Array): void {
  const value = numberOf(d)
  if (value === 0n || value >= numbersOf(name).n) throw new Error("the private value is out of range")
}

function numbersOf(name: string): CurveNumbers {
  const numbers = CURVES.get(name)
  if (numbers === undefined) throw new Error(`there is no curve ${name}`)
  return numbers
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`)
}
