/** Tokens that are bound to a key of the client (RFC 9449). Proofs are made by hand, on node:crypto. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto"
import { once } from "node:events"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { type Auth, type AuthOptions, type AuthRequest, createAuth } from "@jotkit/auth"
import { requireAuth as expressAuth } from "@jotkit/auth/express"
import { fetchRequest } from "@jotkit/auth/fetch"
import { requireAuth as koaAuth } from "@jotkit/auth/koa"
import { memoryStore } from "@jotkit/auth/memory"
import express from "express"
import fc from "fast-check"
import { decodeUnverified, encode } from "jotkit"
import Koa from "koa"
import { describe, expect, onTestFinished, test } from "vitest"
import { type Asked, ask, bearer, SECRET, START, standard } from "./asking.ts"

const BASE = "https://api.example"
const DPOP = { baseUrl: BASE }

/** A client with a key of its own. */
class Client {
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
  constructor(namedCurve = "P-256") {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve })
    this.privateKey = privateKey
    this.jwk = { ...publicKey.export({ format: "jwk" }) }
  }

  get thumbprint(): string {
    const { crv, kty, x, y } = this.jwk
    return sha256(JSON.stringify({ crv, kty, x, y }))
  }

  /** A proof, by default one that holds for GET /. What is undefined is left out. */
  proof(claims: object = {}, header: object = {}): string {
    const standardClaims = { jti: randomUUID(), htm: "GET", htu: `${BASE}/`, iat: START }
    const input = `${part({ typ: "dpop+jwt", alg: "ES256", jwk: this.jwk, ...header })}.${part({ ...standardClaims, ...claims })}`
    const signature = sign("sha256", Buffer.from(input), { key: this.privateKey, dsaEncoding: "ieee-p1363" })
    return `${input}.${signature.toString("base64url")}`
  }

  /** A request with a token and a proof for it. */
  asks(token: string, claims: object = {}, more: Asked = {}, header: object = {}): AuthRequest {
    return dpop(token, this.proof({ ath: sha256(token), ...claims }, header), more)
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url")
}

function dpop(token: string, proof: string | readonly string[], more: Asked = {}): AuthRequest {
  return ask({ ...more, headers: { authorization: `DPoP ${token}`, dpop: proof, ...more.headers } })
}

const client = new Client()
const thief = new Client()

async function codeOf<User>(auth: Auth<User>, request: AuthRequest): Promise<string> {
  const verdict = await auth.check(request)
  return verdict.allowed ? "allowed" : verdict.code
}

/** An auth, and a session that is bound to the client's key. */
async function bound(options: AuthOptions = {}) {
  const { auth, clock } = standard({ dpop: DPOP, ...options })
  const login = ask({
    method: "POST",
    url: "/login",
    headers: { dpop: client.proof({ htm: "POST", htu: `${BASE}/login` }) },
  })
  const proven = await auth.checkProof(login)
  if (!proven.allowed || proven.jkt === undefined) throw new Error("the proof of the login does not hold")
  return { auth, clock, pair: await auth.login("ada", { jkt: proven.jkt }), login }
}

/** A proof for refreshing. */
function refreshing(by: Client, claims: object = {}): string {
  return by.proof({ htm: "POST", htu: `${BASE}/refresh`, ...claims })
}

const toRefresh = { method: "POST", url: "/refresh" }

describe("the examples of RFC 9449", () => {
  const FIGURE_2 =
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
  const FIGURE_13 =
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
  const THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
  const auth = createAuth({
    key: SECRET,
    issuer: "i",
    audience: "a",
    store: memoryStore(),
    dpop: { baseUrl: ["https://server.example.com", "https://resource.example.org"] },
    now: () => 1_562_262_618,
  })

  test.each([
    ["a token request, and the thumbprint of its key", FIGURE_2, "POST", "/token", THUMBPRINT],
    ["a request for a resource", FIGURE_13, "GET", "/protectedresource", THUMBPRINT],
  ])("hold: %s", async (_, proof, method, url, jkt) => {
    expect(await auth.checkProof(ask({ method, url, headers: { dpop: proof } }))).toEqual({ allowed: true, jkt })
  })

  test("have the hash of the access token that is made here too", () => {
    const { ath } = decodeUnverified(FIGURE_13).payload as { ath: string }
    expect(ath).toBe(sha256("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"))
  })
})

