/** How tokens are bound to keys of clients (RFC 9449): the options, and what becomes of them. */

import { createHmac } from "node:crypto"
import { getAlgorithm, listAlgorithms } from "jotkit"
import type { Store } from "../store.ts"
import { normalizeHttpUri } from "./http-uri.ts"
import { flagOption, invalidOption, knownOptions, type Lifetime, secondsOption, textsOption } from "./options.ts"

/**
 * Options for DPoP. They need a store, which remembers the proofs that were used. A bound token travels in the header `Authorization` with
 * the scheme `DPoP`, and a refresh token in a JSON body as well, each with a proof. Never in a cookie: a proof holds a hash of the token, and
 * scripts cannot read the cookie. A thief of tokens can do nothing with them then; a script that runs in the page still can, with its key.
 */
export interface DpopOptions {
  /**
   * The address that clients know this server by, such as `https://api.example`, or several. A path in it stands before the path of every
   * request, for servers behind a proxy that takes it away. What a request says of its host is never believed: anyone can write it.
   */
  baseUrl: string | readonly string[]
  /** Algorithms for proofs; no secrets. Default ES256, Ed25519 and EdDSA. */
  algorithms?: readonly string[] | undefined
  /** How old a proof may be; at most 10 minutes. Default 60 s. The leeway of the options is added, and is granted to clocks that are ahead. */
  maxAge?: Lifetime | undefined
  /** Take access and refresh tokens only if they are bound. Default false. */
  required?: boolean | undefined
  /** Take only proofs that hold a nonce of ours (RFC 9449, section 8), which is made with this: 32 bytes or more, the same for all instances. */
  nonceSecret?: string | Uint8Array | undefined
}

/** Options for DPoP, settled. */
export interface DpopSettings {
  /** Normalized, and without a slash at the end. */
  readonly baseUrls: readonly string[]
  readonly algorithms: readonly string[]
  readonly maxAge: number
  readonly required: boolean
  /** The nonces that count at a moment, the newest first; undefined: none are needed. */
  readonly nonces: ((now: number) => readonly string[]) | undefined
  readonly store: Store
  /** Proofs that were used, by the request that they came with. */
  readonly shown: WeakMap<object, string>
}

const OPTIONS = ["baseUrl", "algorithms", "maxAge", "required", "nonceSecret"]
const ALGORITHMS: readonly string[] = ["ES256", "Ed25519", "EdDSA"]
const SYMMETRIC: ReadonlySet<string> = new Set(["hmac", "none"])
const MAX_AGE_SECONDS = 600
const MIN_SECRET_BYTES = 32
/** A nonce is good for one to two of these. */
const NONCE_SLOT_SECONDS = 300

/** What DPoP has to live with. */
interface Surroundings {
  readonly store: Store | undefined
  readonly scheme: string
  readonly isCompat: boolean
}

/** Reads the options for DPoP. @throws UsageError `option_unknown`, `option_invalid`, with the option's name. */
export function dpopSettings(
  options: DpopOptions | undefined,
  { store, scheme, isCompat }: Surroundings,
): DpopSettings | undefined {
  if (options === undefined) return undefined
  const given = knownOptions(options, OPTIONS, "dpop")
  if (isCompat) throw invalidOption("dpop", "absent with `compat`: the other library knows no proofs")
  if (store === undefined) throw invalidOption("dpop", "given together with a `store`, which remembers used proofs")
  if (scheme === "") throw invalidOption("header.scheme", "a word, where `dpop` is given")
  const maxAge = secondsOption("dpop.maxAge", given.maxAge, 60, 1)
  if (maxAge > MAX_AGE_SECONDS) throw invalidOption("dpop.maxAge", "at most 10 minutes")
  return Object.freeze({
    baseUrls: baseUrlsOf(given.baseUrl),
    algorithms: algorithmsOf(given.algorithms),
    maxAge,
    required: flagOption("dpop.required", given.required, false),
    nonces: noncesOf(given.nonceSecret),
    store,
    shown: new WeakMap(),
  })
}

function baseUrlsOf(value: DpopOptions["baseUrl"]): readonly string[] {
  return (textsOption("dpop.baseUrl", value) ?? [""]).map((text) => {
    const normalized = /[?#]/.test(text) ? undefined : normalizeHttpUri(text)
    if (normalized === undefined) throw invalidOption("dpop.baseUrl", "an address such as https://api.example")
    return normalized.replace(/\/+$/, "")
  })
}

function algorithmsOf(value: DpopOptions["algorithms"]): readonly string[] {
  const algorithms = textsOption("dpop.algorithms", value) ?? ALGORITHMS
  const known = listAlgorithms()
  if (!algorithms.every((name) => known.includes(name) && !SYMMETRIC.has(getAlgorithm(name).family)))
    throw invalidOption("dpop.algorithms", "names of signature algorithms that have a public key")
  return algorithms
}

/** Nonces that nobody has to remember: each is made from the time, by whoever has the secret. */
function noncesOf(secret: DpopOptions["nonceSecret"]): DpopSettings["nonces"] {
  if (secret === undefined) return undefined
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret
  if (!(bytes instanceof Uint8Array) || bytes.length < MIN_SECRET_BYTES)
    throw invalidOption("dpop.nonceSecret", `at least ${MIN_SECRET_BYTES} bytes`)
  const key = Uint8Array.from(bytes)
  return (now) => {
    const slot = Math.floor(now / NONCE_SLOT_SECONDS)
    return [slot, slot - 1].map((each) => createHmac("sha256", key).update(`DPoP nonce ${each}`).digest("base64url"))
  }
}
