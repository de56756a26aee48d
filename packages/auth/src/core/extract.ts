/** Where a request's token is. Every way to carry none, a malformed one or two is told apart; nothing is verified here. */

import type { Eventual } from "./eventual.ts"
import { Failure } from "./failure.ts"
import { isRecord, own } from "./options.ts"
import { type AuthRequest, cookieValues, onlyLine, queryValues, quietly } from "./request.ts"
import type { Settings, TokenLocation } from "./settings.ts"

/** A token that was found, and where. */
export interface Found {
  readonly token: string
  readonly location: TokenLocation
  /** Which of the two cookies, members or parameters it was in; a header is for both. */
  readonly slot: Slot
  /** Whether it came with the scheme DPoP (RFC 9449, section 7.1). */
  readonly isDpop: boolean
}

/** Access tokens and all others have one place, refresh tokens another. */
export type Slot = "access" | "refresh"

type Extractor = (request: AuthRequest, settings: Settings, slot: Slot) => Eventual<Found | Failure>

const MISSING = new Set([
  "header_missing",
  "scheme_missing",
  "cookie_missing",
  "query_missing",
  "json_type",
  "json_missing",
])
/** `application/json` and its kin (RFC 6839, section 3.1). */
const JSON_TYPE = /^application\/(?:[^\s;]*\+)?json\s*(?:;|$)/i
const EXTRACTORS: Readonly<Record<TokenLocation, Extractor>> = {
  header: fromHeader,
  cookie: fromCookie,
  query: fromQuery,
  json: fromJson,
}

/**
 * Looks for a token at each location.
 *
 * @param slots - For which kinds of token, in this order.
 * @returns The token; or the failure, which is one of absence if nothing was sent at all.
 */
export function findToken(
  request: AuthRequest,
  settings: Settings,
  where: { readonly locations: readonly TokenLocation[]; readonly slots: readonly Slot[] },
): Eventual<Found | Failure> {
  const [[location], [slot]] = [where.locations, where.slots]
  // What is found in the one place is the answer, whatever it is.
  return where.locations.length === 1 && where.slots.length === 1 && location !== undefined && slot !== undefined
    ? EXTRACTORS[location](request, settings, slot)
    : findEverywhere(request, settings, where)
}

async function findEverywhere(
  request: AuthRequest,
  settings: Settings,
  where: { readonly locations: readonly TokenLocation[]; readonly slots: readonly Slot[] },
): Promise<Found | Failure> {
  const absent: Failure[] = []
  let found: Found | undefined
  for (const location of where.locations) {
    const here = await findAt(location, request, settings, where.slots)
    if (here instanceof Failure) {
      if (!isAbsence(here)) return here
      absent.push(here)
    } else if (settings.isCompat) return here
    else if (found !== undefined) return new Failure("several_credentials")
    else found = here
  }
  const [first] = absent
  return (
    found ??
    (first !== undefined && absent.length === 1
      ? first
      : new Failure("missing_everywhere", { parts: absent, places: where.locations }))
  )
}

/** Whether nothing was sent, as opposed to something bad. */
export function isAbsence(failure: Failure): boolean {
  return MISSING.has(failure.reason) || failure.reason === "missing_everywhere"
}

async function findAt(location: TokenLocation, request: AuthRequest, settings: Settings, slots: readonly Slot[]) {
  let absence: Failure | undefined
  for (const slot of slots) {
    const here = await EXTRACTORS[location](request, settings, slot)
    if (!(here instanceof Failure) || !isAbsence(here)) return here
    absence ??= here
  }
  return absence ?? new Failure("header_missing")
}

function fromHeader(request: AuthRequest, settings: Settings, slot: Slot): Found | Failure {
  const { name } = settings.header
  const lines = request.headers(name.toLowerCase())
  if (settings.isCompat) return fromCommaList(lines.join(","), settings, slot)
  const [line = "", second] = lines
  if (second !== undefined || (line.includes(",") && countCredentials(line) > 1))
    return new Failure("several_credentials", { subject: name })
  if (line === "") return new Failure("header_missing", { subject: name })
  const isDpop = settings.dpop !== undefined && startsWithScheme(line, "DPoP")
  const scheme = isDpop ? "DPoP" : settings.header.scheme
  if (scheme === "") return /\s|,/.test(line) ? new Failure("bare_header_malformed") : at("header", line, slot)
  if (!startsWithScheme(line, scheme)) return new Failure("scheme_missing", { subject: name })
  const token = line.slice(scheme.length + 1)
  return token === "" || line[scheme.length] !== " " || /[\s,]/.test(token)
    ? new Failure("header_malformed", { subject: name })
    : at("header", token, slot, isDpop)
}

