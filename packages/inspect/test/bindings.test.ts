/** Hashes of what travels beside a token: each says whether it holds, or why nobody knows. */
import { createHash } from "node:crypto"
import { checkBindings, proofThumbprint, read } from "@jotkit/inspect"
import { encode, Jwk } from "jotkit"
import { expect, test } from "vitest"

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
