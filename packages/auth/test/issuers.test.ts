/** Tokens of several issuers: each by its own keys, none as another's. */
import { generateKeyPairSync, sign } from "node:crypto"
import { type AuthOptions, createAuth, type IssuerOptions } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import fc from "fast-check"
import { encode, Jwk, JwkSet, JwksClient, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { ask, bearer, SECRET, START, standard } from "./asking.ts"

const ALPHA = "https://alpha.example"
const BETA = "https://beta.example/realm"
const AUDIENCE = "https://api.example"
const keys = { [ALPHA]: Jwk.generate("ES256", { keyId: "a" }), [BETA]: Jwk.generate("Ed25519", { keyId: "b" }) }

/** A token of another issuer, by RFC 9068 unless told otherwise. */
function foreign(iss: keyof typeof keys, claims: object = {}, header: object = {}, key = keys[iss]): string {
  const standardClaims = { aud: AUDIENCE, sub: "ada", exp: START + 60, iat: START, jti: "j-1", client_id: "web" }
  const members = Object.entries({ typ: "at+jwt", ...(key.keyId && { kid: key.keyId }), ...header })
  return signJws(JSON.stringify({ iss, ...standardClaims, ...claims }), key, {
    algorithm: key.algorithm,
    header: Object.fromEntries(members.filter(([, value]) => value !== null)),
  })
}

function named({ iss, sub }: { iss?: string | undefined; sub: string }): string {
  return `${iss}#${sub}`
}

const alpha: IssuerOptions = { keys: keys[ALPHA].publicKey(), algorithms: ["ES256"], subject: named }
const beta: IssuerOptions = { keys: JwkSet.from([keys[BETA]]), algorithms: ["Ed25519"], subject: named }
const issuers = { [ALPHA]: alpha, [BETA]: beta }
/** The issuer of `standard`. */
const OWN = "https://api.example"

async function codeOf(token: string, options: AuthOptions = { issuers }): Promise<string> {
  const verdict = await standard(options).auth.check(bearer(token))
  return verdict.allowed ? "allowed" : verdict.code
}

/** Keys that are fetched, with what was asked for, and a switch for outages. */
function remote(key: Jwk) {
  const state = { asked: 0, isDown: false }
  const client = new JwksClient("https://keys.example/jwks", {
    cooldown: 0,
    fetch: async () => {
      state.asked++
      if (state.isDown) throw new TypeError("the network is down")
      return Response.json(JwkSet.from([key]).toJSON())
    },
  })
  return { client, state }
}

describe("tokens of several issuers", () => {
  test("are each taken by their own keys, beside our own", async () => {
    const { auth } = standard({ issuers })
    for (const iss of [ALPHA, BETA] as const)
      expect(await auth.check(bearer(foreign(iss)))).toMatchObject({
        allowed: true,
        identity: `${iss}#ada`,
        claims: { iss, sub: `${iss}#ada`, client_id: "web", type: "access", fresh: false },
      })
    const pair = await auth.login("ada")
    expect(await auth.check(bearer(pair.accessToken))).toMatchObject({ allowed: true, identity: "ada" })
    expect(await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))).toMatchObject({ allowed: true })
  })

  test.each<[title: string, token: string, code: string]>([
    ["one issuer with the key of another", foreign(ALPHA, {}, {}, keys[BETA]), "token_invalid"],
    ["one issuer with an own key", foreign(ALPHA, {}, {}, Jwk.generate("ES256")), "signature_invalid"],
    ["one issuer with our key", encode({ iss: ALPHA, sub: "ada" }, SECRET), "token_invalid"],
    ["us with the key of another", foreign(ALPHA, { iss: OWN, type: "access" }), "token_invalid"],
    ["an issuer that nobody knows", foreign(ALPHA, { iss: "https://evil.example" }), "token_invalid"],
    ["an issuer that begins alike", foreign(ALPHA, { iss: `${ALPHA}.evil.example` }), "token_invalid"],
    ["an issuer with a slash more", foreign(ALPHA, { iss: `${ALPHA}/` }), "token_invalid"],
    ["an issuer in capitals", foreign(ALPHA, { iss: ALPHA.toUpperCase() }), "token_invalid"],
    ["a name of the prototype", foreign(ALPHA, { iss: "constructor" }), "token_invalid"],
    ["a list of issuers", foreign(ALPHA, { iss: [ALPHA] }), "token_invalid"],
    ["nobody", foreign(ALPHA, { iss: undefined }), "token_invalid"],
    ["another audience", foreign(ALPHA, { aud: "web" }), "token_invalid"],
    ["no audience", foreign(ALPHA, { aud: undefined }), "token_invalid"],
    ["no subject", foreign(ALPHA, { sub: undefined }), "token_invalid"],
    ["no client", foreign(ALPHA, { client_id: undefined }), "token_invalid"],
    ["no id", foreign(ALPHA, { jti: undefined }), "token_invalid"],
    ["no iat", foreign(ALPHA, { iat: undefined }), "token_invalid"],
    ["no end", foreign(ALPHA, { exp: undefined }), "token_invalid"],
    ["an end that has come", foreign(ALPHA, { exp: START }), "token_expired"],
    ["no time yet", foreign(ALPHA, { nbf: START + 1 }), "token_invalid"],
    ["the type of ID tokens", foreign(ALPHA, { nonce: "n" }, { typ: "JWT" }), "wrong_token_type"],
    ["no type", foreign(ALPHA, {}, { typ: null }), "wrong_token_type"],
    ["the type of our refresh tokens", foreign(ALPHA, { type: "refresh" }, { typ: "rt+jwt" }), "wrong_token_type"],
    ["the type in full", foreign(ALPHA, {}, { typ: "application/at+jwt" }), "allowed"],
    ["a type of its own, which counts for nothing", foreign(ALPHA, { type: "refresh" }), "allowed"],
  ])("name %s", async (_, token, code) => {
    expect(await codeOf(token)).toBe(code)
  })

  test("need an end even where ours need none", async () => {
    const endless: AuthOptions = { issuers, lifetimes: { access: false, refresh: false } }
    expect(await codeOf(foreign(ALPHA, { exp: undefined }), endless)).toBe("token_invalid")
  })

  test("are no refresh tokens, and of no type of our own", async () => {
    const { auth } = standard({ issuers })
    const token = foreign(ALPHA, { type: "refresh" })
    expect(await auth.check(bearer(token), { type: "refresh" })).toMatchObject({ code: "wrong_token_type" })
    expect(await auth.check(bearer(token), { type: "mail" })).toMatchObject({ code: "wrong_token_type" })
    expect(await auth.refresh(bearer(token, { method: "POST" }))).toMatchObject({ code: "wrong_token_type" })
  })

  test("are judged at every door as at the guard", async () => {
    const { auth } = standard({ issuers })
    expect(await auth.introspect(foreign(ALPHA))).toMatchObject({ active: true, iss: ALPHA })
    expect(await auth.introspect(foreign(ALPHA, {}, { typ: "JWT" }))).toEqual({ active: false })
    expect(await auth.decodeToken(foreign(ALPHA, {}, { typ: "JWT" }))).toMatchObject({ code: "wrong_token_type" })
  })

  test("may be for another audience each", async () => {
    const options = { issuers: { [ALPHA]: { ...alpha, audience: ["one", "two"] } } }
    expect(await codeOf(foreign(ALPHA, { aud: "two" }), options)).toBe("allowed")
    expect(await codeOf(foreign(ALPHA), options)).toBe("token_invalid")
  })

  test("may be made by any program, with the key named in a set", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const set = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "r", alg: "RS256" }] }
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
    const claims = { iss: ALPHA, aud: AUDIENCE, sub: "ada", exp: START + 60, iat: START, jti: "1", client_id: "web" }
    const input = `${part({ alg: "RS256", typ: "at+jwt", kid: "r" })}.${part(claims)}`
    const token = `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`
    const options = { issuers: { [ALPHA]: { ...alpha, keys: JwkSet.from(set), algorithms: ["RS256"] } } }
    expect(await codeOf(token, options)).toBe("allowed")
  })
})

