/** What kind of token it is, and by what that was recognised. Nothing is verified: a token may pretend. */

import { type JsonNode, memberOf, textMember } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"

/** A kind of token or key. Explained in the catalogues. */
export type Kind =
  | "id_token"
  | "access_token"
  | "dpop_proof"
  | "logout_token"
  | "security_event"
  | "client_assertion"
  | "request_object"
  | "authorization_response"
  | "introspection"
  | "sd_jwt"
  | "key_binding"
  | "status_list"
  | "verifiable_credential"
  | "entity_statement"
  | "passport"
  | "attestation"
  | "apple_id"
  | "google_id"
  | "firebase"
  | "kubernetes"
  | "entra_id"
  | "entra_access"
  | "cognito_id"
  | "cognito_access"
  | "auth0_access"
  | "okta_access"
  | "keycloak_access"
  | "keycloak_refresh"
  | "github_actions"
  | "gitlab_ci"
  | "nested"
  | "encrypted"
  | "jwt"
  | "jws"
  | "header"
  | "payload"
  | "jwk"
  | "jwks"
  | "json"
  | "unknown"

/** The kind, and what it was recognised by. */
export interface Recognition {
  readonly kind: Kind
  /** `typ`: the header says so. `issuer`: known issuers' addresses. `claims`: members that only such tokens have. `shape`: how it is written. */
  readonly by: "typ" | "issuer" | "claims" | "shape"
  /** The names that told, or the media type. Never a claim's value. */
  readonly detail: string
}

const TYPES: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["at+jwt", "access_token"],
  ["dpop+jwt", "dpop_proof"],
  ["logout+jwt", "logout_token"],
  ["secevent+jwt", "security_event"],
  ["oauth-authz-req+jwt", "request_object"],
  ["client-authentication+jwt", "client_assertion"],
  ["token-introspection+jwt", "introspection"],
  ["dc+sd-jwt", "sd_jwt"],
  ["vc+sd-jwt", "sd_jwt"],
  ["example+sd-jwt", "sd_jwt"],
  ["kb+jwt", "key_binding"],
  ["statuslist+jwt", "status_list"],
  ["vc+jwt", "verifiable_credential"],
  ["vp+jwt", "verifiable_credential"],
  ["entity-statement+jwt", "entity_statement"],
  ["trust-mark+jwt", "entity_statement"],
  ["passport", "passport"],
  ["eat+jwt", "attestation"],
])

interface Rule {
  readonly kind: Kind
  /** The beginning and end of `iss`. */
  readonly issuer?: RegExp
  /** Claims that must all be there; `name=value` where the value tells. */
  readonly claims?: readonly string[]
}

const LOGOUT = "http://schemas.openid.net/event/backchannel-logout"

/** The first that fits counts: from the most particular to the most general. */
const RULES: readonly Rule[] = [
  { kind: "apple_id", issuer: /^https:\/\/appleid\.apple\.com$/ },
  { kind: "firebase", issuer: /^https:\/\/(?:securetoken|session)\.(?:google|firebase\.google)\.com\// },
  { kind: "google_id", issuer: /^(?:https:\/\/)?accounts\.google\.com$/ },
  { kind: "github_actions", issuer: /^https:\/\/token\.actions\.(?:githubusercontent\.com|[\w.-]{1,100}\.ghe\.com)/ },
  { kind: "cognito_id", issuer: /^https:\/\/cognito-idp\.[\w-]{1,32}\.amazonaws\.com/, claims: ["token_use=id"] },
  {
    kind: "cognito_access",
    issuer: /^https:\/\/cognito-idp\.[\w-]{1,32}\.amazonaws\.com/,
    claims: ["token_use=access"],
  },
  {
    kind: "entra_access",
    issuer: /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us|de))\//,
    claims: ["scp"],
  },
  {
    kind: "entra_access",
    issuer: /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us|de))\//,
    claims: ["appid"],
  },
  {
    kind: "entra_access",
    issuer: /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us|de))\//,
    claims: ["azpacr"],
  },
  { kind: "entra_id", issuer: /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us|de))\// },
  { kind: "kubernetes", claims: ["kubernetes.io"] },
  { kind: "kubernetes", claims: ["kubernetes.io/serviceaccount/namespace"] },
  { kind: "gitlab_ci", claims: ["project_path", "pipeline_id"] },
  { kind: "github_actions", claims: ["job_workflow_ref", "repository"] },
  { kind: "keycloak_refresh", claims: ["typ=Refresh"] },
  { kind: "keycloak_access", claims: ["typ=Bearer", "azp"] },
  { kind: "auth0_access", issuer: /^https:\/\/[\w.-]{1,100}\.auth0\.com\/$/, claims: ["azp", "scope"] },
  { kind: "okta_access", claims: ["cid", "scp"] },
  { kind: "dpop_proof", claims: ["htm", "htu"] },
  { kind: "introspection", claims: ["token_introspection"] },
  { kind: "sd_jwt", claims: ["_sd_alg"] },
  { kind: "status_list", claims: ["status_list"] },
  { kind: "verifiable_credential", claims: ["vc"] },
  { kind: "verifiable_credential", claims: ["vp"] },
  { kind: "request_object", claims: ["response_type", "client_id"] },
  { kind: "security_event", claims: ["events"] },
  { kind: "id_token", claims: ["nonce", "aud"] },
  { kind: "id_token", claims: ["at_hash"] },
  { kind: "id_token", claims: ["auth_time", "aud"] },
  { kind: "access_token", claims: ["client_id", "scope"] },
]

