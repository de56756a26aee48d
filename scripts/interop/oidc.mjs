// @ts-check
// A server of ours takes the access tokens of an OpenID provider, whatever way they were issued, while its keys change; and no other
// token of that provider, nor one of anybody else.
import { createAuth } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { nodeRequest, sendRefusal } from "@jotkit/auth/node"
import { decodeUnverified, JwksClient } from "jotkit"
import * as client from "openid-client"
import { send, serve } from "./http.mjs"
import { changed } from "./material.mjs"

/** @typedef {import("./tally.mjs").Tally} Tally */

const RESOURCES = /** @type {const} */ ({
  RS256: "https://rs256.example",
  ES256: "https://es256.example",
  EdDSA: "https://eddsa.example",
})
/** Servers that ask for their nonces in proofs. */
const nonces = new Set(["EdDSA"])
const NONCE_SECRET = "a secret that only nonces are made of"
const CALLBACK = "http://127.0.0.1/callback"
const MACHINE = "machine"
const SECRET = "a secret of the machine"

/** @typedef {keyof typeof RESOURCES} Algorithm */

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {Tally} tally
 */
export async function exchangeWithProvider(peer, tally) {
  const issuer = (await peer.ask("start")).value
  const namesake = (await peer.ask("start", { keysOf: issuer })).value
  const stranger = (await peer.ask("start")).value
  for (const algorithm of /** @type {Algorithm[]} */ (Object.keys(RESOURCES))) {
    const server = await resourceServer(issuer, algorithm)
    try {
      await machines({ issuer, algorithm, server, others: { namesake, stranger } }, tally)
      await people({ issuer, algorithm, server }, tally)
      await bound({ issuer, algorithm, server }, tally)
      await rotation({ issuer, algorithm, server }, peer, tally)
    } finally {
      server.close()
    }
  }
}

/** @typedef {{ port: number, clock: { ahead: number }, close: () => void }} Server */
/** @typedef {{ issuer: string, algorithm: Algorithm, server: Server }} Case */

/**
 * A server of ours that knows the provider by its address alone.
 *
 * @param {string} issuer
 * @param {Algorithm} algorithm
 * @param {string} [audience]
 * @returns {Promise<Server>}
 */
async function resourceServer(issuer, algorithm, audience = RESOURCES[algorithm]) {
  // What is kept of the provider's keys gets old by this clock.
  const clock = { ahead: 0 }
  const now = () => performance.now() / 1000 + clock.ahead
  const verificationKey = new JwksClient(`${issuer}/jwks`, { now })
  /** @type {ReturnType<import("@jotkit/auth").Auth["guard"]> | undefined} */
  let guard
  const server = await serve(async (incoming, outgoing) => {
    const verdict = await guard?.(nodeRequest(incoming))
    if (verdict?.allowed === false) return sendRefusal(verdict, outgoing)
    outgoing.end(JSON.stringify(verdict?.claims))
  })
  const dpop = {
    baseUrl: `http://127.0.0.1:${server.port}`,
    ...(nonces.has(algorithm) ? { nonceSecret: NONCE_SECRET } : {}),
  }
  guard = createAuth({ issuer, audience, algorithm, verificationKey, dpop, store: memoryStore() }).guard()
  return { ...server, clock }
}

/**
 * Programs that speak for themselves.
 *
 * @param {Case & { others: { namesake: string, stranger: string } }} at
 * @param {Tally} tally
 */
async function machines({ issuer, algorithm, server, others }, tally) {
  const resource = RESOURCES[algorithm]
  const config = await discover(issuer, MACHINE)
  const { access_token } = await client.clientCredentialsGrant(config, { resource, scope: "read" })
  const { header } = decodeUnverified(access_token)
  const { alg, typ } = /** @type {{ alg?: unknown, typ?: unknown }} */ (header)
  await tally.same(`${algorithm}: the provider makes`, { alg, typ }, { alg: algorithm, typ: "at+jwt" })
  await passes(
    `${algorithm}: a machine`,
    server,
    access_token,
    { iss: issuer, aud: resource, sub: MACHINE, scope: "read" },
    tally,
  )
  for (const other of Object.values(RESOURCES).filter((name) => name !== resource)) {
    const { access_token: theirs } = await client.clientCredentialsGrant(config, { resource: other, scope: "read" })
    await isRefused(`${algorithm}: a token for ${other}`, server, theirs, "token_invalid", tally)
  }
  const opaque = await client.clientCredentialsGrant(config, { scope: "read" })
  await isRefused(`${algorithm}: a token that is no JWT`, server, opaque.access_token, "malformed_token", tally)
  for (const [who, other] of Object.entries(others)) {
    const theirs = await client.clientCredentialsGrant(await discover(other, MACHINE), { resource, scope: "read" })
    await isRefused(`${algorithm}: a token of a ${who}`, server, theirs.access_token, "token_invalid", tally)
  }
  await isRefused(`${algorithm}: a changed token`, server, changed(access_token), "signature_invalid", tally)
}

/**
 * A person who logs in and lets a program speak for them.
 *
 * @param {Case} at
 * @param {Tally} tally
 */
async function people({ issuer, algorithm, server }, tally) {
  const resource = RESOURCES[algorithm]
  const config = await discover(issuer, "browser")
  const tokens = await logIn(config, resource)
  const expected = { iss: issuer, aud: resource, sub: "ada", client_id: "browser" }
  await passes(`${algorithm}: a person`, server, tokens.access_token, expected, tally)
  await isRefused(`${algorithm}: an ID token`, server, String(tokens.id_token), "token_invalid", tally)
  const refreshed = await client.refreshTokenGrant(config, String(tokens.refresh_token), { resource })
  await passes(`${algorithm}: refreshed`, server, refreshed.access_token, expected, tally)
  if (algorithm !== "RS256") return
  // A server whose audience is the client itself: nothing but `typ` tells the ID token from a token for it.
  const careless = await resourceServer(issuer, algorithm, "browser")
  await isRefused(`${algorithm}: an ID token for us`, careless, String(tokens.id_token), "wrong_token_type", tally)
  careless.close()
}