describe("the keys of an issuer", () => {
  test("are not asked for where a token names somebody else", async () => {
    const { client, state } = remote(keys[ALPHA])
    const { auth } = standard({ issuers: { [ALPHA]: { ...alpha, keys: client }, [BETA]: beta } })
    for (const iss of ["https://evil.example", undefined, BETA, OWN])
      await auth.check(bearer(foreign(ALPHA, { iss }, { kid: "unknown" })))
    await auth.check(bearer("xxx"))
    await auth.check(bearer(await auth.createAccessToken("ada")))
    expect(state.asked).toBe(0)
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ allowed: true })
    expect(state.asked).toBe(1)
  })

  test("that cannot be had are missed by its tokens alone", async () => {
    const { client, state } = remote(keys[ALPHA])
    state.isDown = true
    const { auth } = standard({ issuers: { [ALPHA]: { ...alpha, keys: client }, [BETA]: beta } })
    const unavailable = { status: 503, code: "keys_unavailable", challenge: undefined }
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject(unavailable)
    expect(await auth.check(bearer(foreign(BETA)))).toMatchObject({ allowed: true })
    expect(await auth.check(bearer(await auth.createAccessToken("ada")))).toMatchObject({ allowed: true })
    state.isDown = false
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ allowed: true })
  })

  test.each<[title: string, keys: IssuerOptions["keys"]]>([
    ["a set that is none", new JwksClient("https://keys.example", { fetch: async () => Response.json({ keys: [] }) })],
    ["a function that fails", () => Promise.reject(new Error("down"))],
  ])("cannot be had from %s", async (_, source) => {
    const options = { issuers: { [ALPHA]: { ...alpha, keys: source } } }
    expect(await codeOf(foreign(ALPHA), options)).toBe("keys_unavailable")
  })

  test("that are no keys are missed by our own tokens as well, where they come from there", async () => {
    const client = new JwksClient("https://keys.example", { fetch: async () => Response.json({ keys: [] }) })
    const own = { key: undefined, verificationKey: client, algorithm: "ES256" }
    expect(await codeOf(foreign(ALPHA, { iss: OWN, type: "access" }), own)).toBe("keys_unavailable")
  })

  test("that a token names and nobody has are the client's affair", async () => {
    const { client } = remote(keys[ALPHA])
    const options = { issuers: { [ALPHA]: { ...alpha, keys: client } } }
    expect(await codeOf(foreign(ALPHA, {}, { kid: "unknown" }), options)).toBe("token_invalid")
  })
})

