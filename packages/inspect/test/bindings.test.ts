/** Hashes of what travels beside a token: each says whether it holds, or why nobody knows. */
import { createHash } from "node:crypto"
import { checkBindings, lint, proofThumbprint, read } from "@jotkit/inspect"
import { encode, Jwk } from "jotkit"
import { expect, test } from "vitest"
import { CERTIFICATE, X5T, X5T_S256 } from "./certificate-fixture.ts"

const SECRET = "k".repeat(64)

function half(text: string, hash = "sha256"): string {
  const digest = createHash(hash).update(text).digest()
  return digest.subarray(0, digest.length / 2).toString("base64url")
}

function reading(claims: object, algorithm = "HS256") {
  return read(encode(claims, SECRET, { algorithm }))
}

async function statuses(...[token, counterparts]: Parameters<typeof checkBindings>): Promise<string[]> {
  return (await checkBindings(token, counterparts)).map(({ name, status }) => `${name} ${status}`)
}

const claims = {
  at_hash: half("access"),
  c_hash: half("code"),
  s_hash: half("state"),
  ath: createHash("sha256").update("access").digest("base64url"),
  cnf: { jkt: "thumb" },
}

test("each hash holds with what it is of", async () => {
  const given = { accessToken: "access", code: "code", state: "state", thumbprint: "thumb" }
  expect(await statuses(reading(claims), given)).toEqual([
    "at_hash pass",
    "c_hash pass",
    "s_hash pass",
    "ath pass",
    "cnf.jkt pass",
  ])
})

test("each hash fails with something else, and is not checked with nothing", async () => {
  const given = { accessToken: "other", thumbprint: "other" }
  expect(await statuses(reading(claims), given)).toEqual([
    "at_hash fail",
    "c_hash not_checked",
    "s_hash not_checked",
    "ath fail",
    "cnf.jkt fail",
  ])
})

test("the signature's algorithm names the hash, and none where it names none", async () => {
  expect(await statuses(reading({ at_hash: half("access", "sha512") }, "HS512"), { accessToken: "access" })).toEqual([
    "at_hash pass",
  ])
  const header = Buffer.from('{"alg":"ML-DSA-44"}').toString("base64url")
  const payload = Buffer.from(JSON.stringify({ at_hash: half("access") })).toString("base64url")
  expect(await statuses(read(`${header}.${payload}.AAAA`), { accessToken: "access" })).toEqual(["at_hash cannot_check"])
})

test("a proof, a key and a thumbprint all name the key that was proved", async () => {
  const key = Jwk.generate("ES256")
  const thumbprint = key.thumbprint()
  const proof = encode({ htm: "GET" }, key, { algorithm: "ES256", header: { typ: "dpop+jwt", jwk: key.toJSON() } })
  for (const text of [proof, JSON.stringify(key.toJSON()), key.toPem(), ` ${thumbprint}\n`])
    expect(await proofThumbprint(text)).toBe(thumbprint)
  for (const text of ["", "secret", encode({}, SECRET, { algorithm: "HS256" })])
    expect(await proofThumbprint(text)).toBeUndefined()
})

test("hashes in the header are those of the certificate beside them, or a finding (CLM-HASH)", async () => {
  const x5c = [CERTIFICATE.replaceAll(/-----[^-]+-----|\s/g, "")]
  const found = async (header: object) => {
    const text = [JSON.stringify({ alg: "ES256", ...header }), "no claims", "signature"]
    const token = text.map((part) => Buffer.from(part).toString("base64url")).join(".")
    const findings = await lint(read(token), { now: 1_700_000_000 })
    return findings.flatMap(({ id, path, ref }) => (id === "CLM-HASH" ? [`${path} ${ref}`] : []))
  }
  expect(await found({ x5c, x5t: X5T, "x5t#S256": X5T_S256 })).toEqual([])
  expect(await found({ x5c, x5t: X5T, "x5t#S256": X5T })).toEqual(["/header/x5t#S256 RFC 7515, section 4.1.7"])
  expect(await found({ x5c, x5t: "AAAA" })).toEqual(["/header/x5t RFC 7515, section 4.1.7"])
  // Without the certificate nothing can be compared.
  expect(await found({ x5t: "AAAA" })).toEqual([])
})