describe("a bound session", () => {
  test("goes from login over the guard and a refresh to logout, with a proof each time", async () => {
    const { auth, pair } = await bound()
    expect(pair.tokenType).toBe("DPoP")
    for (const token of [pair.accessToken, pair.refreshToken])
      expect(decodeUnverified(token).payload).toMatchObject({ cnf: { jkt: client.thumbprint } })
    expect(await auth.check(client.asks(pair.accessToken))).toMatchObject({ allowed: true, identity: "ada" })
    const next = await auth.refresh(dpop(pair.refreshToken, refreshing(client), toRefresh))
    if (!next.allowed) throw new Error(next.code)
    expect(next.tokenType).toBe("DPoP")
    expect(await auth.check(client.asks(next.accessToken))).toMatchObject({ allowed: true })
    expect(await auth.introspect(next.accessToken)).toMatchObject({ active: true, token_type: "DPoP" })
    const toLogOut = client.asks(
      next.accessToken,
      { htm: "POST", htu: `${BASE}/logout` },
      { method: "POST", url: "/logout" },
    )
    expect(await auth.logout(toLogOut)).toMatchObject({ allowed: true })
    expect(await codeOf(auth, client.asks(next.accessToken))).toBe("token_revoked")
  })

  test("is not used as one of bearers", async () => {
    const { auth, pair } = await bound()
    const refused = await auth.check(bearer(pair.accessToken))
    expect(refused).toMatchObject({
      status: 401,
      code: "token_invalid",
      challenge: 'Bearer error="invalid_token", error_description="token_invalid", DPoP algs="ES256 Ed25519 EdDSA"',
    })
    const proof = client.proof({ ath: sha256(pair.accessToken) })
    expect(await codeOf(auth, bearer(pair.accessToken, { headers: { dpop: proof } }))).toBe("token_invalid")
    expect(
      await codeOf(auth, ask({ cookies: `__Host-access_token=${pair.accessToken}`, headers: { dpop: proof } })),
    ).toBe("token_invalid")
    expect(
      await auth.refresh(bearer(pair.refreshToken, { ...toRefresh, headers: { dpop: refreshing(client) } })),
    ).toMatchObject({
      code: "token_invalid",
    })
    // Nobody has lost anything by it.
    expect(await codeOf(auth, client.asks(pair.accessToken))).toBe("allowed")
  })

  test("is refused where the server knows no proofs", async () => {
    const store = memoryStore()
    const { pair } = await bound({ store })
    const { auth: plain } = standard({ store })
    expect(await codeOf(plain, bearer(pair.accessToken))).toBe("token_invalid")
    expect(await codeOf(plain, client.asks(pair.accessToken))).toBe("missing_token")
  })

  test("can be refreshed by a token in a JSON body, as at a token endpoint", async () => {
    const { auth, pair } = await bound({ locations: ["header", "json"] })
    const json = { refresh_token: pair.refreshToken }
    expect(await auth.refresh(ask({ ...toRefresh, json }))).toMatchObject({ code: "invalid_dpop_proof" })
    expect(await auth.refresh(ask({ ...toRefresh, json, headers: { dpop: refreshing(client) } }))).toMatchObject({
      allowed: true,
    })
  })

  test("ends when its refresh token comes with another key, and survives a proof that fails otherwise", async () => {
    const { auth, pair } = await bound()
    const refresh = (proof: string) => auth.refresh(dpop(pair.refreshToken, proof, toRefresh))
    expect(await refresh(refreshing(client, { htu: `${BASE}/other` }))).toMatchObject({ code: "invalid_dpop_proof" })
    expect(await refresh(refreshing(client, { iat: START - 61 }))).toMatchObject({ code: "invalid_dpop_proof" })
    expect(await codeOf(auth, client.asks(pair.accessToken))).toBe("allowed")
    expect(await refresh(refreshing(thief))).toMatchObject({ status: 401, code: "refresh_token_reused" })
    expect(await codeOf(auth, client.asks(pair.accessToken))).toBe("token_revoked")
    expect(await refresh(refreshing(thief))).toMatchObject({ code: "token_revoked" })
    expect(await refresh(refreshing(client))).toMatchObject({ code: "token_revoked" })
  })

  test("is no less bound where an access token comes with another key, and does not end", async () => {
    const { auth, pair } = await bound()
    expect(await auth.check(thief.asks(pair.accessToken))).toMatchObject({
      code: "token_invalid",
      message: "the token is bound to another key",
      challenge: 'DPoP error="invalid_token", error_description="token_invalid", algs="ES256 Ed25519 EdDSA"',
    })
    expect(await codeOf(auth, client.asks(pair.accessToken))).toBe("allowed")
  })

  test("cannot live in cookies", async () => {
    const { auth } = standard({ dpop: DPOP })
    await expect(auth.login("ada", { jkt: client.thumbprint, transport: "cookie" })).rejects.toThrow(/cookies/)
  })
})

