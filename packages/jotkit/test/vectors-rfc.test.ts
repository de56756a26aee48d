import { readdirSync, readFileSync } from "node:fs"
import { decode, Jwk, type JwkObject, JwkSet, signJws, verifyJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { ENCRYPTION_KINDS, OTHER_KINDS } from "./vectors/left-out.ts"

interface RfcCase {
  readonly id: string
  readonly kind: string
  readonly alg?: string
  readonly expect: "valid" | "invalid"
  readonly deterministic?: boolean
  readonly token?: string
  readonly jws?: object
  readonly jwk?: JwkObject
  readonly jwks?: { readonly keys: readonly unknown[] }
  readonly claims?: Readonly<Record<string, unknown>>
  readonly now?: number
  readonly payload_hex?: string
  readonly protected_json?: string
  readonly hash?: string
  readonly thumbprint?: string
  readonly thumbprint_uri?: string
  readonly bytes_hex?: string
  readonly text?: string
}

const folder = new URL("./vectors/rfc/", import.meta.url)
const cases = readdirSync(folder).flatMap(
  (name) => (JSON.parse(readFileSync(new URL(name, folder), "utf8")) as { cases: RfcCase[] }).cases,
)
const run = cases.filter(({ kind }) => !ENCRYPTION_KINDS.has(kind) && !OTHER_KINDS.has(kind))
const SIGNATURES = ["RS256", "HS256", "ES256", "ES512", "EdDSA"]

const CHECKS: Readonly<Record<string, (one: RfcCase) => void>> = {
  "jws-compact": checkJws,
  "jws-detached": checkJws,
  "jws-general": checkJws,
  "jws-flattened": checkJws,
  jwt: checkJwt,
  jwk: ({ jwk }) => expect(keyOf(jwk).toPrivateJSON()).toMatchObject(membersOf(jwk)),
  "jwk-x5c": ({ jwk }) => expect(keyOf(jwk).toJSON()).toMatchObject(membersOf(jwk)),
  jwks: ({ jwks }) => expect(jwks === undefined ? 0 : JwkSet.from(jwks).size).toBe(jwks?.keys.length),
  thumbprint: checkThumbprint,
  base64url: checkBase64Url,
}

describe("the examples printed in the RFCs", () => {
  test.each(run.map((one) => [one.id, one] as const))("%s gets the RFC's answer", (_, one) => {
    const check = CHECKS[one.kind]
    if (check === undefined) throw new Error(`no check for the kind ${one.kind}`)
    check(one)
  })

  test("all examples are run, but for encryption and the DPoP proof", () => {
    expect(run).toHaveLength(26)
    expect(cases).toHaveLength(41)
  })

  test("deterministic signatures come out the same, letter for letter", () => {
    const again = run.filter(
      ({ deterministic, protected_json }) => deterministic === true && protected_json?.includes(" ") !== true,
    )
    expect(again.map(({ id }) => id)).toEqual(["rfc7515-A.2", "rfc8037-A.4-A.5"])
    for (const { alg, jwk, payload_hex = "", token } of again) {
      expect(signJws(Buffer.from(payload_hex, "hex"), jwk ?? "", { header: { alg } })).toBe(token)
    }
  })
})

function checkJws(one: RfcCase): void {
  const input = one.token ?? one.jws ?? ""
  const key = one.jwks === undefined ? (one.jwk ?? "none here") : JwkSet.from(one.jwks)
  const detachedPayload = one.kind === "jws-detached" ? Buffer.from(one.payload_hex ?? "", "hex") : undefined
  const verify = (): string =>
    Buffer.from(verifyJws(input, key, { algorithms: SIGNATURES, detachedPayload }).payload).toString("hex")
  if (one.expect === "valid") expect(verify()).toBe(one.payload_hex)
  else expect(verify).toThrow()
}

function checkJwt(one: RfcCase): void {
  const claims = (): unknown =>
    decode(one.token ?? "", one.jwk ?? "none here", { algorithms: ["HS256"], now: one.now ?? 0 })
  if (one.expect === "valid") expect(claims()).toEqual(one.claims)
  else expect(claims).toThrow()
}

function checkThumbprint({ jwk, hash, thumbprint, thumbprint_uri }: RfcCase): void {
  expect(hash).toMatch(/^sha-?256$/i)
  expect(keyOf(jwk).thumbprint()).toBe(thumbprint)
  if (thumbprint_uri !== undefined) expect(keyOf(jwk).thumbprintUri()).toBe(thumbprint_uri)
}

/** base64url is seen through a payload: bytes in, text out, and back. */
function checkBase64Url({ bytes_hex = "", text }: RfcCase): void {
  const bytes = Buffer.from(bytes_hex, "hex")
  const token = signJws(bytes, Jwk.generate("HS256"))
  expect(token.split(".")[1]).toBe(text)
}

function keyOf(jwk: JwkObject | undefined): Jwk {
  if (jwk === undefined) throw new Error("the case has no key")
  return Jwk.from(jwk)
}

function membersOf(jwk: JwkObject | undefined): JwkObject {
  if (jwk === undefined) throw new Error("the case has no key")
  return jwk
}