describe("an issuer that does not keep to RFC 9068", () => {
  const options: AuthOptions = { issuers: { [ALPHA]: { ...alpha, profile: "jwt" } } }
  const least = { client_id: undefined, jti: undefined, iat: undefined }

  test.each<[title: string, token: string, code: string]>([
    ["the least that is needed", foreign(ALPHA, least, { typ: "JWT" }), "allowed"],
    ["no type", foreign(ALPHA, least, { typ: null }), "allowed"],
    ["the type of access tokens", foreign(ALPHA), "wrong_token_type"],
    ["the type of proofs", foreign(ALPHA, {}, { typ: "dpop+jwt" }), "wrong_token_type"],
    ["the nonce of an ID token", foreign(ALPHA, { nonce: "n" }, { typ: "JWT" }), "wrong_token_type"],
    ["the hash of an access token", foreign(ALPHA, { at_hash: "h" }, { typ: "JWT" }), "wrong_token_type"],
    ["the hash of a code", foreign(ALPHA, { c_hash: "h" }, { typ: null }), "wrong_token_type"],
    ["the events of a logout token", foreign(ALPHA, { events: {} }, { typ: "JWT" }), "wrong_token_type"],
    ["no end", foreign(ALPHA, { exp: undefined }, { typ: "JWT" }), "token_invalid"],
    ["the audience of an ID token", foreign(ALPHA, { aud: "web" }, { typ: "JWT" }), "token_invalid"],
  ])("sends %s", async (_, token, code) => {
    expect(await codeOf(token, options)).toBe(code)
  })
})

