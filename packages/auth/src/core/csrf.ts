/** Whether a request that carries a cookie was meant by whom the cookie belongs to. */

import { timingSafeEqual } from "node:crypto"
import type { Slot } from "./extract.ts"
import { Failure } from "./failure.ts"
import { own } from "./options.ts"
import { type AuthRequest, onlyLine, quietly } from "./request.ts"
import type { Settings } from "./settings.ts"

/** Methods that change nothing (RFC 9110, section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"])
/** What a browser says of pages of this very origin, and of addresses that a user has typed. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"])
const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i

/** Whether this method needs a CSRF value. */
export function needsCsrf(request: AuthRequest, { csrf }: Settings): boolean {
  if (csrf === undefined) return false
  const method = request.method.toUpperCase()
  return csrf.methods?.has(method) ?? !SAFE_METHODS.has(method)
}

/** Whether a browser says that the request comes from another site (Fetch Metadata). */
export function isCrossSite(request: AuthRequest): boolean {
  const site = request.headers("sec-fetch-site")
  return site.some((line) => line.trim().toLowerCase() === "cross-site")
}

/**
 * Whether the page that asks is not among `csrf.origins`: by `Origin`, else by `Referer`. A browser that says itself that the page is ours
 * need not be asked.
 */
export function isUnlisted(request: AuthRequest, { csrf }: Settings): boolean {
  if (csrf?.origins === undefined || OWN_SITES.has(onlyLine(request, "sec-fetch-site") ?? "")) return false
  const origin = pageOf(request)
  return origin === undefined ? csrf.unknownOrigin === "refuse" : !csrf.origins.includes(origin)
}

/** The origin of the page that asks; undefined where nothing says what it is. */
function pageOf(request: AuthRequest): string | undefined {
  const [origin, ...more] = request.headers("origin")
  if (origin !== undefined) return more.length === 0 ? origin : "null"
  const [referer] = request.headers("referer")
  if (referer === undefined) return undefined
  return URL.canParse(referer) ? new URL(referer).origin : "null"
}

/** Whether a browser says that the page which asks is of none of these origins. What is no browser says nothing. */
export function isForeign(request: AuthRequest, origins: readonly string[]): boolean {
  const lines = request.headers("origin")
  return lines.length > 1 || lines.some((line) => !origins.includes(line))
}

/** The value that the client sent back for a token: from the header, or else from the form. Undefined: none. */
export async function sentCsrf(request: AuthRequest, { csrf }: Settings, slot: Slot): Promise<string | undefined> {
  if (csrf === undefined) return undefined
  const { header, formField } = csrf.places[slot]
  const lines = request.headers(header.toLowerCase())
  // Two lines are one value that fits nothing.
  const value = lines.join(", ")
  if (value !== "" || formField === undefined) return value === "" ? undefined : value
  if (!FORM_TYPE.test(onlyLine(request, "content-type") ?? "")) return undefined
  const form = await quietly(() => request.readForm?.() ?? Promise.resolve(undefined))
  const field = form?.get(formField)
  return typeof field === "string" && field !== "" ? field : undefined
}

/** Compares what was sent with the claim of the token, in a time that tells nothing. */
export function csrfFailure(sent: string, claims: object): Failure | undefined {
  const claim = own(claims, "csrf")
  if (typeof claim !== "string") return new Failure("csrf_claim_missing")
  return claim !== "" && isSame(sent, claim) ? undefined : new Failure("csrf_mismatch")
}

function isSame(a: string, b: string): boolean {
  const encoder = new TextEncoder()
  const [left, right] = [encoder.encode(a), encoder.encode(b)]
  // Lengths are no secret: every value is a UUID.
  return left.length === right.length && timingSafeEqual(left, right)
}