/**
 * Logs in as a browser would, without one.
 *
 * @param {client.Configuration} config
 * @param {string} resource
 */
async function logIn(config, resource) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: "openid offline_access read",
    prompt: "consent",
    resource,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return client.authorizationCodeGrant(config, await follow(address), checks)
}

/**
 * Goes where it is sent, with the cookies that it is given, until it is sent back to the client.
 *
 * @param {URL} address
 */
async function follow(address) {
  /** @type {Map<string, string>} */
  const jar = new Map()
  let next = address
  for (let hops = 0; hops < 10 && !next.href.startsWith(CALLBACK); hops++) {
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ")
    const response = await fetch(next, { redirect: "manual", headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === "") jar.delete(name)
      else jar.set(name, value)
    }
    next = new URL(response.headers.get("location") ?? "missing:", next)
  }
  return next
}

/**
 * Tokens that are bound to a key of the client (RFC 9449), with proofs that are not of our making.
 *
 * @param {Case} at
 * @param {Tally} tally
 */
async function bound({ issuer, algorithm, server }, tally) {
  const config = await discover(issuer, MACHINE)
  const address = new URL(`http://127.0.0.1:${server.port}/things?of=mine`)
  for (const kind of ["ES256", "Ed25519"]) {
    const what = `${algorithm}, bound by ${kind}`
    const mine = client.getDPoPHandle(config, await client.randomDPoPKeyPair(kind))
    const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair(kind))
    const { access_token, token_type } = await client.clientCredentialsGrant(
      config,
      { resource: RESOURCES[algorithm], scope: "read" },
      { DPoP: mine },
    )
    await tally.same(`${what}: is a token for DPoP`, token_type, "dpop")
    /** @type {(DPoP: client.DPoPHandle) => Promise<unknown>} */
    const present = (DPoP) =>
      client.fetchProtectedResource(config, access_token, address, "GET", undefined, undefined, { DPoP }).then(
        async (response) => /** @type {{ cnf?: unknown }} */ (await response.json()).cnf,
        (error) => error.cause?.[0]?.parameters?.error ?? error.code,
      )
    await tally.same(`${what}: passes`, await present(mine), { jkt: await mine.calculateThumbprint() })
    await tally.same(`${what}: passes with another proof`, await present(mine), {
      jkt: await mine.calculateThumbprint(),
    })
    await tally.same(`${what}: with another key`, await present(other), "invalid_token")
    await isRefused(`${what}: as any other token`, server, access_token, "token_invalid", tally)
  }
}

/**
 * The provider changes its keys: new ones are learned without being told, old ones are good for as long as they are published.
 *
 * @param {Case} at
 * @param {import("./peer.mjs").Peer} peer
 * @param {Tally} tally
 */
async function rotation({ issuer, algorithm, server }, peer, tally) {
  const resource = RESOURCES[algorithm]
  const issue = async () =>
    (await client.clientCredentialsGrant(await discover(issuer, MACHINE), { resource, scope: "read" })).access_token
  const before = await issue()
  await passes(`${algorithm}: before the keys change`, server, before, {}, tally)
  await peer.ask("rotate", { issuer, keeps: true })
  const after = await issue()
  const kids = [before, after].map((token) => /** @type {{ kid?: unknown }} */ (decodeUnverified(token).header).kid)
  await tally.same(`${algorithm}: the keys have changed`, kids[0] === kids[1], false)
  // Unknown keys are asked for twice a minute at most.
  server.clock.ahead += 60
  await passes(`${algorithm}: by the new key`, server, after, {}, tally)
  await passes(`${algorithm}: by the old key`, server, before, {}, tally)
  await peer.ask("rotate", { issuer, keeps: false })
  server.clock.ahead += 600
  await passes(`${algorithm}: by the newest key`, server, await issue(), {}, tally)
  await isRefused(`${algorithm}: by a key that is gone`, server, before, "token_invalid", tally)
}

/**
 * @param {string} issuer
 * @param {string} name
 */
function discover(issuer, name) {
  const isMachine = name === MACHINE
  const how = isMachine ? client.ClientSecretBasic(SECRET) : client.None()
  return client.discovery(new URL(issuer), name, undefined, how, { execute: [client.allowInsecureRequests] })
}

/**
 * @param {string} what
 * @param {Server} server
 * @param {string} token
 * @param {Record<string, unknown>} expected Some of the claims.
 * @param {Tally} tally
 */
async function passes(what, { port }, token, expected, tally) {
  const { status, body } = await send(port, { headers: { authorization: `Bearer ${token}` } })
  const claims = status === 200 ? JSON.parse(body) : body
  const found = Object.fromEntries(Object.keys(expected).map((name) => [name, claims[name]]))
  await tally.same(`${what}: passes`, { status, ...found }, { status: 200, ...expected })
}

/**
 * @param {string} what
 * @param {Server} server
 * @param {string} token
 * @param {string} code
 * @param {Tally} tally
 */
async function isRefused(what, { port }, token, code, tally) {
  const { status, body } = await send(port, { headers: { authorization: `Bearer ${token}` } })
  await tally.same(`${what}: is refused`, { status, error: JSON.parse(body).error }, { status: 401, error: code })
}
