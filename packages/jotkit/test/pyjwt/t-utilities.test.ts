/** PyJWT, table T: its utilities are no public functions here; what they do shows in keys. */
import { generateKeyPairSync } from "node:crypto"
import { encode, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"

describe("numbers in base64url", () => {
  test.each([
    [3, "Aw"],
    [257, "AQE"],
    [65537, "AQAB"],
  ])("463: %d is written as %s", (publicExponent, expected) => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024, publicExponent })
    expect(Jwk.from(publicKey).toJSON()["e"]).toBe(expected)
  })

  test("464: and is read as the same number, in its one spelling", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 })
    const jwk = Jwk.from(publicKey).toJSON()
    expect(Jwk.from(jwk).toKeyObject().asymmetricKeyDetails?.publicExponent).toBe(65537n)
    // RFC 7518, section 2: no leading zero bytes.
    expect(outcome(() => Jwk.from({ ...jwk, e: "AAEAAQ" }))).toBe("InvalidKeyError jwk_invalid")
  })
})

test("465: an object is not text and not bytes", () => {
  expect(outcome(() => encode({ a: 1 }, untyped(new (class Secret {})())))).toBe("InvalidKeyError key_invalid")
})
