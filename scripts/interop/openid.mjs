// @ts-check
// Programs of others take what an example server of ours makes: access tokens by the keys that it publishes, introspection (RFC 7662),
// revocation (RFC 7009), refreshing, and the challenge of a refusal.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { createAuth } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { nodeRequest } from "@jotkit/auth/node"
import { decodeUnverified, Jwk } from "jotkit"
import { root } from "../shell.mjs"
import { send, serve } from "./http.mjs"
import { changed, claimsOf } from "./material.mjs"

/** @typedef {import("./peer.mjs").Peer} Peer */
/** @typedef {import("./tally.mjs").Tally} Tally */

const ALGORITHMS = ["ES256", "RS256", "PS256", "ES384", "Ed25519", "EdDSA"]
/** A refusal whose `WWW-Authenticate` was understood. */
const CHALLENGED = "OAUTH_WWW_AUTHENTICATE_CHALLENGE"
const CLIENT = { id: "examples", secret: "introspect" }

/**
 * @param {Peer} peer
 * @param {Tally} tally
 */
export async function exchangeWithClient(peer, tally) {
  for (const algorithm of ALGORITHMS) {
    const { address, end } = await startExample(algorithm)
    try {
      const at = { algorithm, address, peer, tally }
      await byPublishedKeys(at)
      await introspection(at)
      await revocation(at)
      await refreshing(at)
    } finally {
      await end()
    }
    await byProfile(algorithm, peer, tally)
    for (const kind of ["ES256", "Ed25519"]) await bound(algorithm, kind, peer, tally)
  }
}

/**
 * Starts the example server on plain Request and Response, with sessions in memory.
 *
 * @param {string} algorithm
 */
async function startExample(algorithm) {
  const env = { ...process.env, STORE: "memory:", PORT: "0", COOKIE_SECURE: "false", JWT_ALGORITHM: algorithm }
  const child = spawn(process.execPath, [join(root, "examples/fetch/server.mjs")], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  })
  const ended = new Promise((resolve) => child.once("exit", resolve))
  // Not even where something else has failed may it stay.
  process.once("exit", () => child.kill())
  const end = () => {
    child.kill("SIGTERM")
    return ended
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const [, address] = /^listening on (\S+)$/.exec(line) ?? []
    if (address !== undefined) return { address, end }
  }
  throw new Error("the example server did not start")
}

/**
 * @typedef {object} Case
 * @property {string} algorithm
 * @property {string} address
 * @property {Peer} peer
 * @property {Tally} tally
 */

/**
 * Access tokens are verified by nothing but the address of our keys.
 *
 * @param {Case} at
 */
async function byPublishedKeys({ algorithm, address, peer, tally }) {
  const { access_token: token, refresh_token: other } = await logIn(address)
  const options = { issuer: address, audience: address, typ: "at+jwt", algorithms: [algorithm] }
  /** @type {(token: string, more?: object) => Promise<import("./tally.mjs").Answer>} */
  const verify = (token, more) =>
    peer.ask("verify", { token, keys: `${address}/.well-known/jwks.json`, options: { ...options, ...more } })
  const read = { claims: claimsOf(token), header: { ...decodeUnverified(token).header } }
  await tally.same(`${algorithm}: verified by jose`, verify(token), read)
  const unfit = "ERR_JWT_CLAIM_VALIDATION_FAILED"
  await tally.same(`${algorithm}: for another audience`, (await verify(token, { audience: "x" })).error, unfit)
  await tally.same(`${algorithm}: of another issuer`, (await verify(token, { issuer: "x" })).error, unfit)
  await tally.same(`${algorithm}: a refresh token`, (await verify(other)).error, unfit)
  const forged = (await verify(changed(token))).error
  await tally.same(`${algorithm}: a changed token`, forged, "ERR_JWS_SIGNATURE_VERIFICATION_FAILED")
}

/**
 * RFC 9068 by a resource server of others.
 *
 * @param {string} algorithm
 * @param {Peer} peer
 * @param {Tally} tally
 */
