/** Fetches a key set from an address that the user typed, or from the issuer's. */

import { memberOf, read, readJson, readKeys, textMember } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import { indentJson, JsonText } from "../frame/json.ts"
import type { Command, Session } from "../frame/session.ts"
import { fetchText } from "../input/network.ts"

/** `jot jwks fetch`. */
export const command: Command = async (session) => {
  const [operand] = session.operands
  if (operand === undefined) throw new Failure("usage", "url_invalid")
  const address = operand.startsWith("issuer:") ? await addressOf(operand.slice("issuer:".length), session) : operand
  const text = await fetchText(address, session)
  if (read(text.trim()).form !== "jwks") throw new Failure("network", "no_key_set")
  const keys = await readKeys(text)
  // A private half that is published is everybody's: it goes nowhere from here.
  if (keys.some(({ isPrivate, isSymmetric }) => isPrivate || isSymmetric)) throw new Failure("key", "published_private")
  return { code: "ok", members: { url: address, jwks: new JsonText(text) }, text: `${indentJson(text)}\n` }
}

/**
 * Where an issuer's keys are (RFC 8414, section 3; OpenID Connect Discovery 1.0). The document must name the issuer that was typed, letter by
 * letter.
 */
async function addressOf(issuer: string, session: Session): Promise<string> {
  const text = await fetchText(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, session)
  const { root } = readJson(text)
  if (textMember(root, "issuer") !== issuer) throw new Failure("network", "issuer_differs")
  const address = memberOf(root, "jwks_uri")?.value
  if (address?.type !== "string") throw new Failure("network", "no_key_set")
  return String(address.value)
}
