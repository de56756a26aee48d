/** SD-JWT: which disclosures the issuer signed, and whether the holder presents them. */
import { createHash } from "node:crypto"
import { checkDisclosures, read } from "@jotkit/inspect"
import { encode, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"

const issuer = Jwk.generate("ES256")
const holder = Jwk.generate("ES256")
/** RFC 9901, section 4.2.1, and its hash by section 4.2.3. */
const FAMILY_NAME = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
const FAMILY_NAME_DIGEST = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"

function disclosure(...items: unknown[]): string {
  return Buffer.from(JSON.stringify(items)).toString("base64url")
}

function digest(text: string, hash = "sha256"): string {
  return createHash(hash).update(text).digest("base64url")
}

function sdJwt(claims: object, disclosures: readonly string[], binding = ""): string {
  return [encode(claims, issuer, { algorithm: "ES256" }), ...disclosures, binding].join("~")
}

async function answers(text: string): Promise<string[]> {
  return (await checkDisclosures(read(text))).disclosures.map(({ answer }) => answer)
}

describe("a disclosure", () => {
  test("matches by the hash of its text, as RFC 9901 has it", async () => {
    const text = sdJwt({ _sd: [FAMILY_NAME_DIGEST, digest("kept back")], _sd_alg: "sha-256" }, [FAMILY_NAME])
    const { disclosures, undisclosed, keyBinding } = await checkDisclosures(read(text))
    expect(disclosures).toMatchObject([
      { digest: FAMILY_NAME_DIGEST, answer: "matched", disclosure: { name: "family_name" } },
    ])
    expect(undisclosed).toBe(1)
    expect(keyBinding).toEqual([])
  })

  test("matches inside objects, arrays and other disclosures", async () => {
    const inner = disclosure("s1", "street", "1 Main")
    const outer = disclosure("s2", "address", { _sd: [digest(inner)] })
    const element = disclosure("s3", "TW")
    const claims = { person: { _sd: [digest(outer)] }, nationalities: [{ "...": digest(element) }] }
    expect(await answers(sdJwt(claims, [inner, outer, element]))).toEqual(["matched", "matched", "matched"])
    expect(await answers(sdJwt(claims, [inner]))).toEqual(["digest_absent"])
  })

  test("that was changed, is held twice, is malformed or takes a reserved name does not", async () => {
    const good = disclosure("s", "a", 1)
    const reserved = disclosure("s", "_sd", [])
    const claims = { _sd: [digest(good), digest(reserved)], other: { _sd: [digest(good)] } }
    const changed = disclosure("s", "a", 2)
    expect(await answers(sdJwt(claims, [good, changed, disclosure("s"), reserved]))).toEqual([
      "digest_twice",
      "digest_absent",
      "malformed",
      "name_reserved",
    ])
  })

  test("is hashed as the token says, or not at all", async () => {
    const one = disclosure("s", "a", 1)
    expect(await answers(sdJwt({ _sd: [digest(one, "sha512")], _sd_alg: "sha-512" }, [one]))).toEqual(["matched"])
    expect(await answers(sdJwt({ _sd: [digest(one, "md5")], _sd_alg: "md5" }, [one]))).toEqual(["hash_unknown"])
  })
})

describe("key binding", () => {
  const one = disclosure("s", "a", 1)
  const presented = sdJwt({ _sd: [digest(one)], cnf: { jwk: holder.toJSON() } }, [one])

  function bound(over: string, signer = holder, typ = "kb+jwt", extra: object = { aud: "v", nonce: "n" }): string {
    const claims = { iat: 1_700_000_000, sd_hash: digest(over), ...extra }
    return presented + encode(claims, signer, { algorithm: "ES256", header: { typ } })
  }

  async function statuses(text: string): Promise<string[]> {
    return (await checkDisclosures(read(text))).keyBinding.map(({ id, status }) => `${id} ${status}`)
  }

  test("holds with the key of the token, over what is presented", async () => {
    expect(await statuses(bound(presented))).toEqual(["signature pass", "sd_hash pass", "typ pass", "claims pass"])
  })

  test("fails with another key, over something else, as another type, without what makes it fresh", async () => {
    expect(await statuses(bound("else", issuer, "jwt", {}))).toEqual([
      "signature fail",
      "sd_hash fail",
      "typ fail",
      "claims fail",
    ])
  })

  test("proves nothing with a secret that everyone can read in the token", async () => {
    const secret = Jwk.from({ kty: "oct", k: Buffer.alloc(32, 7).toString("base64url"), alg: "HS256" })
    const text = sdJwt({ cnf: { jwk: secret.toPrivateJSON() } }, [])
    const binding = encode({}, secret, { header: { typ: "kb+jwt" } })
    expect((await statuses(text + binding))[0]).toBe("signature skipped")
  })

  test("is not checked where the token names no key", async () => {
    const text = sdJwt({}, []) + encode({}, holder, { algorithm: "ES256", header: { typ: "kb+jwt" } })
    expect(await statuses(text)).toEqual(["signature skipped", "sd_hash fail", "typ pass", "claims fail"])
  })
})
