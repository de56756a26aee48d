/**
 * Proofs that whoever presents a token has the key that it is bound to (RFC 9449). The key in a proof's header proves nothing but
 * itself: what counts is that its thumbprint is the token's `cnf.jkt`.
 */

import { createHash } from "node:crypto"
import { decodeAsync, getUnverifiedHeader, Jwk, type JwkObject, type JwtClaims, JwtError } from "jotkit"
import type { DpopSettings } from "./dpop-settings.ts"
import type { Eventual } from "./eventual.ts"
import type { Found } from "./extract.ts"
import { Failure } from "./failure.ts"
import { normalizeHttpUri, pathOfTarget } from "./http-uri.ts"
import { isRecord, own } from "./options.ts"
import type { AuthRequest } from "./request.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import { askStore } from "./store-access.ts"

/** A proof that holds, but for whether it was used before. */
interface Proof {
  /** The thumbprint of its key (RFC 7638). */
  readonly jkt: string
  readonly claims: JwtClaims
}

const MAX_PROOF_CHARACTERS = 8192

/**
 * The proof of a request that presents no token: a login's.
 *
 * @returns The thumbprint of the key; undefined where there is no proof and none is needed. Rejects with StoreUnavailableError.
 */
export async function loginProof(
  request: AuthRequest,
  dpop: DpopSettings,
  settings: Settings,
): Promise<string | undefined | Failure> {
  if (request.headers("dpop").length === 0 && !dpop.required) return undefined
  const proof = await verifyProof(request, undefined, dpop, settings)
  if (proof instanceof Failure) return proof
  return (await replayFailure(proof, request, dpop, settings)) ?? proof.jkt
}

/** Whether a genuine token may be presented this way: a bound one with a proof of its key, any other without. Rejects with StoreUnavailableError. */
export function bindingFailure(
  { token, location, isDpop }: Found,
  claims: AuthClaims,
  request: AuthRequest,
  settings: Settings,
): Eventual<Failure | undefined> {
  const { dpop, isCompat } = settings
  if (isCompat) return undefined
  const type = own(claims, "type")
  const jkt = boundTo(claims)
  if (jkt === undefined) {
    const isNeeded = dpop?.required === true && (type === "access" || type === "refresh")
    return isDpop || isNeeded ? new Failure("unbound") : undefined
  }
  const isRefresh = type === "refresh"
  if (dpop === undefined || !(isDpop || (isRefresh && location === "json"))) return new Failure("bound")
  // Refresh tokens are presented as at a token endpoint, where proofs have no `ath`.
  return proofFailure({ jkt, token: isRefresh ? undefined : token }, request, dpop, settings)
}

async function proofFailure(
  { jkt, token }: { readonly jkt: unknown; readonly token: string | undefined },
  request: AuthRequest,
  dpop: DpopSettings,
  settings: Settings,
): Promise<Failure | undefined> {
  const proof = await verifyProof(request, token, dpop, settings)
  if (proof instanceof Failure) return proof
  return proof.jkt === jkt ? replayFailure(proof, request, dpop, settings) : new Failure("proof_key")
}

/** What a token says of the key that it is bound to, whatever that is; undefined: it is not bound (RFC 9449, section 6.1). */
export function boundTo(claims: object): unknown {
  const cnf = own(claims, "cnf")
  return isRecord(cnf) ? own(cnf, "jkt") : undefined
}

/** RFC 9449, section 4.3, in the order of its list; what was used before is found out at last, when nothing else is wrong. */
async function verifyProof(
  request: AuthRequest,
  token: string | undefined,
  dpop: DpopSettings,
  settings: Settings,
): Promise<Proof | Failure> {
  const [text, second] = request.headers("dpop")
  if (text === undefined || second !== undefined || text.length > MAX_PROOF_CHARACTERS) return invalid("DPoP")
  const proof = await readProof(text, dpop, settings)
  if (proof === undefined) return invalid("DPoP")
  const { claims } = proof
  if (own(claims, "jti") === "") return invalid("jti")
  if (own(claims, "htm") !== request.method) return invalid("htm")
  if (!isOurAddress(own(claims, "htu"), request.url, dpop)) return invalid("htu")
  if (token !== undefined && own(claims, "ath") !== sha256(token)) return invalid("ath")
  // No secret: every client is told the nonce.
  if (dpop.nonces?.(settings.now()).some((nonce) => nonce === own(claims, "nonce")) === false)
    return new Failure("nonce_wanted", { isDpop: true, subject: "nonce" })
  return proof
}

/** Header, signature and time of a proof. Undefined: it does not hold, for whatever reason. */
async function readProof(text: string, dpop: DpopSettings, settings: Settings): Promise<Proof | undefined> {
  const { algorithms, maxAge } = dpop
  const { leeway, now } = settings
  try {
    const { jwk } = getUnverifiedHeader(text)
    if (!isRecord(jwk)) return undefined
    // Whatever object it is: fromAsync refuses what is no key.
    const key = await Jwk.fromAsync(jwk as JwkObject)
    if (key.isPrivate || key.isSymmetric) return undefined
    const rules = { typ: "dpop+jwt", require: ["jti", "iat"], verify: { aud: false }, maxAge, leeway, now }
    const claims = await decodeAsync(text, key, { ...rules, algorithms, enforceMinimumKeyLength: true })
    return { claims, jkt: key.thumbprint() }
  } catch (error) {
    if (error instanceof JwtError) return undefined
    throw error
  }
}

function isOurAddress(htu: unknown, target: string, { baseUrls }: DpopSettings): boolean {
  const path = pathOfTarget(target)
  if (typeof htu !== "string" || path === undefined) return false
  const claimed = normalizeHttpUri(htu)
  return claimed !== undefined && baseUrls.some((baseUrl) => normalizeHttpUri(baseUrl + path) === claimed)
}

/** Each proof counts for one request (RFC 9449, section 11.1), however many guards that has. Only a hash is remembered, and for no longer than the proof would be good. */
async function replayFailure(
  { jkt, claims }: Proof,
  { source }: AuthRequest,
  { store, maxAge, shown }: DpopSettings,
  { leeway, now, storeTimeout }: Settings,
): Promise<Failure | undefined> {
  const key = `dpop:${sha256(JSON.stringify([jkt, claims.jti]))}`
  if (source !== undefined && shown.get(source) === key) return undefined
  // The last second in which the age is within bounds, and one more: it counts until then.
  const expiresAt = Math.floor(Number(claims.iat) + maxAge + leeway) + 1
  const isFirst = await askStore(storeTimeout, () => store.useOnce(key, expiresAt, Math.floor(now())))
  if (isFirst && source !== undefined) shown.set(source, key)
  return isFirst ? undefined : invalid("jti")
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url")
}

function invalid(subject: string): Failure {
  return new Failure("proof_invalid", { isDpop: true, subject })
}
