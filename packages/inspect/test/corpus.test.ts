/** Everything that is published or was made to be odd: it is read, linted and judged, and nothing throws. */
import { readdirSync, readFileSync } from "node:fs"
import { judge, lint, type OfferedKey, read, readKeys, recognise } from "@jotkit/inspect"
import { expect, test } from "vitest"
import { describeShared } from "./shared.ts"

const NOW = 1_700_000_000

async function examine(text: string): Promise<string> {
  const reading = read(text)
  for (const segment of reading.segments) expect(text.slice(...segment.range)).toBe(segment.text)
  await lint(reading, { now: NOW })
  await judge(reading, { now: NOW })
  recognise(reading)
  return reading.form
}

describeShared("vectors/cookbook", "the cookbook of RFC 7520", (folder) => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"))
  test.each(files.filter((name) => /^jw[se]-|curve25519-jws|rfc7797/.test(name)))(
    "%s is what it says",
    async (name) => {
      const { output } = JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))
      const expected = name.startsWith("jwe") ? "jwe" : "jws"
      for (const form of ["compact", "json", "json_flat"]) {
        if (output[form] === undefined) continue
        const text = typeof output[form] === "string" ? output[form] : JSON.stringify(output[form], null, 1)
        expect(await examine(text)).toBe(expected)
      }
    },
  )

  test.each(files.filter((name) => name.startsWith("jwk")))("%s is a key", async (name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8")
    expect(read(text).form).toBe("jwk")
    expect((await readKeys(text))[0]?.problem).toBeUndefined()
  })
})

describeShared("vectors/pyjwt-keys", "keys of PyJWT", (folder) => {
  const FORMS: Readonly<Record<string, Partial<OfferedKey>>> = {
    "testkey_rsa.cer": { form: "certificate", keyType: "RSA", bits: 2048, isPrivate: false },
    "testkey_rsa.priv": { form: "pkcs1", keyType: "RSA", isPrivate: true },
    "testkey_rsa.pub": { form: "openssh", keyType: "RSA" },
    "testkey_pkcs1.pub.pem": { form: "pkcs1", keyType: "RSA", isPrivate: false },
    "testkey2_rsa.pub.pem": { form: "spki", keyType: "RSA" },
    "testkey_ec.pub": { form: "spki", keyType: "EC", curve: "P-256" },
    "testkey_ec_ssh.pub": { form: "openssh", keyType: "EC" },
    "testkey_ed25519.pem": { form: "pkcs8", keyType: "OKP", curve: "Ed25519", isPrivate: true },
    "jwk_rsa_key.json": { form: "jwk", keyType: "RSA", isPrivate: true },
    "jwk_hmac.json": { form: "jwk", keyType: "oct", isSymmetric: true, thumbprint: undefined },
    "jwk_keyset_only_unknown_alg.json": { form: "jwks", index: 0 },
    "testkey_ec_secp192r1.priv": { jwk: undefined },
    "jwk_empty.json": { form: "secret", problem: "secret_empty" },
  }
  test.each(Object.keys(FORMS))("%s is recognised by its content", async (name) => {
    const [key] = await readKeys(readFileSync(`${folder}/${name}`, "utf8"))
    expect(key).toMatchObject(FORMS[name] ?? {})
  })

  test("none makes reading throw, as text or as bytes", async () => {
    for (const name of readdirSync(folder).filter((file) => file !== "LICENSE")) {
      const bytes = readFileSync(`${folder}/${name}`)
      const [fromText, fromBytes] = [await readKeys(bytes.toString()), await readKeys(new Uint8Array(bytes))]
      expect([name, fromBytes.map(({ form, problem }) => [form, problem])]).toEqual([
        name,
        fromText.map(({ form, problem }) => [form, problem]),
      ])
    }
  })
})

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  test.each(["json_web_signature_test.json", "json_web_encryption_test.json"])(
    "every token of %s can be looked at",
    async (name) => {
      const { testGroups } = JSON.parse(readFileSync(`${folder}/${name}`, "utf8"))
      let examined = 0
      for (const { tests } of testGroups) {
        for (const { jws, jwe } of tests) {
          const token = jws ?? jwe
          const text = typeof token === "string" ? token : JSON.stringify(token)
          expect(["jws", "jwe", "unknown", "json", "segment"]).toContain(await examine(text))
          examined++
        }
      }
      expect(examined).toBeGreaterThan(100)
    },
  )
})
