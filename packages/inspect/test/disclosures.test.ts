/** SD-JWT: which disclosures the issuer signed, and whether the holder presents them. */
import { createHash } from "node:crypto"
import { checkDisclosures, judge, read } from "@jotkit/inspect"
import { encode, Jwk, signJws } from "jotkit"
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
  return [signJws(JSON.stringify(claims), issuer), ...disclosures, binding].join("~")
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

  test("takes no name that stands beside it, signed or disclosed before, and elsewhere any", async () => {
    const [role, again] = [disclosure("s1", "role", "admin"), disclosure("s2", "role", "user")]
    expect(await answers(sdJwt({ role: "user", _sd: [digest(role)] }, [role]))).toEqual(["name_taken"])
    expect(await answers(sdJwt({ _sd: [digest(role), digest(again)] }, [again, role]))).toEqual([
      "matched",
      "name_taken",
    ])
    expect(await answers(sdJwt({ role: 1, deep: { _sd: [digest(role)] } }, [role]))).toEqual(["matched"])
    // The same text once more says nothing else.
    expect(await answers(sdJwt({ _sd: [digest(role)] }, [role, role]))).toEqual(["matched", "matched"])
    const holder = disclosure("s3", "_sd", [digest(role)])
    expect(await answers(sdJwt({ _sd: [digest(holder)] }, [holder, role]))).toEqual(["name_reserved", "digest_absent"])
    expect(await answers(sdJwt({ _sd: [digest(disclosure("s", "...", 1))] }, [disclosure("s", "...", 1)]))).toEqual([
      "name_reserved",
    ])
  })

  test("says nothing in the place of something else: a claim in a list, an element among claims", async () => {
    const [claim, element] = [disclosure("s", "a", 1), disclosure("s", 1)]
    const claims = { _sd: [digest(element)], list: [{ "...": digest(claim) }] }
    expect(await answers(sdJwt(claims, [claim, element]))).toEqual(["malformed", "malformed"])
    expect(await answers(sdJwt({ list: [{ "...": digest(element), more: 1 }] }, [element]))).toEqual(["digest_absent"])
  })

  test("counts as a claim of the token, and a refused one does not", async () => {
    const [late, element] = [disclosure("s1", "exp", 1_000), disclosure("s2", "api")]
    const claims = { iss: "x", _sd: [digest(late)], _sd_alg: "sha-256", aud: ["web", { "...": digest(element) }] }
    const judged = async (text: string) =>
      judge(read(text), { now: 2_000, policy: { audience: "api", require: ["exp"] } })
    const both = await judged(sdJwt(claims, [late, element]))
    expect([both.verdicts.time, both.verdicts.claims.status]).toEqual([
      { status: "fail", code: "token_expired" },
      "pass",
    ])
    const kept = await judged(sdJwt(claims, []))
    expect([kept.verdicts.time.status, kept.verdicts.claims.status]).toEqual(["not_checked", "fail"])
    const early = await judged(sdJwt({ ...claims, exp: 3_000 }, [late]))
    expect([early.verdicts.structure.code, early.verdicts.time.status]).toEqual(["disclosure_invalid", "pass"])
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