describe("a proof", () => {
  test("counts for all guards of one request, and for no other request", async () => {
    const { auth, pair } = await bound()
    const headers = {
      authorization: `DPoP ${pair.accessToken}`,
      dpop: client.proof({ ath: sha256(pair.accessToken) }),
    }
    const request = new Request(`${BASE}/`, { headers })
    for (let guard = 0; guard < 3; guard++) expect(await codeOf(auth, fetchRequest(request))).toBe("allowed")
    expect(await codeOf(auth, fetchRequest(new Request(request)))).toBe("invalid_dpop_proof")
  })

  const jwkOf = (key: KeyObject) => key.export({ format: "jwk" })
  const other = { htu: "https://other.example/" }

  test.each<[title: string, holds: boolean, claims: object, header?: object]>([
    ["as it should be", true, {}],
    ["another method", false, { htm: "POST" }],
    ["the method in another case", false, { htm: "get" }],
    ["no method", false, { htm: undefined }],
    ["another host", false, other],
    ["a host that begins alike", false, { htu: "https://api.example.evil.example/" }],
    ["a user in the address", false, { htu: "https://api.example@evil.example/" }],
    ["our host as a user's name", false, { htu: "https://x@api.example/" }],
    ["another scheme of addresses", false, { htu: "http://api.example/" }],
    ["another port", false, { htu: "https://api.example:8443/" }],
    ["another path", false, { htu: `${BASE}/other` }],
    ["an encoded slash for a slash", false, { htu: `${BASE}/%2F` }],
    ["a path alone", false, { htu: "/" }],
    ["a backslash for a slash", false, { htu: "https:\\\\api.example\\" }],
    ["a space in the address", false, { htu: `${BASE}/ ` }],
    ["no address", false, { htu: undefined }],
    ["a list of addresses", false, { htu: [`${BASE}/`] }],
    ["the host in capitals", true, { htu: "HTTPS://API.EXAMPLE/" }],
    ["the standard port", true, { htu: "https://api.example:443/" }],
    ["no slash after the host", true, { htu: BASE }],
    ["a path with dots", true, { htu: `${BASE}/a/../` }],
    ["a query", true, { htu: `${BASE}/?a=b` }],
    ["a fragment", true, { htu: `${BASE}/#a` }],
    ["an age at its bound", true, { iat: START - 60 }],
    ["an age one second beyond", false, { iat: START - 61 }],
    ["a time in the future", false, { iat: START + 1 }],
    ["a time as text", false, { iat: String(START) }],
    ["no time", false, { iat: undefined }],
    ["an end that has come", false, { exp: START }],
    ["no id", false, { jti: undefined }],
    ["an empty id", false, { jti: "" }],
    ["a number for an id", false, { jti: 5 }],
    ["the hash of another token", false, { ath: sha256("other") }],
    ["no hash of the token", false, { ath: undefined }],
    ["the type of tokens", false, {}, { typ: "at+jwt" }],
    ["no type", false, {}, { typ: undefined }],
    ["no key", false, {}, { jwk: undefined }],
    ["null for a key", false, {}, { jwk: null }],
    ["a text for a key", false, {}, { jwk: "key" }],
    ["the private key", false, {}, { jwk: jwkOf(client.privateKey) }],
    ["another key", false, {}, { jwk: thief.jwk }],
    ["the key of another curve", false, {}, { jwk: new Client("P-384").jwk }],
    ["a secret for a key", false, {}, { jwk: { kty: "oct", k: "AAAA" }, alg: "HS256" }],
    ["no algorithm", false, {}, { alg: "none" }],
    ["an algorithm that is not on the list", false, {}, { alg: "ES384" }],
    ["an algorithm that does not exist", false, {}, { alg: "XY" }],
    ["an extension that must be understood", false, {}, { crit: ["b64"], b64: false }],
    ["a key's address", true, {}, { jku: "https://evil.example/keys", kid: "x" }],
  ])("with %s: %s", async (_, holds, claims, header) => {
    const { auth, pair } = await bound()
    const verdict = await auth.check(client.asks(pair.accessToken, claims, {}, header))
    expect(verdict.allowed).toBe(holds)
    if (!verdict.allowed)
      expect(verdict).toMatchObject({
        status: 401,
        code: "invalid_dpop_proof",
        challenge: 'DPoP error="invalid_dpop_proof", algs="ES256 Ed25519 EdDSA"',
      })
  })

  test.each<[title: string, lines: (proof: string, ath: string) => string[]]>([
    ["is absent", () => []],
    ["comes twice", (proof) => [proof, proof]],
    ["comes twice in one line", (proof) => [`${proof}, ${proof}`]],
    ["is empty", () => [""]],
    ["has another signature", (proof) => [`${proof.slice(0, -8)}AAAAAAAA`]],
    ["has no signature", (proof) => [proof.slice(0, proof.lastIndexOf(".") + 1)]],
    ["is longer than 8,192 characters", (_, ath) => [client.proof({ ath, pad: "x".repeat(8192) })]],
  ])("that %s does not hold", async (_, lines) => {
    const { auth, pair } = await bound()
    const ath = sha256(pair.accessToken)
    const proof = client.proof({ ath })
    expect(await codeOf(auth, dpop(pair.accessToken, lines(proof, ath)))).toBe("invalid_dpop_proof")
    expect(await codeOf(auth, dpop(pair.accessToken, proof))).toBe("allowed")
  })

  test("counts once, for as long as it would be good, and then it is too old", async () => {
    const { auth, clock, pair, login } = await bound()
    const request = client.asks(pair.accessToken)
    expect(await codeOf(auth, request)).toBe("allowed")
    for (const seconds of [0, 1, 60, 61, 62]) {
      clock.seconds = START + seconds
      expect(await codeOf(auth, request)).toBe("invalid_dpop_proof")
    }
    clock.seconds = START
    expect(await auth.checkProof(login)).toMatchObject({ code: "invalid_dpop_proof" })
  })

  test("counts once for all instances that share a store, and its id is no other client's", async () => {
    const store = memoryStore()
    const { auth, pair } = await bound({ store })
    const { auth: second } = standard({ dpop: DPOP, store })
    const request = client.asks(pair.accessToken, { jti: "one" })
    expect(await codeOf(second, request)).toBe("allowed")
    expect(await codeOf(auth, request)).toBe("invalid_dpop_proof")
    const others = await auth.login("lin", { jkt: thief.thumbprint })
    expect(await codeOf(auth, thief.asks(others.accessToken, { jti: "one" }))).toBe("allowed")
  })

  test("leaves a hash in the store, and nothing at all unless everything else was right", async () => {
    const store = memoryStore()
    const useOnce = store.useOnce.bind(store)
    const used: [string, number][] = []
    const { auth, pair } = await bound({ store })
    store.useOnce = (key, expiresAt, now) => {
      used.push([key, expiresAt])
      return useOnce(key, expiresAt, now)
    }
    await auth.check(client.asks(pair.accessToken, { jti: "x".repeat(1000), iat: START - 10 }))
    expect(used).toEqual([[expect.stringMatching(/^dpop:[\w-]{43}$/), START + 51]])
    await auth.check(client.asks(pair.accessToken, { htm: "POST" }))
    await auth.check(thief.asks(pair.accessToken))
    await auth.check(client.asks("xxx"))
    expect(used).toHaveLength(1)
  })

  test("is refused while the store is away", async () => {
    const store = memoryStore()
    const { auth, pair } = await bound({ store })
    store.useOnce = () => Promise.reject(new Error("down"))
    const unavailable = { status: 503, code: "store_unavailable", challenge: undefined }
    expect(await auth.check(client.asks(pair.accessToken))).toMatchObject(unavailable)
    expect(await auth.refresh(dpop(pair.refreshToken, refreshing(client), toRefresh))).toMatchObject(unavailable)
    expect(await auth.checkProof(ask({ headers: { dpop: client.proof() } }))).toMatchObject(unavailable)
  })

  test("may be a little ahead of our clock, and older, by the leeway", async () => {
    const { auth, pair } = await bound({ leeway: 5 })
    for (const [iat, code] of [
      [START + 5, "allowed"],
      [START + 6, "invalid_dpop_proof"],
      [START - 65, "allowed"],
      [START - 66, "invalid_dpop_proof"],
    ] as const)
      expect(await codeOf(auth, client.asks(pair.accessToken, { iat }))).toBe(code)
  })

  test.each([
    ["Ed25519", "ed25519", { crv: "Ed25519" }],
    ["EdDSA", "ed25519", { crv: "Ed25519" }],
  ] as const)("may be made with %s", async (alg, type, { crv }) => {
    const { auth } = standard({ dpop: DPOP })
    const { privateKey, publicKey } = generateKeyPairSync(type)
    const jwk = publicKey.export({ format: "jwk" })
    const jkt = sha256(JSON.stringify({ crv, kty: "OKP", x: jwk.x }))
    const { accessToken } = await auth.login("ada", { jkt })
    const claims = { jti: "1", htm: "GET", htu: `${BASE}/`, iat: START, ath: sha256(accessToken) }
    const input = `${part({ typ: "dpop+jwt", alg, jwk })}.${part(claims)}`
    const proof = `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`
    expect(await codeOf(auth, dpop(accessToken, proof))).toBe("allowed")
  })
})