/** Recognises what a reading is. */
export function recognise(reading: Reading): Recognition {
  const { form, header, payload, nested } = reading
  if (form === "sd-jwt") return { kind: "sd_jwt", by: "shape", detail: "~" }
  if (form === "jwe") return { kind: "encrypted", by: "shape", detail: "5" }
  if (form === "segment") return { kind: header === undefined ? "payload" : "header", by: "shape", detail: "1" }
  if (form !== "jws") return { kind: form, by: "shape", detail: "" }
  if (nested !== undefined) return { kind: "nested", by: "shape", detail: "cty" }
  const claims = payload?.json?.root
  const logout = logoutToken(claims)
  return (
    byType(textMember(header?.json?.root, "typ")) ?? logout ?? byRules(claims) ?? bySubject(claims) ?? general(claims)
  )
}

function byType(typ: string | undefined): Recognition | undefined {
  const name = typ?.toLowerCase().replace(/^application\//, "") ?? ""
  const kind = TYPES.get(name)
  return kind === undefined ? undefined : { kind, by: "typ", detail: name }
}

function logoutToken(claims: JsonNode | undefined): Recognition | undefined {
  const events = memberOf(claims, "events")?.value
  return memberOf(events, LOGOUT) === undefined ? undefined : { kind: "logout_token", by: "claims", detail: "events" }
}

function byRules(claims: JsonNode | undefined): Recognition | undefined {
  const iss = textMember(claims, "iss") ?? ""
  const rule = RULES.find(
    (one) => (one.issuer?.test(iss) ?? true) && (one.claims ?? []).every((claim) => holds(claims, claim)),
  )
  if (rule === undefined) return undefined
  const names = (rule.claims ?? []).map((claim) => claim.split("=")[0]).join(", ")
  return rule.issuer === undefined
    ? { kind: rule.kind, by: "claims", detail: names }
    : { kind: rule.kind, by: "issuer", detail: "iss" }
}

function holds(claims: JsonNode | undefined, claim: string): boolean {
  const [name = "", value] = claim.split("=")
  return value === undefined ? memberOf(claims, name) !== undefined : textMember(claims, name) === value
}

/** A client that speaks for itself: issuer and subject are one (RFC 7523, section 3). */
function bySubject(claims: JsonNode | undefined): Recognition | undefined {
  const iss = textMember(claims, "iss")
  const isClient =
    iss !== undefined && iss === textMember(claims, "sub") && holds(claims, "aud") && holds(claims, "jti")
  return isClient ? { kind: "client_assertion", by: "claims", detail: "iss, sub, aud, jti" } : undefined
}

function general(claims: JsonNode | undefined): Recognition {
  return claims?.type === "object"
    ? { kind: "jwt", by: "shape", detail: "3" }
    : { kind: "jws", by: "shape", detail: "3" }
}