/** The scheme has no case (RFC 9110, section 11.1), and ends where the word ends. */
function startsWithScheme(line: string, scheme: string): boolean {
  const after = line[scheme.length]
  const sameWord = line.startsWith(scheme) || line.slice(0, scheme.length).toLowerCase() === scheme.toLowerCase()
  return sameWord && (after === undefined || after === " " || after === "\t" || after === ",")
}

/** Some platforms join two lines of a header with a comma (RFC 9110, section 5.3): scheme and credential, twice. */
function countCredentials(line: string): number {
  return line.split(",").filter((part) => /^\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]+[^\s=]+=*\s*$/.test(part)).length
}

/** As Flask-JWT-Extended reads the header: among several credentials the one of our scheme counts. */
function fromCommaList(value: string, { header: { name, scheme } }: Settings, slot: Slot): Found | Failure {
  const trimmed = withoutCommas(value.trim())
  if (trimmed === "") return new Failure("header_missing", { subject: name })
  if (scheme === "") {
    const only = trimmed.trim()
    return only === "" || /\s/.test(only) ? new Failure("bare_header_malformed") : at("header", only, slot)
  }
  const wanted = scheme.toLowerCase()
  const parts = trimmed.split(/, */).map((part) => part.trim().split(/\s+/))
  const ours = parts.filter(([word]) => word?.toLowerCase() === wanted)
  const [credential] = ours
  if (credential === undefined || ours.length > 1) return new Failure("scheme_missing", { subject: name })
  const [, token, more] = credential
  if (token === undefined || more !== undefined) return new Failure("header_malformed", { subject: name })
  return at("header", token, slot)
}

/** Without commas at both ends. No pattern: on a run of commas in the middle one would try from each of them. */
function withoutCommas(value: string): string {
  let [start, end] = [0, value.length]
  while (value[start] === ",") start++
  while (end > start && value[end - 1] === ",") end--
  return value.slice(start, end)
}

function fromCookie(request: AuthRequest, { cookies, isCompat }: Settings, slot: Slot): Found | Failure {
  const { name } = cookies[slot]
  const values = cookieValues(request, name)
  const [value = ""] = values
  if (values.length > 1 && !isCompat) return new Failure("several_credentials", { subject: name })
  return value === "" ? new Failure("cookie_missing", { subject: name }) : at("cookie", value, slot)
}

function fromQuery(request: AuthRequest, { query: { name, prefix }, isCompat }: Settings, slot: Slot): Found | Failure {
  // A refresh token in an address lies in logs and histories for as long as it lives (RFC 9700, section 4.3.2).
  const [value = "", second] = slot === "refresh" && !isCompat ? [] : queryValues(request, name)
  if (second !== undefined && !isCompat) return new Failure("several_credentials", { subject: name })
  if (value === "") return new Failure("query_missing", { subject: name })
  if (!value.startsWith(prefix)) return new Failure("query_prefix", { subject: name, text: prefix })
  return at("query", value.slice(prefix.length), slot)
}

async function fromJson(request: AuthRequest, settings: Settings, slot: Slot): Promise<Found | Failure> {
  if (!JSON_TYPE.test(onlyLine(request, "content-type") ?? "")) return new Failure("json_type")
  const subject = settings.json[slot]
  const body = await quietly(() => request.readJson?.() ?? Promise.resolve(undefined))
  const value = isRecord(body) ? own(body, subject) : undefined
  if (value === undefined || value === null || value === "" || (settings.isCompat && isFalsy(value)))
    return new Failure("json_missing", { subject })
  return typeof value === "string" ? at("json", value, slot) : new Failure("unreadable", { subject })
}

/** What Python takes for nothing: Flask-JWT-Extended asks no further there. */
function isFalsy(value: unknown): boolean {
  return value === 0 || value === false || (typeof value === "object" && Object.keys(value ?? {}).length === 0)
}

function at(location: TokenLocation, token: string, slot: Slot, isDpop = false): Found {
  return { token, location, slot, isDpop }
}