describe("the claims of an issuer", () => {
  const mapped: AuthOptions = {
    issuers: {
      [ALPHA]: {
        ...alpha,
        claims: ({ scp, realm_access: access }) => ({
          scope: Array.isArray(scp) ? scp.join(" ") : undefined,
          roles: (access as { roles?: unknown } | undefined)?.roles,
        }),
      },
    },
  }

  test("are read from where it has them: scopes and roles", async () => {
    const { auth } = standard(mapped)
    const request = bearer(foreign(ALPHA, { scp: ["read", "write"], realm_access: { roles: ["admin"] } }))
    expect(await auth.check(request, { scopes: ["read", "write"], roles: "admin" })).toMatchObject({ allowed: true })
    expect(await auth.check(request, { scopes: "delete" })).toMatchObject({ code: "insufficient_scope" })
    expect(await auth.check(bearer(foreign(ALPHA)), { roles: "admin" })).toMatchObject({ code: "insufficient_role" })
  })

  test("keep what says who has issued the token, for whom, when and how it is bound", async () => {
    const own = {
      iss: OWN,
      aud: "x",
      exp: 9e9,
      iat: 0,
      jti: "x",
      cnf: { jkt: "x" },
      sub: "root",
      type: "mail",
      sid: "s",
    }
    const { auth } = standard({ issuers: { [ALPHA]: { ...alpha, claims: () => ({ ...own, more: 1 }) } } })
    const claims = { iss: ALPHA, aud: AUDIENCE, exp: START + 60, iat: START, jti: "j-1", sub: `${ALPHA}#ada` }
    const token = foreign(ALPHA, { cnf: {} })
    expect(await auth.decodeToken(token)).toMatchObject({ ...claims, type: "access", more: 1, cnf: {} })
    expect(await auth.decodeToken(token)).not.toMatchObject({ cnf: { jkt: "x" } })
  })

  test("name a person of ours by the function for it, or nobody", async () => {
    const people = new Map([["ada@alpha.example", "ada"]])
    const subject = async ({ email }: Readonly<Record<string, unknown>>) => people.get(String(email)) ?? ""
    const { auth } = standard({ issuers: { [ALPHA]: { ...alpha, subject } } })
    expect(await auth.check(bearer(foreign(ALPHA, { email: "ada@alpha.example" })))).toMatchObject({ identity: "ada" })
    expect(await auth.check(bearer(foreign(ALPHA, { email: "eve@alpha.example" })))).toMatchObject({
      status: 401,
      code: "token_invalid",
    })
  })

  test("say when the user logged in, and so whether that was lately", async () => {
    const { auth, clock } = standard({ issuers })
    const recent = auth.guard({ fresh: { maxAge: 60 } })
    const token = foreign(ALPHA, { auth_time: START, exp: START + 900 })
    expect(await recent(bearer(token))).toMatchObject({ allowed: true })
    expect(await recent(bearer(foreign(ALPHA, { fresh: true })))).toMatchObject({ code: "fresh_token_required" })
    clock.seconds += 61
    expect(await recent(bearer(token))).toMatchObject({ code: "fresh_token_required" })
  })

  test("that are no object are the program's mistake", async () => {
    const { auth } = standard({ issuers: { [ALPHA]: { ...alpha, claims: () => [] } } })
    await expect(auth.check(bearer(foreign(ALPHA)))).rejects.toMatchObject({ code: "claims_invalid" })
  })
})

