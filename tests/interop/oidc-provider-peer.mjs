// @ts-check
// The npm package oidc-provider at the other end of a pipe: one JSON line in, one out. It serves its issuers on loopback.
import { generateKeyPairSync, randomUUID } from "node:crypto"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

// What it has to say about its settings is for whoever runs it.
console.info = () => undefined
console.warn = () => undefined
const { default: Provider } = await import("oidc-provider")

const manifest = fileURLToPath(import.meta.resolve("oidc-provider")).replace(/lib[\\/].*/, "package.json")
const CLIENTS = [
  {
    client_id: "machine",
    client_secret: "a secret of the machine",
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  },
  {
    client_id: "browser",
    token_endpoint_auth_method: "none",
    application_type: "native",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: ["http://127.0.0.1/callback"],
  },
]

/** Whoever is asked to log in is Ada, and agrees. */
const ANSWERS = { login: { accountId: "ada" }, consent: {} }

/**
 * @typedef {object} Issuer
 * @property {import("node:http").Server} server
 * @property {import("jotkit").JwkObject[]} keys
 */

/** @type {Map<string, Issuer>} */
const issuers = new Map()

/** @type {Record<string, (request: any) => unknown>} */
const operations = {
  about: () => JSON.parse(readFileSync(manifest, "utf8")).version,
  // Another issuer may have the keys of one: then its name alone tells them apart.
  start: async ({ keysOf }) => {
    const server = createServer()
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    const bound = server.address()
    const issuer = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}`
    serve(issuer, server, issuers.get(keysOf)?.keys ?? generateKeys())
    return issuer
  },
  // New keys sign; the old ones are published still, or not any more.
  rotate: ({ issuer, keeps }) => {
    const { server, keys } = /** @type {Issuer} */ (issuers.get(issuer))
    serve(issuer, server, [...generateKeys(), ...(keeps ? keys : [])])
    return true
  },
}

/**
 * @param {string} issuer
 * @param {import("node:http").Server} server
 * @param {import("jotkit").JwkObject[]} keys The first of each kind signs.
 */
function serve(issuer, server, keys) {
  issuers.set(issuer, { server, keys })
  const provider = new Provider(issuer, configuration(keys))
  const callback = provider.callback()
  server.removeAllListeners("request")
  server.on("request", (request, response) => {
    if (request.url?.startsWith("/interaction/"))
      provider.interactionFinished(request, response, ANSWERS).catch(() => response.destroy())
    else callback(request, response)
  })
}

/**
 * @param {import("jotkit").JwkObject[]} keys
 * @returns {import("oidc-provider").Configuration}
 */
function configuration(keys) {
  return {
    clients: /** @type {import("oidc-provider").ClientMetadata[]} */ (CLIENTS),
    jwks: { keys: /** @type {import("oidc-provider").JWK[]} */ (keys) },
    cookies: { keys: ["a key for cookies"] },
    pkce: { required: () => true },
    scopes: ["openid", "offline_access", "read", "write"],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => true,
        // The algorithm is the first label of the address: https://rs256.example
        getResourceServerInfo: (_, resource) => ({
          scope: "read write",
          audience: resource,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: /** @type {"RS256"} */ (algorithmOf(resource)) } },
        }),
      },
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // Everything that a client asks for is granted, so that nobody has to be asked.
    async loadExistingGrant({ oidc: { client, provider, session, params } }) {
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
      grant.addOIDCScope("openid offline_access read write")
      grant.addResourceScope(String(params?.["resource"]), "read write")
      await grant.save()
      return grant
    },
    // Our guards ask what a token is for.
    extraTokenClaims: () => ({ type: "access" }),
    ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
  }
}

/** @param {string} resource */
function algorithmOf(resource) {
  const label = new URL(resource).hostname.split(".")[0] ?? ""
  return label === "eddsa" ? "EdDSA" : label.toUpperCase()
}

function generateKeys() {
  const pairs = [
    generateKeyPairSync("rsa", { modulusLength: 2048 }),
    generateKeyPairSync("ec", { namedCurve: "P-256" }),
    generateKeyPairSync("ed25519"),
  ]
  return pairs.map(({ privateKey }) => {
    const jwk = /** @type {import("jotkit").JwkObject} */ (privateKey.export({ format: "jwk" }))
    return { ...jwk, kid: randomUUID(), use: "sig" }
  })
}

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...request } = JSON.parse(line)
  let answer
  try {
    answer = { value: await operations[op]?.(request) }
  } catch (error) {
    answer = error instanceof Error ? { error: error.name, message: error.message } : { error: String(error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
for (const { server } of issuers.values()) {
  server.close()
  server.closeAllConnections()
}
