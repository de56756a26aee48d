/**
 * Wherever the engine waits for WebCrypto it takes a plain answer as well. So a WebCrypto that answers at once, which tests can make, brings
 * the synchronous forms to life. Private files, because no door lets its WebCrypto be exchanged.
 */
import { createHmac } from "node:crypto"
import { decode, encode, encodeAsync, Jwk } from "jotkit"
import { expect, onTestFinished, test } from "vitest"
import { replaceSubtle } from "../../src/crypto/subtle.ts"
import { derOf } from "../keys-fixtures/forms.ts"
import { pairOf } from "../keys-fixtures/pairs.ts"

type Replacement = NonNullable<Parameters<typeof replaceSubtle>[0]>["subtle"]

/** HMAC and nothing else, at once. */
function subtleAtOnce(): Replacement {
  const mac = (key: object, data: Uint8Array): Buffer =>
    createHmac("sha256", Reflect.get(key, "secret") as Uint8Array)
      .update(data)
      .digest()
  const known: Partial<Replacement> = {
    importKey: (_format, secret) => ({ secret }) as never,
    sign: (_parameters, key, data) => mac(key, data),
    verify: (_parameters, key, signature, data) => mac(key, data).equals(signature),
  }
  return known as Replacement
}

test("synchronous forms work on a WebCrypto that answers at once", () => {
  replaceSubtle({ subtle: subtleAtOnce(), answersAtOnce: true })
  onTestFinished(() => replaceSubtle(undefined))
  const token = encode({ hello: "world" }, "secret", { sortHeader: false })
  expect(token).toBe(
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJoZWxsbyI6IndvcmxkIn0.bqxXg9VwcbXKoiWtp-osd0WKPX307RjcN7EuXbdq-CE",
  )
  expect(decode(token, "secret", { algorithms: ["HS256"] })).toEqual({ hello: "world" })
  expect(() => decode(`${token}A`, "secret", { algorithms: ["HS256"] })).toThrow(/signature/)
  expect(() => Jwk.generate("ES256")).toThrow(expect.objectContaining({ code: "algorithm_unavailable" }))
})

test("an EC key whose halves do not belong together is found out also where the platform looks at one of them only", async () => {
  // What a platform can do is remembered, so this is another curve than above.
  const { subtle } = globalThis.crypto
  const other = pairOf("P-384", "other").privateKey
  const jwk = {
    ...pairOf("P-384").privateKey.export({ format: "jwk" }),
    d: other.export({ format: "jwk" }).d,
    kty: "EC",
  }
  const careless: Partial<Replacement> = {
    importKey: (format, data, algorithm, extractable, usages) =>
      "d" in data
        ? subtle.importKey("pkcs8", derOf(other, "pkcs8"), algorithm as never, extractable, usages as never)
        : subtle.importKey(format as never, data as never, algorithm as never, extractable, usages as never),
    sign: (...given) => subtle.sign(...(given as unknown as Parameters<typeof subtle.sign>)),
    verify: (...given) => subtle.verify(...(given as unknown as Parameters<typeof subtle.verify>)),
    generateKey: (...given) =>
      subtle.generateKey(...(given as unknown as Parameters<typeof subtle.generateKey>)) as never,
  }
  replaceSubtle({ subtle: careless as Replacement, answersAtOnce: false })
  onTestFinished(() => replaceSubtle(undefined))
  await expect(encodeAsync({}, jwk)).rejects.toMatchObject({ code: "jwk_invalid" })
})

test("a key is made although the platform has failed once", async () => {
  const { subtle } = globalThis.crypto
  let failures = 1
  const failing: Partial<Replacement> = {
    generateKey: (...given) => {
      if (failures-- > 0) throw new DOMException("", "OperationError")
      return subtle.generateKey(...(given as unknown as Parameters<typeof subtle.generateKey>)) as never
    },
    exportKey: (...given) => subtle.exportKey(...(given as unknown as Parameters<typeof subtle.exportKey>)),
  }
  replaceSubtle({ subtle: failing as Replacement, answersAtOnce: false })
  onTestFinished(() => replaceSubtle(undefined))
  expect((await Jwk.generateAsync("Ed25519")).curve).toBe("Ed25519")
  failures = 2
  await expect(Jwk.generateAsync("Ed25519")).rejects.toMatchObject({ code: "algorithm_unavailable" })
})