describe("what revokes the token of another issuer", () => {
  test("is its id, which is not taken for one of ours", async () => {
    const { auth } = standard({ issuers })
    const own = await auth.createAccessToken("ada")
    const jti = (await auth.decodeToken(own)) as { jti?: string }
    const alike = { jti: jti.jti }
    await auth.revokeToken(foreign(ALPHA, alike))
    expect(await auth.check(bearer(foreign(ALPHA, alike)))).toMatchObject({ code: "token_revoked" })
    expect(await auth.check(bearer(foreign(BETA, alike)))).toMatchObject({ allowed: true })
    expect(await auth.check(bearer(own))).toMatchObject({ allowed: true })
    await auth.revokeToken(own)
    expect(await auth.check(bearer(foreign(BETA, alike)))).toMatchObject({ allowed: true })
  })

  test("is a logout, which ends the token and no session of ours", async () => {
    const { auth } = standard({ issuers })
    const pair = await auth.login("ada")
    const token = foreign(ALPHA, { sid: pair.sessionId })
    expect(await auth.check(bearer(token))).toMatchObject({ allowed: true })
    expect(await auth.logout(bearer(token, { method: "POST" }))).toMatchObject({ allowed: true })
    expect(await auth.check(bearer(token))).toMatchObject({ code: "token_revoked" })
    expect(await auth.introspect(token)).toEqual({ active: false })
    expect(await auth.check(bearer(pair.accessToken))).toMatchObject({ allowed: true })
  })

  test("is not the end of a session of ours that it names", async () => {
    const { auth } = standard({ issuers })
    const pair = await auth.login("ada")
    await auth.revokeSession(pair.sessionId)
    expect(await auth.check(bearer(foreign(ALPHA, { sid: pair.sessionId })))).toMatchObject({ allowed: true })
  })

  test("is the end of everything of its subject, by the name that it has here", async () => {
    const { auth } = standard({ issuers })
    await auth.revokeSubject("ada")
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ allowed: true })
    await auth.revokeSubject(`${ALPHA}#ada`)
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ code: "token_revoked" })
    expect(await auth.check(bearer(foreign(BETA)))).toMatchObject({ allowed: true })
  })

  test("is the loader's word", async () => {
    const revoked = new Set<unknown>()
    const { auth } = standard({ issuers, loaders: { isRevoked: ({ iss, jti }) => revoked.has(`${iss} ${jti}`) } })
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ allowed: true })
    revoked.add(`${ALPHA} j-1`)
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ code: "token_revoked" })
    expect(await auth.check(bearer(foreign(BETA)))).toMatchObject({ allowed: true })
  })

  test("cannot be told of one without an id", async () => {
    const { auth } = standard({ issuers: { [ALPHA]: { ...alpha, profile: "jwt" } } })
    const token = foreign(ALPHA, { jti: undefined }, { typ: "JWT" })
    expect(await auth.logout(bearer(token, { method: "POST" }))).toMatchObject({ code: "token_invalid" })
  })

  test("is kept apart where answers of the store are kept", async () => {
    const { auth } = standard({ issuers, check: { cachedFor: "10s" } })
    const own = await auth.createAccessToken("ada")
    const { jti } = (await auth.decodeToken(own)) as { jti?: string }
    expect(await auth.check(bearer(own))).toMatchObject({ allowed: true })
    await auth.revokeToken(foreign(ALPHA, { jti }))
    expect(await auth.check(bearer(own))).toMatchObject({ allowed: true })
    expect(await auth.check(bearer(foreign(ALPHA, { jti })))).toMatchObject({ code: "token_revoked" })
  })
})

