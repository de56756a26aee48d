/** A platform that loses zeros. Private files, because no door lets its WebCrypto be exchanged. */
import { type KeyObject, privateDecrypt, publicEncrypt } from "node:crypto"
import { decryptAsync } from "jotkit"
import { expect, onTestFinished, test } from "vitest"
import { replaceSubtle } from "../../src/crypto/subtle.ts"
import { pairOf } from "../keys-fixtures/pairs.ts"
import { onNode } from "./engines.ts"

type Replacement = NonNullable<Parameters<typeof replaceSubtle>[0]>["subtle"]

const jwk = onNode.Jwk.from(pairOf("RSA").privateKey)

test("a zero in front of a content key is put back where the platform loses it, and nowhere else", async () => {
  const { publicKey, privateKey } = pairOf("RSA")
  const { whole, secret } = withZeroSecret(privateKey)
  const parts = whole.split(".")
  parts[1] = publicEncrypt({ key: publicKey, oaepHash: "sha256" }, secret.subarray(1)).toString("base64url")
  const decrypt = (token: string) => decryptAsync(token, jwk.toPrivateJSON(), { algorithms: ["RSA-OAEP-256"] })
  expect(await decrypt(whole)).toEqual({ sub: "alice" })
  await expect(decrypt(parts.join("."))).rejects.toMatchObject({ code: "decryption_failed" })
  replaceSubtle({ subtle: losing(globalThis.crypto.subtle), answersAtOnce: false })
  onTestFinished(() => replaceSubtle(undefined))
  expect(await decrypt(whole)).toEqual({ sub: "alice" })
})

/** A token whose content key begins with a zero. */
function withZeroSecret(key: KeyObject): { whole: string; secret: Buffer } {
  const options = { algorithm: "RSA-OAEP-256", encryption: "A128GCM" }
  for (;;) {
    const whole = onNode.encrypt({ sub: "alice" }, jwk.publicKey(), options)
    const encrypted = Buffer.from(whole.split(".")[1] ?? "", "base64url")
    const secret = privateDecrypt({ key, oaepHash: "sha256" }, encrypted)
    if (secret[0] === 0) return { whole, secret }
  }
}

/** WebCrypto as WebKit has it on Linux: zeros in front of what RSA decrypts get lost. */
function losing(subtle: typeof globalThis.crypto.subtle): Replacement {
  const decrypt = async (...given: Parameters<typeof subtle.decrypt>) => {
    const bytes = new Uint8Array(await subtle.decrypt(...given))
    const first = bytes.findIndex((byte) => byte !== 0)
    return first === -1 ? new Uint8Array() : bytes.subarray(first)
  }
  return new Proxy(subtle, {
    get: (target, name) => (name === "decrypt" ? decrypt : Reflect.get(target, name).bind(target)),
  }) as unknown as Replacement
}