describe("the address of the server", () => {
  test.each<[title: string, url: string, htu: string, holds: boolean]>([
    ["a path", "/a/b", `${BASE}/a/b`, true],
    ["a path with a query", "/a?jwt=1#x", `${BASE}/a`, true],
    ["a path of two slashes", "//evil.example/a", `${BASE}//evil.example/a`, true],
    ["a path of two slashes for a host", "//evil.example/a", "https://evil.example/a", false],
    ["a whole address, whose host counts for nothing", "http://evil.example/a?b", `${BASE}/a`, true],
    ["a whole address, as the proof's", "https://evil.example/a", "https://evil.example/a", false],
    ["letters that need no percent signs", "/%7Eada/%c3%a9", `${BASE}/~ada/%C3%A9`, true],
    ["an encoded slash", "/a%2fb", `${BASE}/a/b`, false],
    ["an encoded slash in another case", "/a%2fb", `${BASE}/a%2Fb`, true],
    ["no path", "*", `${BASE}/*`, false],
    ["an empty target", "", `${BASE}/`, false],
    ["a path with a space", "/a b", `${BASE}/a%20b`, false],
  ])("and %s", async (_, url, htu, holds) => {
    const { auth, pair } = await bound()
    expect(await codeOf(auth, client.asks(pair.accessToken, { htu }, { url }))).toBe(
      holds ? "allowed" : "invalid_dpop_proof",
    )
  })

  test("does not come from a header that a client can write", async () => {
    const { auth, pair } = await bound()
    const headers = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "http",
      forwarded: "host=evil.example;proto=http",
    }
    expect(await codeOf(auth, client.asks(pair.accessToken, { htu: "https://evil.example/" }, { headers }))).toBe(
      "invalid_dpop_proof",
    )
    expect(await codeOf(auth, client.asks(pair.accessToken, {}, { headers }))).toBe("allowed")
  })

  test("may be one of several, and begin with a path that a proxy takes away", async () => {
    const { auth, pair } = await bound({ dpop: { baseUrl: [BASE, "https://www.example/api/"] } })
    const at = (htu: string) => codeOf(auth, client.asks(pair.accessToken, { htu }, { url: "/me" }))
    expect(await at("https://www.example/api/me")).toBe("allowed")
    expect(await at(`${BASE}/me`)).toBe("allowed")
    expect(await at("https://www.example/me")).toBe("invalid_dpop_proof")
    expect(await at(`${BASE}/api/me`)).toBe("invalid_dpop_proof")
  })
})

