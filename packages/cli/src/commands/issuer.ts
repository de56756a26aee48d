/** What a test issuer answers: a key set, documents of discovery, and tokens. */

import type { IncomingMessage, ServerResponse } from "node:http"
import { isJwtError } from "jotkit"
import { Failure } from "../frame/failure.ts"
import { another } from "./generate.ts"
import type { KeyRing } from "./key-ring.ts"
import { changesOf, type Template } from "./minting.ts"

/** What may go wrong with the key set, by the names of `--fault`. */
export const FAULTS = ["wrong-kid", "slow", "error", "empty", "stale", "oversized", "redirect", "not-json"] as const

/** One of them. */
type Fault = (typeof FAULTS)[number]

/** Paths of their own. */
export const DOCUMENTS = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] as const
/** Where tokens are made. */
export const TOKEN_PATH = "/token"

const SLOW_MS = 30_000
const OVERSIZED_CHARACTERS = 2_000_000
const MAX_BODY_BYTES = 65_536
const JSON_TYPE = "application/json"
const SET_TYPE = "application/jwk-set+json"

/** How an issuer answers. */
export interface IssuerOptions {
  /** Scheme, host and port; the issuer's name too. */
  readonly origin: string
  readonly path: string
  readonly ring: KeyRing
  readonly template: Template
  readonly fault: Fault | undefined
  readonly isCors: boolean
  /** Hosts that requests may name; undefined for any. A page elsewhere may have given its own name our address. */
  readonly hosts: ReadonlySet<string> | undefined
}

/** A test issuer. */
export class Issuer {
  readonly #options: IssuerOptions
  /** For `stale`: other keys under the same ids, as after a rotation that a cache has missed. */
  readonly #stale: readonly object[]

  private constructor(options: IssuerOptions, stale: readonly object[]) {
    this.#options = options
    this.#stale = stale
  }

  /** An issuer that is ready to answer. */
  static async of(options: IssuerOptions): Promise<Issuer> {
    const { fault, ring } = options
    const twins = fault === "stale" ? await Promise.all(ring.published.map((key) => another(key, key.keyId))) : []
    return new Issuer(options, twins)
  }

  /** Answers a request. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { hosts, isCors, path } = this.#options
    if (hosts?.has(request.headers.host ?? "") === false) return void response.writeHead(421).end()
    if (isCors) allowOrigins(response)
    if (isCors && request.method === "OPTIONS") return void response.writeHead(204).end()
    const [wanted = ""] = (request.url ?? "").split("?")
    if (wanted === TOKEN_PATH) return this.#token(request, response)
    const isDocument = DOCUMENTS.some((document) => document === wanted)
    if (!isDocument && wanted !== path && wanted !== "/") return void response.writeHead(404).end()
    if (request.method !== "GET" && request.method !== "HEAD") return refuseMethod(response, "GET, HEAD")
    if (isDocument) return send(response, JSON_TYPE, JSON.stringify(this.#document()))
    return this.#set(response)
  }

  /** RFC 8414, section 2; OpenID Connect Discovery 1.0, section 3. */
  #document(): object {
    const { origin, path, ring } = this.#options
    const { signer } = ring
    return {
      issuer: origin,
      jwks_uri: `${origin}${path}`,
      ...(signer === undefined ? {} : { token_endpoint: `${origin}${TOKEN_PATH}` }),
      grant_types_supported: ["client_credentials"],
      response_types_supported: ["none"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: signer === undefined ? [] : [signer.algorithm],
    }
  }

  #set(response: ServerResponse): void {
    const { fault, origin } = this.#options
    if (fault === "error") return void response.writeHead(500).end()
    if (fault === "redirect") return void response.writeHead(302, { location: `${origin}/moved` }).end()
    const body = this.#body()
    const timer = setTimeout(() => send(response, SET_TYPE, body), fault === "slow" ? SLOW_MS : 0)
    response.once("close", () => clearTimeout(timer))
  }

  #body(): string {
    const { fault, ring } = this.#options
    const set = (keys: readonly object[]) => JSON.stringify({ keys })
    const keys = ring.published.map((key) => key.toJSON())
    if (fault === "empty") return set([])
    if (fault === "not-json") return "<html></html>"
    if (fault === "oversized") return set(keys).padEnd(OVERSIZED_CHARACTERS, " ")
    if (fault === "wrong-kid") return set(keys.map((key) => ({ ...key, kid: `not-${key.kid}` })))
    return set(fault === "stale" ? this.#stale : keys)
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, ring, template } = this.#options
    const { signer } = ring
    if (signer === undefined) return void response.writeHead(404).end()
    if (request.method !== "POST") return refuseMethod(response, "POST")
    const body = await bodyOf(request)
    if (body === undefined) return void response.writeHead(413, { connection: "close" }).end()
    try {
      const changes = changesOf(body, request.headers["content-type"] ?? "")
      send(response, JSON_TYPE, JSON.stringify(await template.mint(signer, origin, changes)))
    } catch (error) {
      if (!(error instanceof Failure) && !isJwtError(error)) throw error
      send(response, JSON_TYPE, JSON.stringify({ error: "invalid_request" }), 400)
    }
  }
}

function allowOrigins(response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*")
  response.setHeader("access-control-allow-methods", "GET, HEAD, POST")
  response.setHeader("access-control-allow-headers", "authorization, content-type")
}

function refuseMethod(response: ServerResponse, allow: string): void {
  response.writeHead(405, { allow }).end()
}

/** What a HEAD request leaves out of an answer Node leaves out itself. */
function send(response: ServerResponse, type: string, body: string, status = 200): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body)
}

/** Undefined for more than a request for a token can be. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString("utf8")
}
