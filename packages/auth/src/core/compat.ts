/** Statuses and messages of Flask-JWT-Extended 4.7, its table of error responses: clients that know the one know the other. */

import type { Failure, Reason } from "./failure.ts"
import type { Settings } from "./settings.ts"
import { identityOf } from "./verify.ts"

type Text = string | ((failure: Failure, settings: Settings) => string)

const PLACES: Readonly<Record<string, string>> = {
  header: "headers",
  cookie: "cookies",
  query: "query_string",
  json: "json",
}
const INVALID_SIGNATURE = "Signature verification failed"

const ANSWERS: Readonly<Record<Reason, readonly [status: number, text: Text]>> = {
  header_missing: [401, (_, { header }) => `Missing ${header.name} Header`],
  scheme_missing: [
    401,
    (_, { header: { name, scheme } }) =>
      `Missing '${scheme}' type in '${name}' header. Expected '${name}: ${scheme} <JWT>'`,
  ],
  header_malformed: [
    422,
    (_, { header: { name, scheme } }) => `Bad ${name} header. Expected '${name}: ${scheme} <JWT>'`,
  ],
  bare_header_malformed: [422, (_, { header: { name } }) => `Bad ${name} header. Expected '${name}: <JWT>'`],
  cookie_missing: [401, ({ details }) => `Missing cookie "${details.subject}"`],
  csrf_missing: [401, "Missing CSRF token"],
  csrf_mismatch: [401, "CSRF double submit tokens do not match"],
  csrf_claim_missing: [422, "Missing claim: csrf"],
  // The original misspells it, and clients compare.
  query_missing: [401, ({ details }) => `Missing '${details.subject}' query paramater`],
  query_prefix: [
    422,
    (_, { query: { name, prefix } }) =>
      `Invalid value for query parameter '${name}'. Expected the value to start with '${prefix}'`,
  ],
  json_type: [401, "Invalid content-type. Must be application/json."],
  json_missing: [401, ({ details }) => `Missing "${details.subject}" key in json data.`],
  missing_everywhere: [401, missingEverywhere],
  expired: [401, "Token has expired"],
  refresh_not_wanted: [422, "Only non-refresh tokens are allowed"],
  refresh_wanted: [422, "Only refresh tokens are allowed"],
  other_type: [422, "Only non-refresh tokens are allowed"],
  not_fresh: [401, "Fresh token required"],
  revoked: [401, "Token has been revoked"],
  reused: [401, "Token has been revoked"],
  claims_rejected: [400, "User claims verification failed"],
  user_missing: [
    401,
    ({ details }, settings) => `Error loading the user ${identityOf(details.claims ?? {}, settings)}`,
  ],
  identity_missing: [422, ({ details }) => `Missing claim: ${details.subject}`],
  signature: [422, INVALID_SIGNATURE],
  unreadable: [422, libraryText],
  invalid: [422, libraryText],
  // What the original does not know.
  several_credentials: [400, "The request holds more than one credential"],
  cross_site: [401, "CSRF double submit tokens do not match"],
  bound: [422, libraryText],
  unbound: [422, libraryText],
  proof_invalid: [422, libraryText],
  proof_key: [422, libraryText],
  nonce_wanted: [422, libraryText],
  role_missing: [403, "The token lacks a role that is needed here"],
  scope_missing: [403, "The token lacks a scope that is needed here"],
  not_post: [405, "Tokens are refreshed with POST"],
  store_down: [503, "Sessions cannot be checked now"],
  keys_down: [503, "Keys cannot be had now"],
}

/** Status and text for a failure, as Flask-JWT-Extended has them. */
export function compatAnswer(failure: Failure, settings: Settings): { readonly status: number; readonly text: string } {
  const [status, text] = ANSWERS[failure.reason]
  return { status, text: typeof text === "string" ? text : text(failure, settings) }
}

function missingEverywhere({ details }: Failure, settings: Settings): string {
  const { parts = [], places: locations = [] } = details
  const places = locations.map((location) => PLACES[location])
  const [last] = places.slice(-1)
  const texts = parts.map((part) => compatAnswer(part, settings).text)
  return `Missing JWT in ${places.slice(0, -1).join(", ")} or ${last} (${texts.join("; ")})`
}

function libraryText({ details: { text } }: Failure): string {
  return text ?? "The token is not valid"
}