describe("a path that a router has taken away", () => {
  async function statusOf(listener: RequestListener, token: string): Promise<number> {
    const server = createServer(listener).listen(0, "127.0.0.1")
    onTestFinished(async () => void server.close().closeAllConnections())
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    const proof = client.proof({ htu: `${BASE}/api/me`, ath: sha256(token) })
    const headers = { authorization: `DPoP ${token}`, dpop: proof }
    return (await fetch(`http://127.0.0.1:${port}/api/me`, { headers })).status
  }

  test("belongs to the address all the same, in Express", async () => {
    const { auth } = standard({ dpop: DPOP })
    const router = express.Router().use(expressAuth(auth), (_, response) => void response.json({}))
    const token = await auth.createAccessToken("ada", { jkt: client.thumbprint })
    expect(await statusOf(express().use("/api", router), token)).toBe(200)
  })

  test("belongs to the address all the same, in Koa", async () => {
    const { auth } = standard({ dpop: DPOP })
    const app = new Koa()
    app.use((context, next) => {
      // As middleware does that mounts others under a path.
      context.path = "/me"
      return next()
    })
    app.use(koaAuth(auth))
    app.use((context) => {
      context.body = {}
    })
    const token = await auth.createAccessToken("ada", { jkt: client.thumbprint })
    expect(await statusOf(app.callback(), token)).toBe(200)
  })
})