describe("a server that makes no tokens", () => {
  const { keys: key, algorithms } = alpha
  const auth = createAuth({ audience: AUDIENCE, issuers: { [ALPHA]: { keys: key, algorithms } }, now: () => START })

  test("takes those of its one issuer, with the subjects that it has there", async () => {
    expect(await auth.check(bearer(foreign(ALPHA)))).toMatchObject({ allowed: true, identity: "ada" })
    expect(await auth.check(bearer(foreign(BETA)))).toMatchObject({ code: "token_invalid" })
    expect(await auth.check(bearer(encode({ iss: OWN, sub: "ada" }, SECRET)))).toMatchObject({ code: "token_invalid" })
    expect(await auth.check(ask())).toMatchObject({ code: "missing_token" })
    expect(await auth.jwks()).toEqual({ keys: [] })
  })

  test("says so where it is asked for one", async () => {
    await expect(auth.createAccessToken("ada")).rejects.toThrow(/`key`/)
  })
})

describe("options", () => {
  const least: AuthOptions = { key: SECRET, issuer: OWN, audience: AUDIENCE, store: memoryStore() }
  const { subject: _, ...anonymous } = alpha

  test.each<[options: object, message: string]>([
    [{ issuers: {} }, "`issuers`"],
    [{ issuers: [] }, "`issuers`"],
    [{ issuers: { [OWN]: alpha } }, "`issuers`"],
    [{ issuers, compat: "flask-jwt-extended" }, "`issuers`"],
    [{ issuers: { [ALPHA]: null } }, `\`issuers["${ALPHA}"]\``],
    [{ issuers: { [ALPHA]: { ...alpha, keys: undefined } } }, ".keys`"],
    [{ issuers: { [ALPHA]: { ...alpha, algorithms: undefined } } }, ".algorithms`"],
    [{ issuers: { [ALPHA]: { ...alpha, algorithms: ["XY"] } } }, "XY"],
    [{ issuers: { [ALPHA]: { ...alpha, algorithms: [] } } }, ".algorithms`"],
    [{ issuers: { [ALPHA]: { ...alpha, audience: "" } } }, ".audience`"],
    [{ issuers: { [ALPHA]: { ...alpha, profile: "oidc" } } }, ".profile`"],
    [{ issuers: { [ALPHA]: { ...alpha, claims: {} } } }, ".claims`"],
    [{ issuers: { [ALPHA]: { ...alpha, subject: "sub" } } }, ".subject`"],
    [{ issuers: { [ALPHA]: anonymous } }, ".subject`"],
    [{ issuers: { [ALPHA]: anonymous, [BETA]: beta }, key: undefined }, ".subject`"],
    [{ issuers: { [ALPHA]: { ...alpha, key: 1 } } }, "did you mean `keys`"],
    [{ issuers: { [ALPHA]: alpha }, key: undefined, audience: undefined }, ".audience`"],
    [{ issuers: { [ALPHA]: alpha }, issuer: undefined }, "`issuer`"],
  ])("%o: %s", (options, message) => {
    expect(() => createAuth({ ...least, ...options } as AuthOptions)).toThrow(message)
  })
})

test("no token of any issuer makes the guard throw", async () => {
  const { auth } = standard({ issuers })
  const json = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(ALPHA, BETA, OWN, AUDIENCE, START + 60))
  const names = [
    "iss",
    "aud",
    "sub",
    "exp",
    "iat",
    "jti",
    "client_id",
    "auth_time",
    "cnf",
    "scope",
    "sid",
    "type",
    "__proto__",
  ]
  const claims = fc.dictionary(fc.constantFrom(...names), json)
  const issuer = fc.constantFrom<(keyof typeof keys)[]>(ALPHA, BETA)
  const typ = fc.constantFrom("at+jwt", "JWT", "rt+jwt", null)
  await fc.assert(
    fc.asyncProperty(issuer, claims, typ, async (iss, given, type) => {
      const token = foreign(iss, given, { typ: type })
      for (const verdict of [
        await auth.check(bearer(token), { fresh: true, scopes: "read" }),
        await auth.logout(bearer(token, { method: "POST" })),
      ])
        if (!verdict.allowed) expect(verdict.status).toBeLessThan(500)
    }),
    { numRuns: 200 },
  )
})