async function byProfile(algorithm, peer, tally) {
  const issuer = "https://issuer.example"
  const audience = "https://api.example/"
  const key = Jwk.generate(algorithm, { keyId: "k1" })
  const auth = createAuth({ key, issuer, audience, profile: "rfc9068", clientId: "app" })
  const server = await serve(async (_, outgoing) => {
    outgoing.setHeader("content-type", "application/json")
    outgoing.end(JSON.stringify(await auth.jwks()))
  })
  const as = { issuer, jwks_uri: `http://127.0.0.1:${server.port}/jwks` }
  /** @type {(token: string, more?: object) => Promise<import("./tally.mjs").Answer>} */
  const validate = (token, more) => peer.ask("validate", { server: as, token, audience, ...more })
  const token = await auth.createAccessToken("ada", { scope: "read write" })
  await tally.same(`${algorithm}: RFC 9068`, validate(token), claimsOf(token))
  const refresh = await auth.createRefreshToken("ada", { clientId: "app" })
  const elsewhere = "https://other.example/"
  /** @type {[what: string, answer: Promise<import("./tally.mjs").Answer>, said: RegExp][]} */
  const refused = [
    ["a refresh token", validate(refresh), /"typ"/],
    ["a changed token", validate(changed(token)), /signature/],
    ["for another audience", validate(token, { audience: elsewhere }), /"aud"/],
    ["of another issuer", validate(token, { server: { ...as, issuer: elsewhere } }), /"iss"/],
  ]
  for (const [what, answer, said] of refused)
    await tally.same(`${algorithm}: RFC 9068, ${what}`, said.test((await answer).message ?? "passed"), true)
  server.close()
}

/**
 * Tokens of ours that are bound to a key of the client (RFC 9449): the client's proofs are good here, and the token and its proof pass
 * what others check of them.
 *
 * @param {string} algorithm
 * @param {string} kind The algorithm of the client's key.
 * @param {Peer} peer
 * @param {Tally} tally
 */