describe("nonces", () => {
  const dpopWithNonce = { ...DPOP, nonceSecret: "n".repeat(32) }

  async function withNonce(store = memoryStore()) {
    const { auth, clock } = standard({ dpop: dpopWithNonce, store })
    const pair = await auth.login("ada", { jkt: client.thumbprint })
    return { auth, clock, pair }
  }

  async function nonceOf(auth: Auth<undefined>, request: AuthRequest): Promise<string> {
    const refused = await auth.check(request)
    if (refused.allowed) throw new Error("no nonce was asked for")
    expect(refused).toMatchObject({
      status: 401,
      code: "use_dpop_nonce",
      challenge: 'DPoP error="use_dpop_nonce", algs="ES256 Ed25519 EdDSA"',
    })
    return refused.headers["dpop-nonce"] ?? ""
  }

  test("are asked for, told, and good for a while", async () => {
    const { auth, clock, pair } = await withNonce()
    const nonce = await nonceOf(auth, client.asks(pair.accessToken))
    expect(nonce).toMatch(/^[\w-]{43}$/)
    const ask = () => client.asks(pair.accessToken, { nonce, iat: clock.seconds })
    expect(await codeOf(auth, ask())).toBe("allowed")
    clock.seconds = START + 599
    expect(await codeOf(auth, ask())).toBe("allowed")
    clock.seconds = START + 600
    expect(await nonceOf(auth, ask())).not.toBe(nonce)
  })

  test("are the same at every instance that has the secret, and another's are refused", async () => {
    const store = memoryStore()
    const { auth, pair } = await withNonce(store)
    const { auth: second } = standard({
      dpop: { ...DPOP, nonceSecret: new TextEncoder().encode("n".repeat(32)) },
      store,
    })
    const { auth: stranger } = standard({ dpop: { ...DPOP, nonceSecret: "m".repeat(32) }, store })
    const nonce = await nonceOf(auth, client.asks(pair.accessToken))
    expect(await codeOf(second, client.asks(pair.accessToken, { nonce }))).toBe("allowed")
    expect(await nonceOf(stranger, client.asks(pair.accessToken, { nonce }))).not.toBe(nonce)
    for (const wrong of [null, "", [nonce], 5])
      expect(await codeOf(auth, client.asks(pair.accessToken, { nonce: wrong }))).toBe("use_dpop_nonce")
  })

  test("are asked for at a login and at a refresh, which ends no session", async () => {
    const { auth, pair } = await withNonce()
    const login = { method: "POST", url: "/login" }
    const asked = await auth.checkProof(
      ask({ ...login, headers: { dpop: client.proof({ htm: "POST", htu: `${BASE}/login` }) } }),
    )
    if (asked.allowed) throw new Error("no nonce was asked for")
    const nonce = asked.headers["dpop-nonce"]
    const again = client.proof({ htm: "POST", htu: `${BASE}/login`, nonce })
    expect(await auth.checkProof(ask({ ...login, headers: { dpop: again } }))).toEqual({
      allowed: true,
      jkt: client.thumbprint,
    })
    expect(await auth.refresh(dpop(pair.refreshToken, refreshing(client), toRefresh))).toMatchObject({
      code: "use_dpop_nonce",
    })
    expect(await auth.refresh(dpop(pair.refreshToken, refreshing(client, { nonce }), toRefresh))).toMatchObject({
      allowed: true,
    })
  })
})

