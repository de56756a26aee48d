import { readdirSync, readFileSync } from "node:fs"
import {
  decode,
  decodeAsync,
  decodeUnverified,
  decrypt,
  decryptAsync,
  decryptJwe,
  decryptJweAsync,
  getAlgorithm,
  isJwtError,
  Jwk,
  type JwkObject,
  JwkSet,
  signJws,
  signJwsAsync,
  type VerifyJwsOptions,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { compactJwe, concatKdf, KEY_MANAGEMENT } from "./sealed.ts"
import { KINDS_LEFT_OUT } from "./vectors/left-out.ts"

interface RfcCase {
  readonly id: string
  readonly kind: string
  readonly alg?: string
  readonly expect: "valid" | "invalid"
  readonly deterministic?: boolean
  readonly token?: string
  readonly jws?: object
  readonly jwk?: JwkObject
  readonly jwks?: { readonly keys: readonly JwkObject[] }
  readonly embedded_jwk?: JwkObject
  readonly jkt?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly now?: number
  readonly payload_hex?: string
  readonly protected_json?: string
  readonly hash?: string
  readonly thumbprint?: string
  readonly thumbprint_uri?: string
  readonly bytes_hex?: string
  readonly text?: string
  readonly jwe?: object
  readonly keys?: readonly { readonly recipient: number; readonly jwk: JwkObject }[]
  readonly password?: string
  readonly plaintext_hex?: string
  readonly plaintext_jwk?: JwkObject
  readonly enc?: string
  readonly ephemeral_jwk?: JwkObject
  readonly recipient_jwk?: JwkObject
  readonly apu?: string
  readonly apv?: string
  readonly z_hex?: string
  readonly derived_key?: string
}

const folder = new URL("./vectors/rfc/", import.meta.url)
const cases = readdirSync(folder)
  .sort()
  .flatMap((name) => (JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { cases: RfcCase[] }).cases)
const run = cases.filter(({ kind }) => !KINDS_LEFT_OUT.has(kind))
const SIGNATURES = ["RS256", "HS256", "ES256", "ES512", "EdDSA"]

/** What is encrypted for RSA1_5, which the package leaves out. */
const RSA1_5: ReadonlySet<string> = new Set(["rfc7516-A.2", "rfc7519-A.1", "rfc7519-A.2"])

/** The refusals among the examples, with our reasons. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ["rfc7515-A.5", "algorithm_not_allowed"],
  ["rfc7515-E", "crit_invalid"],
  ["rfc7519-3.1-expired", "token_expired"],
  ["rfc7519-6.1", "algorithm_not_allowed"],
  ["rfc7797-7-jwt", "payload_missing"],
])

const CHECKS: ReadonlyMap<string, (one: RfcCase) => void | Promise<void>> = new Map([
  ["jws-compact", checkJws],
  ["jws-detached", checkJws],
  ["jws-general", checkJws],
  ["jws-flattened", checkJws],
  ["jwt", checkJwt],
  ["dpop-proof", checkProof],
  ["jwk", ({ jwk }) => expect(keyOf(jwk).toPrivateJSON()).toEqual(jwk)],
  ["jwk-x5c", checkCertificate],
  ["jwks", checkSet],
  ["thumbprint", checkThumbprint],
  ["base64url", checkBase64Url],
  ["jwe-compact", checkJwe],
  ["jwe-flattened", checkJwe],
  ["jwe-general", checkRecipients],
  ["jwt-encrypted", checkRsa15Jwt],
  ["jwt-nested", checkRsa15Jwt],
  ["ecdh-es-kdf", checkAgreement],
  ["ecdh", checkAgreement],
])

describe("the examples printed in the RFCs", () => {
  test.each(run.map((one) => [one.id, one] as const))("%s gets the RFC's answer", async (_, one) => {
    const check = CHECKS.get(one.kind)
    if (check === undefined) throw new Error(`no check for the kind ${one.kind}`)
    await check(one)
  })

  test("all 41 examples are run, but for the three of content encryption alone", () => {
    expect(run).toHaveLength(38)
    expect(cases.filter(({ kind }) => KINDS_LEFT_OUT.has(kind))).toHaveLength(3)
    expect(cases).toHaveLength(41)
    expect(run.filter((one) => one.expect === "invalid").map(({ id }) => id)).toEqual([...REFUSALS.keys()])
  })
})

describe("signing again", () => {
  const deterministic = run.filter((one) => one.deterministic === true)

  test("gives the same text, letter for letter", async () => {
    const ours = deterministic.filter(({ protected_json }) => protected_json?.includes(" ") !== true)
    expect(ours.map(({ id }) => id)).toEqual(["rfc7515-A.2", "rfc8037-A.4-A.5"])
    for (const { alg, jwk, payload_hex = "", token } of ours) {
      const payload = Buffer.from(payload_hex, "hex")
      expect(signJws(payload, keyOf(jwk), { header: { alg } })).toBe(token)
      expect(await signJwsAsync(payload, keyOf(jwk), { header: { alg } })).toBe(token)
    }
  })

  test("gives the same signature where the header is spaced as nobody writes it", async () => {
    expect(deterministic.map(({ id }) => id)).toEqual(["rfc7515-A.1", "rfc7515-A.2", "rfc8037-A.4-A.5"])
    for (const { alg = "", jwk, token = "" } of deterministic) {
      const [header, payload, signature] = token.split(".")
      const algorithm = getAlgorithm(alg)
      const bytes = await algorithm.sign(Buffer.from(`${header}.${payload}`), algorithm.prepareKey(jwk))
      expect(Buffer.from(bytes).toString("base64url")).toBe(signature)
    }
  })
})

describe("the unsecured examples", () => {
  const unsecured = run.filter(({ alg }) => alg === "none")

  test("are refused also where none stands in the list", () => {
    expect(unsecured.map(({ token = "" }) => codeOf(() => verifyJws(token, "", { algorithms: ["none"] })))).toEqual([
      "signature_invalid",
      "crit_invalid",
      "signature_invalid",
    ])
  })

  test("are read only by the calls that verify nothing by name, and not where crit is not understood", () => {
    const [plain, critical] = unsecured.map(({ token = "" }) => token)
    expect(decodeUnverified(plain ?? "").payload).toMatchObject({ iss: "joe" })
    const nothing = { verify: { signature: false } }
    expect(decode(plain ?? "", "", nothing)).toMatchObject({ iss: "joe" })
    expect(codeOf(() => decode(critical ?? "", "", nothing))).toBe("crit_invalid")
  })
})

test("the example with two signatures holds for each of its two keys alone", () => {
  const { jws = {}, jwks } = run.find(({ id }) => id === "rfc7515-A.6") ?? {}
  const used = jwks?.keys.map((jwk) => verifyJws(jws, jwk, { algorithms: SIGNATURES }).header.alg)
  expect(used).toEqual(["RS256", "ES256"])
})

async function checkJws(one: RfcCase): Promise<void> {
  const input = one.token ?? one.jws ?? ""
  const key = one.jwks === undefined ? (one.jwk ?? "none here") : JwkSet.from(one.jwks)
  const detachedPayload = one.kind === "jws-detached" ? Buffer.from(one.payload_hex ?? "", "hex") : undefined
  const options: VerifyJwsOptions = { algorithms: SIGNATURES, detachedPayload }
  await expectAnswer(one, one.payload_hex, [
    () => hex(verifyJws(input, key, options).payload),
    async () => hex((await verifyJwsAsync(input, key, options)).payload),
  ])
}

async function checkJwt(one: RfcCase): Promise<void> {
  const options = { algorithms: ["HS256"], now: one.now ?? 0 }
  const { token = "", jwk = "none here" } = one
  await expectAnswer(one, one.claims, [() => decode(token, jwk, options), () => decodeAsync(token, jwk, options)])
}

/** A proof holds for the key inside it, when the caller says so; a verifier does not take a key from a header by itself. */
async function checkProof(one: RfcCase): Promise<void> {
  const { token = "", embedded_jwk, claims, now, jkt } = one
  const key = keyOf(embedded_jwk)
  expect(key.thumbprint()).toBe(jkt)
  await expectAnswer(one, claims, [
    () => decode(token, key, { now, typ: "dpop+jwt" }),
    () => decodeAsync(token, key, { now, typ: "dpop+jwt" }),
  ])
  expect(codeOf(() => decode(token, Jwk.generate("ES256"), { now }))).toBe("signature_invalid")
}

async function checkJwe(one: RfcCase): Promise<void> {
  const { id, alg, token, jwe = token ?? "", jwk, password = "", plaintext_hex, plaintext_jwk } = one
  const key = jwk ?? password
  const options = { algorithms: KEY_MANAGEMENT }
  const forms = [
    () => decryptJwe(jwe, key, options).plaintext,
    async () => (await decryptJweAsync(jwe, key, options)).plaintext,
  ]
  for (const form of forms) {
    if (RSA1_5.has(id)) expect(await codeOfAsync(async () => form())).toBe("algorithm_not_allowed")
    else if (plaintext_jwk === undefined) expect(hex(await form())).toBe(plaintext_hex)
    else expect(JSON.parse(Buffer.from(await form()).toString("utf8"))).toEqual(plaintext_jwk)
  }
  if (RSA1_5.has(id)) expect(alg).toBe("RSA1_5")
}

/** The second of the two recipients is one of A128KW; the first wants RSA1_5. */
async function checkRecipients({ jwe = {}, keys = [], plaintext_hex }: RfcCase): Promise<void> {
  const options = { algorithms: KEY_MANAGEMENT }
  const [first, second] = keys.map(({ jwk }) => jwk)
  expect(hex(decryptJwe(jwe, keyOf(second), options).plaintext)).toBe(plaintext_hex)
  expect(hex((await decryptJweAsync(jwe, keyOf(second), options)).plaintext)).toBe(plaintext_hex)
  expect(codeOf(() => decryptJwe(jwe, keyOf(first), options))).not.toBe("no error")
}

async function checkRsa15Jwt({ id, token = "", jwk, now }: RfcCase): Promise<void> {
  expect(RSA1_5.has(id)).toBe(true)
  const options = { algorithms: KEY_MANAGEMENT, now }
  expect(codeOf(() => decrypt(token, keyOf(jwk), options))).toBe("algorithm_not_allowed")
  expect(await codeOfAsync(() => decryptAsync(token, keyOf(jwk), options))).toBe("algorithm_not_allowed")
}

/**
 * The key of a message is what the RFC derives, or what comes out of its shared secret: only the right agreement opens it. Where
 * the recipient's private key is not printed, the ephemeral one stands in for it: both sides agree on the same.
 */
async function checkAgreement(one: RfcCase): Promise<void> {
  const { ephemeral_jwk, recipient_jwk, apu, apv, enc = "A128GCM", z_hex = "", derived_key } = one
  const [epk, key] =
    recipient_jwk?.["d"] === undefined ? [recipient_jwk, ephemeral_jwk] : [ephemeral_jwk, recipient_jwk]
  const derived = concatKdf(Buffer.from(z_hex, "hex"), enc, 16, { apu: decoded(apu), apv: decoded(apv) })
  if (derived_key !== undefined) expect(derived.toString("base64url")).toBe(derived_key)
  const header = { alg: "ECDH-ES", enc, epk: keyOf(epk).toJSON(), apu, apv }
  const token = compactJwe({ header, cek: derived, plaintext: "agreed" })
  const options = { algorithms: ["ECDH-ES"] }
  expect(Buffer.from(decryptJwe(token, keyOf(key), options).plaintext).toString()).toBe("agreed")
  expect(Buffer.from((await decryptJweAsync(token, keyOf(key), options)).plaintext).toString()).toBe("agreed")
}

function decoded(text = ""): Uint8Array {
  return Buffer.from(text, "base64url")
}

async function expectAnswer(one: RfcCase, answer: unknown, forms: readonly (() => unknown)[]): Promise<void> {
  for (const form of forms) {
    if (one.expect === "valid") expect(await form()).toEqual(answer)
    else expect(await codeOfAsync(async () => form())).toBe(REFUSALS.get(one.id))
  }
}

function checkCertificate({ jwk }: RfcCase): void {
  const key = keyOf(jwk)
  expect(key.toJSON()).toMatchObject(withoutCertificate(jwk))
  const [certificate] = key.toJSON()["x5c"] as string[]
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`
  expect(Jwk.fromPem(pem).thumbprint()).toBe(key.thumbprint())
}

function checkSet({ jwks }: RfcCase): void {
  if (jwks === undefined) throw new Error("the case has no set")
  const set = JwkSet.from(jwks)
  expect([...set].map((key) => (key.isSymmetric || key.isPrivate ? key.toPrivateJSON() : key.toJSON()))).toEqual(
    jwks.keys,
  )
  expect(set.skipped).toEqual([])
}

function checkThumbprint({ jwk, hash, thumbprint, thumbprint_uri }: RfcCase): void {
  expect(hash).toBe("sha-256")
  expect(keyOf(jwk).thumbprint()).toBe(thumbprint)
  if (thumbprint_uri !== undefined) expect(keyOf(jwk).thumbprintUri()).toBe(thumbprint_uri)
}

/** base64url is seen through a payload: bytes in, text out, and back. */
function checkBase64Url({ bytes_hex = "", text }: RfcCase): void {
  const key = Jwk.generate("HS256")
  const token = signJws(Buffer.from(bytes_hex, "hex"), key)
  expect(token.split(".")[1]).toBe(text)
  expect(hex(verifyJws(token, key).payload)).toBe(bytes_hex)
}

function withoutCertificate({ x5c: _, ...rest }: Partial<JwkObject> = {}): object {
  return rest
}

function keyOf(jwk: JwkObject | undefined): Jwk {
  if (jwk === undefined) throw new Error("the case has no key")
  return Jwk.from(jwk)
}

function codeOf(call: () => unknown): string {
  try {
    call()
    return "no error"
  } catch (error) {
    return isJwtError(error) ? error.code : `foreign: ${String(error)}`
  }
}

async function codeOfAsync(call: () => Promise<unknown>): Promise<string> {
  try {
    await call()
    return "no error"
  } catch (error) {
    return isJwtError(error) ? error.code : `foreign: ${String(error)}`
  }
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex")
}
