/** What RSA makes is as long as the modulus (RFC 8017): both engines refuse it without the zeros that it may begin with. */
import { describe, expect, test } from "vitest"
import { pairOf } from "../keys-fixtures/pairs.ts"
import { answersOf, onNode } from "./engines.ts"

const jwk = onNode.Jwk.from(pairOf("RSA").privateKey)

/** One in 256 begins with a zero. */
function beginningWithZero(part: number, make: (attempt: number) => string): { whole: string; cut: string } {
  for (let attempt = 0; ; attempt++) {
    const whole = make(attempt)
    const parts = whole.split(".")
    const bytes = Buffer.from(parts[part] ?? "", "base64url")
    if (bytes[0] !== 0) continue
    parts[part] = bytes.subarray(1).toString("base64url")
    return { whole, cut: parts.join(".") }
  }
}

describe("a leading zero that is left out", () => {
  test.each(["RS256", "PS256", "PS512"])("makes a signature of %s invalid", async (algorithm) => {
    const { whole, cut } = beginningWithZero(2, (attempt) => onNode.signJws(`payload ${attempt}`, jwk, { algorithm }))
    const open = jwk.toJSON()
    const verify = (token: string) =>
      answersOf((jotkit) => jotkit.decodeAsync(token, open, { algorithms: [algorithm] }))
    expect(await verify(cut)).toEqual({
      web: "InvalidSignatureError signature_invalid token",
      node: "InvalidSignatureError signature_invalid token",
    })
    const { web, node } = await verify(whole)
    expect([web, node]).toEqual(["DecodeError payload_invalid token", "DecodeError payload_invalid token"])
  })

  test("makes an encrypted key of RSA-OAEP one that does not decrypt", async () => {
    const options = { algorithm: "RSA-OAEP-256", encryption: "A128GCM" }
    const { whole, cut } = beginningWithZero(1, () => onNode.encrypt({ sub: "alice" }, jwk.publicKey(), options))
    const secret = jwk.toPrivateJSON()
    const decrypt = (token: string) =>
      answersOf((jotkit) => jotkit.decryptAsync(token, secret, { algorithms: ["RSA-OAEP-256"] }))
    const failed = "DecryptionError decryption_failed token"
    expect(await decrypt(cut)).toEqual({ web: failed, node: failed })
    const opened = 'answer {"sub":"alice"}'
    expect(await decrypt(whole)).toEqual({ web: opened, node: opened })
  })
})