describe("where bound tokens are possible", () => {
  test("others are bearers' as ever, and not good with the scheme DPoP", async () => {
    const { auth } = standard({ dpop: DPOP })
    const pair = await auth.login("ada")
    expect(pair.tokenType).toBe("Bearer")
    expect(await codeOf(auth, bearer(pair.accessToken))).toBe("allowed")
    expect(await codeOf(auth, client.asks(pair.accessToken))).toBe("token_invalid")
    expect(await auth.checkProof(ask({ method: "POST" }))).toEqual({ allowed: true, jkt: undefined })
  })

  test("challenges tell of both schemes", async () => {
    const { auth, clock } = standard({ dpop: DPOP })
    const algs = 'algs="ES256 Ed25519 EdDSA"'
    expect(await auth.check(ask())).toMatchObject({ code: "missing_token", challenge: `Bearer, DPoP ${algs}` })
    const token = await auth.createAccessToken("ada", { jkt: client.thumbprint, scope: "read" })
    const guard = auth.guard({ scopes: "write" })
    expect(await guard(client.asks(token))).toMatchObject({
      challenge: `DPoP error="insufficient_scope", scope="write", ${algs}`,
    })
    clock.seconds += 900
    expect(await auth.check(client.asks(token))).toMatchObject({
      challenge: `DPoP error="invalid_token", error_description="token_expired", ${algs}`,
    })
  })

  test("the scheme has no case, and wants one token", async () => {
    const { auth, pair } = await bound()
    const proof = () => client.proof({ ath: sha256(pair.accessToken) })
    const by = (authorization: string | string[]) => codeOf(auth, ask({ headers: { authorization, dpop: proof() } }))
    expect(await by(`dpop ${pair.accessToken}`)).toBe("allowed")
    expect(await by(`DPOP  ${pair.accessToken}`)).toBe("malformed_token")
    expect(await by("DPoP")).toBe("malformed_token")
    expect(await by([`DPoP ${pair.accessToken}`, `Bearer ${pair.accessToken}`])).toBe("invalid_request")
  })
})

describe("where tokens must be bound", () => {
  const { auth } = standard({ dpop: { ...DPOP, required: true } })

  test("no others are made", async () => {
    expect(await auth.checkProof(ask({ method: "POST" }))).toMatchObject({ code: "invalid_dpop_proof" })
    await expect(auth.login("ada")).rejects.toThrow(/`jkt`/)
    await expect(auth.createAccessToken("ada")).rejects.toThrow(/`jkt`/)
    const { accessToken } = await auth.login("ada", { jkt: client.thumbprint })
    expect(await codeOf(auth, client.asks(accessToken))).toBe("allowed")
  })

  test("no others are taken", async () => {
    const claims = { iss: BASE, aud: BASE, sub: "ada", exp: START + 60, type: "access" }
    const token = encode(claims, SECRET, { header: { typ: "at+jwt" } })
    expect(await auth.check(bearer(token))).toMatchObject({
      code: "token_invalid",
      challenge: 'DPoP error="invalid_token", error_description="token_invalid", algs="ES256 Ed25519 EdDSA"',
    })
    expect(await auth.check(ask())).toMatchObject({ challenge: 'DPoP algs="ES256 Ed25519 EdDSA"' })
  })

  test("tokens of types of one's own are bearers' as ever", async () => {
    const mail = await auth.createToken("mail", "ada")
    expect(await auth.check(bearer(mail), { type: "mail" })).toMatchObject({ allowed: true })
  })
})

describe("a confirmation that cannot be", () => {
  test.each([{ jkt: 5 }, { jkt: null }, { jkt: "" }, { jkt: ["x"] }])("fits no key: %j", async (cnf) => {
    const { auth } = standard({ dpop: DPOP })
    const claims = { iss: BASE, aud: BASE, sub: "ada", exp: START + 60, type: "access", cnf }
    const token = encode(claims, SECRET, { header: { typ: "at+jwt" } })
    expect(await codeOf(auth, bearer(token))).toBe("token_invalid")
    expect(await codeOf(auth, client.asks(token))).toBe("token_invalid")
  })
})