async function bound(algorithm, kind, peer, tally) {
  const what = `${algorithm}, bound by ${kind}`
  const { port, close } = await authorizationServer(algorithm, kind === "Ed25519")
  const issuer = `http://127.0.0.1:${port}`
  const server = { issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` }
  const address = `${issuer}/things?of=mine`
  const answer = await peer.ask("bound", { server, as: CLIENT, kind, address, audience: issuer })
  const { type, status, claims, headers, jkt } = answer.value ?? {}
  const told = { type, status, cnf: claims?.cnf, sub: claims?.sub, problem: answer.message }
  await tally.same(what, told, { type: "dpop", status: 200, cnf: { jkt }, sub: "ada", problem: undefined })
  /** @type {(headers: object, path?: string) => Promise<unknown>} */
  const again = async (headers, path = "/things?of=mine") =>
    JSON.parse((await send(port, { path, headers: { ...headers } })).body).error
  await tally.same(`${what}: a proof that was used`, await again(headers), "invalid_dpop_proof")
  await tally.same(`${what}: for another address`, await again(headers, "/others"), "invalid_dpop_proof")
  const token = String(headers?.authorization).replace(/^DPoP /, "")
  await tally.same(`${what}: as any other token`, await again({ authorization: `Bearer ${token}` }), "token_invalid")
  await tally.same(`${what}: without a proof`, await again({ authorization: `DPoP ${token}` }), "invalid_dpop_proof")
  close()
}

/**
 * A server of ours that binds its tokens to the key of whoever asks for one.
 *
 * @param {string} algorithm
 * @param {boolean} asksForNonces
 */
async function authorizationServer(algorithm, asksForNonces) {
  /** @type {import("@jotkit/auth").Auth | undefined} */
  let auth
  const server = await serve(async (incoming, outgoing) => {
    outgoing.setHeader("content-type", "application/json")
    outgoing.end(JSON.stringify(await answerOf(/** @type {import("@jotkit/auth").Auth} */ (auth), incoming, outgoing)))
  })
  const issuer = `http://127.0.0.1:${server.port}`
  const dpop = { baseUrl: issuer, ...(asksForNonces ? { nonceSecret: "a secret that only nonces are made of" } : {}) }
  const key = Jwk.generate(algorithm, { keyId: "k1" })
  auth = createAuth({ key, issuer, audience: issuer, store: memoryStore(), clientId: "app", profile: "rfc9068", dpop })
  return server
}

/**
 * @param {import("@jotkit/auth").Auth} auth
 * @param {import("node:http").IncomingMessage} incoming
 * @param {import("node:http").ServerResponse} outgoing
 */
async function answerOf(auth, incoming, outgoing) {
  if (incoming.url === "/jwks") return auth.jwks()
  const isLogin = incoming.url === "/token"
  const judged = await (isLogin ? auth.checkProof(nodeRequest(incoming)) : auth.check(nodeRequest(incoming)))
  if (!judged.allowed) {
    outgoing.statusCode = judged.status
    for (const [name, value] of Object.entries(judged.headers)) outgoing.setHeader(name, value)
    return judged.body
  }
  if (!("jkt" in judged)) return { sub: judged.identity }
  const token = await auth.createAccessToken("ada", { jkt: judged.jkt })
  return { access_token: token, token_type: "DPoP", expires_in: 900 }
}

/** @param {Case} at */
async function introspection({ algorithm, address, peer, tally }) {
  const { access_token: token, refresh_token: other } = await logIn(address)
  const server = { issuer: address, introspection_endpoint: `${address}/introspect` }
  /** @type {(token: string, as?: object) => Promise<import("./tally.mjs").Answer>} */
  const introspect = (token, as = CLIENT) => peer.ask("introspect", { server, as, token })
  for (const [name, good] of Object.entries({ token, other }))
    await tally.same(`${algorithm}: introspection of ${name}`, introspect(good), {
      ...claimsOf(good),
      active: true,
      token_type: "Bearer",
    })
  for (const bad of ["x", changed(token), `${token}x`])
    await tally.same(`${algorithm}: introspection of what is none`, introspect(bad), { active: false })
  const { error } = await introspect(token, { ...CLIENT, secret: "x" })
  await tally.same(`${algorithm}: introspection by a stranger`, error, CHALLENGED)
}

/** @param {Case} at */
async function revocation({ algorithm, address, peer, tally }) {
  const server = {
    issuer: address,
    introspection_endpoint: `${address}/introspect`,
    revocation_endpoint: `${address}/revoke`,
  }
  /** @type {(op: string, token: string, more?: object) => Promise<import("./tally.mjs").Answer>} */
  const ask = (op, token, more) => peer.ask(op, { server, as: CLIENT, token, ...more })
  const isActive = async (/** @type {string} */ token) => (await ask("introspect", token)).value?.active
  const me = (/** @type {string} */ token) => ask("fetch", token, { address: `${address}/me` })
  const one = await logIn(address)
  const two = await logIn(address)
  await tally.same(`${algorithm}: a token before`, (await me(one.access_token)).value?.body?.sub, "ada")
  await tally.same(`${algorithm}: an access token is revoked`, ask("revoke", one.access_token), true)
  await tally.same(`${algorithm}: it alone`, await isActive(one.access_token), false)
  await tally.same(`${algorithm}: and not its session`, await isActive(one.refresh_token), true)
  await tally.same(`${algorithm}: a revoked token`, (await me(one.access_token)).error, CHALLENGED)
  await tally.same(`${algorithm}: a refresh token is revoked`, ask("revoke", two.refresh_token), true)
  await tally.same(`${algorithm}: with its session`, await isActive(two.access_token), false)
  await tally.same(`${algorithm}: a token of it`, (await me(two.access_token)).error, CHALLENGED)
  await tally.same(`${algorithm}: what is no token is revoked, too`, ask("revoke", "x"), true)
  const stranger = { as: { ...CLIENT, secret: "x" } }
  await tally.same(`${algorithm}: by a stranger`, (await ask("revoke", "x", stranger)).error, CHALLENGED)
}

/** @param {Case} at */
async function refreshing({ algorithm, address, peer, tally }) {
  const first = await logIn(address)
  const server = { issuer: address, token_endpoint: `${address}/refresh` }
  const { value, error } = await peer.ask("refresh", { server, as: CLIENT, token: first.refresh_token })
  const { access_token: access, refresh_token: refresh, token_type: type, expires_in: seconds } = value ?? {}
  await tally.same(
    `${algorithm}: refreshed`,
    { error, type, seconds },
    { error: undefined, type: "bearer", seconds: 900 },
  )
  await tally.same(`${algorithm}: a new refresh token`, refresh === first.refresh_token, false)
  const answer = await peer.ask("fetch", { server, as: CLIENT, token: access, address: `${address}/me` })
  await tally.same(`${algorithm}: the new access token`, answer.value?.body?.sub, "ada")
}

/**
 * @param {string} address
 * @returns {Promise<{ access_token: string, refresh_token: string }>}
 */
async function logIn(address) {
  const { body } = await send(Number(new URL(address).port), {
    method: "POST",
    path: "/login",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password: "lovelace" }),
  })
  return JSON.parse(body)
}
