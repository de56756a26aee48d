/** Access tokens by RFC 9068. */
import { generateKeyPairSync, sign } from "node:crypto"
import { type AuthOptions, createAuth } from "@jotkit/auth"
import { decodeUnverified, encode } from "jotkit"
import { describe, expect, test } from "vitest"
import { bearer, SECRET, START, standard } from "./asking.ts"

const { auth, clock } = standard({ profile: "rfc9068", clientId: "web" })

/** Every claim that the profile wants. */
const CLAIMS = {
  iss: "https://api.example",
  aud: "https://api.example",
  sub: "ada",
  exp: START + 60,
  iat: START,
  jti: "j-1",
  client_id: "web",
  type: "access",
}

function signed(claims: object, typ: string | null = "at+jwt"): string {
  return encode({ ...CLAIMS, ...claims }, SECRET, { header: { typ } })
}

describe("tokens that are made", () => {
  test("have all that the profile wants", async () => {
    const pair = await auth.login("ada", { scope: "read", acr: "urn:example:gold", amr: ["pwd", "otp"] })
    const { header, payload } = decodeUnverified(pair.accessToken)
    expect(header.typ).toBe("at+jwt")
    expect(payload).toMatchObject({
      iss: "https://api.example",
      aud: "https://api.example",
      sub: "ada",
      exp: START + 900,
      iat: START,
      jti: expect.any(String),
      client_id: "web",
      scope: "read",
      auth_time: START,
      acr: "urn:example:gold",
      amr: ["pwd", "otp"],
    })
    expect(await auth.check(bearer(pair.accessToken))).toMatchObject({ allowed: true })
  })

  test("name the client that logged in, after a refresh too, with the moment of the login", async () => {
    const pair = await auth.login("ada", { clientId: "mobile", acr: "gold", amr: ["pwd"] })
    clock.seconds += 5
    const next = await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))
    clock.seconds = START
    if (!next.allowed) throw new Error(next.code)
    const granted = { client_id: "mobile", acr: "gold", amr: ["pwd"], auth_time: START }
    expect(decodeUnverified(next.accessToken).payload).toMatchObject(granted)
  })

  test("without a session name a client as well", async () => {
    const token = await auth.createAccessToken("ada", { clientId: "cron" })
    expect(decodeUnverified(token).payload).toMatchObject({ client_id: "cron" })
    expect(decodeUnverified(await auth.createAccessToken("ada")).payload).toMatchObject({ client_id: "web" })
    expect(decodeUnverified(await auth.createToken("mail", "ada")).payload).not.toHaveProperty("client_id")
  })

  test("are not made where nobody says for which client", async () => {
    const { auth: silent } = standard({ profile: "rfc9068" })
    await expect(silent.login("ada")).rejects.toThrow(/`clientId`/)
    await expect(silent.createAccessToken("ada")).rejects.toThrow(/`clientId`/)
    expect(await silent.login("ada", { clientId: "web" })).toMatchObject({ identity: "ada" })
  })

  test.each([{ clientId: "" }, { acr: "" }, { amr: [] }, { amr: ["pwd", ""] }])(
    "are not made with %j",
    async (options) => {
      await expect(auth.login("ada", options)).rejects.toMatchObject({ code: "option_invalid" })
    },
  )
})

describe("tokens that are taken", () => {
  test.each<[title: string, token: string, code: string]>([
    ["all that is wanted", signed({}), "allowed"],
    ["typ in full", signed({}, "application/at+jwt"), "allowed"],
    ["typ in capitals", signed({}, "AT+JWT"), "allowed"],
    ["typ JWT", signed({}, "JWT"), "wrong_token_type"],
    ["no typ", signed({}, null), "wrong_token_type"],
    ["typ of another profile", signed({}, "dpop+jwt"), "wrong_token_type"],
    ["an ID token", signed({ type: undefined, nonce: "n", at_hash: "h", azp: "web" }, "JWT"), "wrong_token_type"],
    ["an ID token that calls itself an access token", signed({ nonce: "n", at_hash: "h" }, "JWT"), "wrong_token_type"],
    ["no issuer", signed({ iss: undefined }), "token_invalid"],
    ["no expiry", signed({ exp: undefined }), "token_invalid"],
    ["no audience", signed({ aud: undefined }), "token_invalid"],
    ["another audience", signed({ aud: "web" }), "token_invalid"],
    ["no subject", signed({ sub: undefined }), "token_invalid"],
    ["no client", signed({ client_id: undefined }), "token_invalid"],
    ["an empty client", signed({ client_id: "" }), "token_invalid"],
    ["a client that is no text", signed({ client_id: 1 }), "token_invalid"],
    ["no iat", signed({ iat: undefined }), "token_invalid"],
    ["no jti", signed({ jti: undefined }), "token_invalid"],
    ["an empty jti", signed({ jti: "" }), "token_invalid"],
  ])("with %s", async (_, token, code) => {
    const verdict = await auth.check(bearer(token))
    expect(verdict.allowed ? "allowed" : verdict.code).toBe(code)
  })

  test("are so at every door", async () => {
    const token = signed({ client_id: undefined })
    expect(await auth.introspect(token)).toEqual({ active: false })
    expect(await auth.decodeToken(token)).toMatchObject({ code: "token_invalid", details: { subject: "client_id" } })
    expect(await auth.logout(bearer(token, { method: "POST" }))).toMatchObject({ code: "token_invalid" })
  })

  test("need none of it without the profile", async () => {
    const { auth: plain } = standard()
    expect(await plain.check(bearer(signed({ client_id: undefined, jti: undefined })))).toMatchObject({ allowed: true })
  })

  test("may be another program's, with any asymmetric key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const { auth: server } = standard({
      profile: "rfc9068",
      key: undefined,
      verificationKey: publicKey,
      algorithm: "RS256",
    })
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
    const input = `${part({ alg: "RS256", typ: "at+jwt" })}.${part(CLAIMS)}`
    const token = `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`
    expect(await server.check(bearer(token))).toMatchObject({ allowed: true, identity: "ada" })
  })
})

test.each<[string, AuthOptions, string]>([
  ["tokens without an end", { lifetimes: { access: false } }, "lifetimes.access"],
  ["another library's tokens", { compat: "flask-jwt-extended" }, "profile"],
  ["an empty client", { clientId: "" }, "clientId"],
])("the profile does not go with %s", (_, options, name) => {
  const given: AuthOptions = { key: SECRET, issuer: "i", audience: "a", profile: "rfc9068", ...options }
  expect(() => createAuth(given)).toThrow(`\`${name}\``)
})
