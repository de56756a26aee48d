/** From an issuer to its keys. */

import { memberOf, readJson, textMember } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"

/**
 * Where an issuer's keys are (RFC 8414, section 3; OpenID Connect Discovery 1.0). The document must name the issuer that was asked for,
 * letter by letter.
 *
 * @param ask - Fetches a text.
 * @throws Failure `network` for a document of another issuer, and for one without keys.
 */
export async function keySetAddress(issuer: string, ask: (address: string) => Promise<string>): Promise<string> {
  const { root } = readJson(await ask(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`))
  if (textMember(root, "issuer") !== issuer) throw new Failure("network", "issuer_differs")
  const address = memberOf(root, "jwks_uri")?.value
  if (address?.type !== "string") throw new Failure("network", "no_key_set")
  return String(address.value)
}
