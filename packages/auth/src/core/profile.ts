/** What RFC 9068, section 2.2 wants in every access token, beside the claims that are judged of all tokens: issuer, audience, subject and expiry. */

import { Failure } from "./failure.ts"
import { own } from "./options.ts"

const REQUIRED: Readonly<Record<string, (value: unknown) => boolean>> = { client_id: isText, iat: isTime, jti: isText }

/** Why an access token does not keep to RFC 9068; undefined: it does. Its `typ` is for the caller to judge. */
export function profileFailure(claims: object): Failure | undefined {
  const broken = Object.entries(REQUIRED).find(([name, holds]) => !holds(own(claims, name)))
  return broken === undefined ? undefined : new Failure("invalid", { subject: broken[0] })
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== ""
}

function isTime(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value)
}
