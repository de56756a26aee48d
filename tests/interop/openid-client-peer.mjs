// @ts-check
// The npm packages openid-client, oauth4webapi and jose at the other end of a pipe: one JSON line in, one out.
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as jose from "jose"
import * as oauth from "oauth4webapi"
import * as client from "openid-client"

const manifest = fileURLToPath(import.meta.resolve("openid-client")).replace(/build[\\/].*/, "package.json")

/** @type {Record<string, (request: any) => unknown>} */
const operations = {
  about: () => JSON.parse(readFileSync(manifest, "utf8")).version,
  // RFC 7519 with the keys that the issuer publishes.
  verify: async ({ token, keys, options }) => {
    const { payload, protectedHeader } = await jose.jwtVerify(token, jose.createRemoteJWKSet(new URL(keys)), options)
    return { claims: payload, header: protectedHeader }
  },
  // RFC 9068, as a resource server does.
  validate: ({ server, token, audience }) => {
    const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } })
    return oauth.validateJwtAccessToken(server, request, audience, { [oauth.allowInsecureRequests]: true })
  },
  introspect: ({ server, as, token }) => client.tokenIntrospection(configurationOf(server, as), token),
  revoke: async ({ server, as, token }) => {
    await client.tokenRevocation(configurationOf(server, as), token)
    return true
  },
  refresh: ({ server, as, token }) => {
    const config = configurationOf(server, as)
    config[client.customFetch] = withRefreshHeader
    return client.refreshTokenGrant(config, token)
  },
  // Asks for a token that is bound to a new key, uses it, and judges the request that it has made for that as a server would.
  bound: async ({ server, as, kind, address, audience }) => {
    const config = configurationOf(server, as)
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair(kind))
    const { access_token: token, token_type: type } = await client.clientCredentialsGrant(config, {}, { DPoP })
    /** @type {Record<string, string>} */
    let headers = {}
    config[client.customFetch] = (url, options) => {
      headers = Object.fromEntries(new Headers(options.headers))
      return fetch(url, /** @type {RequestInit} */ (options))
    }
    const { status } = await client.fetchProtectedResource(config, token, new URL(address), "GET", null, undefined, {
      DPoP,
    })
    const options = { requireDPoP: true, [oauth.allowInsecureRequests]: true }
    const claims = await oauth.validateJwtAccessToken(server, new Request(address, { headers }), audience, options)
    return { type, status, claims, headers, jkt: await DPoP.calculateThumbprint() }
  },
  // What it makes of a refusal.
  fetch: async ({ server, as, token, address }) => {
    const response = await client.fetchProtectedResource(configurationOf(server, as), token, new URL(address), "GET")
    return { status: response.status, body: await response.json() }
  },
}

/**
 * @param {client.ServerMetadata} server
 * @param {{ id: string, secret: string }} as
 */
function configurationOf(server, { id, secret }) {
  const config = new client.Configuration(server, id, undefined, client.ClientSecretBasic(secret))
  client.allowInsecureRequests(config)
  return config
}

/**
 * The refresh token goes in the header, where our route looks for it, and not in a form.
 *
 * @type {client.CustomFetch}
 */
function withRefreshHeader(address, options) {
  const token = new URLSearchParams(String(options.body)).get("refresh_token")
  return fetch(address, { method: "POST", headers: { authorization: `Bearer ${token}` } })
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...request } = JSON.parse(line)
  let answer
  try {
    answer = { value: await operations[op]?.(request) }
  } catch (error) {
    answer = error instanceof Error ? { error: codeOf(error), message: error.message } : { error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

/** @param {Error & { code?: unknown, cause?: unknown }} error */
function codeOf({ name, code }) {
  return typeof code === "string" ? code : name
}