describe("options", () => {
  const least: AuthOptions = { key: SECRET, issuer: "i", audience: "a", store: memoryStore() }

  test.each<[options: AuthOptions | { dpop: object }, name: string]>([
    [{ dpop: {} }, "dpop.baseUrl"],
    [{ dpop: { baseUrl: "api.example" } }, "dpop.baseUrl"],
    [{ dpop: { baseUrl: "ftp://api.example" } }, "dpop.baseUrl"],
    [{ dpop: { baseUrl: "https://a:b@api.example" } }, "dpop.baseUrl"],
    [{ dpop: { baseUrl: "https://api.example/?a" } }, "dpop.baseUrl"],
    [{ dpop: { ...DPOP, algorithms: ["HS256"] } }, "dpop.algorithms"],
    [{ dpop: { ...DPOP, algorithms: ["none"] } }, "dpop.algorithms"],
    [{ dpop: { ...DPOP, algorithms: ["XY256"] } }, "dpop.algorithms"],
    [{ dpop: { ...DPOP, algorithms: [] } }, "dpop.algorithms"],
    [{ dpop: { ...DPOP, maxAge: 601 } }, "dpop.maxAge"],
    [{ dpop: { ...DPOP, maxAge: 0 } }, "dpop.maxAge"],
    [{ dpop: { ...DPOP, nonceSecret: "short" } }, "dpop.nonceSecret"],
    [{ dpop: { ...DPOP, nonceSecret: new Uint8Array(31) } }, "dpop.nonceSecret"],
    [{ dpop: { ...DPOP, required: "yes" } }, "dpop.required"],
    [{ dpop: DPOP, store: undefined }, "dpop"],
    [{ dpop: DPOP, compat: "flask-jwt-extended" }, "dpop"],
    [{ dpop: DPOP, header: { scheme: "" } }, "header.scheme"],
  ])("%j: %s", (options, name) => {
    expect(() => createAuth({ ...least, ...(options as AuthOptions) })).toThrow(`\`${name}\``)
  })

  test("name what is missing at the call that needs it", async () => {
    const { auth } = standard()
    await expect(auth.checkProof(ask())).rejects.toThrow(/`dpop`/)
    await expect(auth.login("ada", { jkt: client.thumbprint })).rejects.toThrow(/`jkt`/)
    await expect(standard({ dpop: DPOP }).auth.login("ada", { jkt: "short" })).rejects.toThrow(/`jkt`/)
    await expect(auth.login("ada", { claims: { cnf: {} } })).rejects.toMatchObject({ code: "claims_invalid" })
  })
})

describe("whatever a client sends", () => {
  test("gets an answer below 500", async () => {
    const { auth, pair } = await bound()
    const json = fc.jsonValue({ maxDepth: 2 })
    const jwk = fc.oneof(
      json,
      fc.constant(client.jwk),
      fc.record({
        kty: fc.oneof(fc.constantFrom("EC", "RSA", "OKP", "oct"), json),
        crv: json,
        x: json,
        y: json,
        n: json,
        e: json,
        k: json,
      }),
    )
    const header = fc.record(
      { typ: fc.oneof(fc.constant("dpop+jwt"), json), alg: fc.oneof(fc.constant("ES256"), json), jwk, crit: json },
      { requiredKeys: [] },
    )
    const claims = fc.record(
      { jti: json, htm: json, htu: fc.oneof(fc.webUrl(), json), iat: json, ath: json, nonce: json },
      { requiredKeys: [] },
    )
    const signed = fc
      .tuple(claims, header)
      .map(([given, head]) => client.proof({ ath: sha256(pair.accessToken), ...given }, head))
    const proofs = fc.array(fc.oneof(signed, fc.string({ unit: "binary" })), { maxLength: 2 })
    const cnf = fc.oneof(json, fc.record({ jkt: json }), fc.constant({ jkt: client.thumbprint }))
    const forged = cnf.map((confirmation) =>
      encode({ iss: BASE, aud: BASE, sub: "ada", exp: START + 60, type: "access", cnf: confirmation }, SECRET, {
        header: { typ: "at+jwt" },
      }),
    )
    const token = fc.oneof(fc.constantFrom(pair.accessToken, pair.refreshToken), forged, fc.string({ unit: "binary" }))
    const scheme = fc.constantFrom("DPoP", "dpop", "Bearer")
    const url = fc.oneof(fc.constant("/"), fc.webPath(), fc.webUrl(), fc.string({ unit: "binary" }))
    await fc.assert(
      fc.asyncProperty(scheme, token, proofs, url, async (word, text, dpopLines, target) => {
        const headers = { authorization: `${word} ${text}`, dpop: dpopLines }
        const request = ask({ method: "POST", url: target, headers })
        for (const verdict of await Promise.all([
          auth.check(request),
          auth.check(request, { optional: true, type: ["access", "refresh"] }),
          auth.refresh(request),
          auth.logout(request),
          auth.checkProof(request),
        ])) {
          if (verdict.allowed) continue
          expect(verdict.status).toBeLessThan(500)
          for (const value of Object.values(verdict.headers)) expect(value).toMatch(/^[\x20-\x7e]*$/)
        }
      }),
      { numRuns: 300 },
    )
  })
})
