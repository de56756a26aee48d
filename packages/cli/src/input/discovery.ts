/** From an issuer to its keys. */

import { memberOf, readJson, textMember } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { type Fetched, fetchDocument, fetchText, isLoopback, urlOf } from "./network.ts"

const ISSUER = "issuer:"

type Ask = (address: string) => Promise<string>

/**
 * Fetches keys: from an address, or from where the issuer behind `issuer:` has them.
 *
 * @throws Failure as `fetchDocument` and `keySetAddress` do.
 */
export async function fetchKeys(source: string, session: Session): Promise<Fetched> {
  if (!source.startsWith(ISSUER)) return fetchDocument(source, session)
  const address = await keySetAddress(source.slice(ISSUER.length), (place) => fetchText(place, session))
  return fetchDocument(address, session)
}

/**
 * Where an issuer's keys are: OpenID Connect Discovery 1.0, section 4, or where that is not there RFC 8414, section 3. The document must name the
 * issuer that was asked for, letter by letter.
 *
 * @param ask - Fetches a text.
 * @throws Failure `usage` for an issuer that is no https address; `network` for a document of another issuer, for one without keys, and for one
 * that leads elsewhere than to https.
 */
export async function keySetAddress(issuer: string, ask: Ask): Promise<string> {
  const { origin, pathname, search, hash, hostname } = urlOf(issuer)
  if (search !== "" || hash !== "") throw new Failure("usage", "url_invalid")
  const path = pathname.replace(/\/$/, "")
  const first = `${origin}${path}/.well-known/openid-configuration`
  const second = `${origin}/.well-known/oauth-authorization-server${path}`
  const { root } = readJson(await firstOf(first, second, ask))
  if (textMember(root, "issuer") !== issuer) throw new Failure("network", "issuer_differs")
  const address = memberOf(root, "jwks_uri")?.value
  if (address?.type !== "string") throw new Failure("network", "no_key_set")
  // The document is not the user: it may not lead from a server to this machine.
  if (!isSafe(String(address.value), isLoopback(hostname))) throw new Failure("network", "jwks_uri_unsafe")
  return String(address.value)
}

function isSafe(address: string, mayBeHere: boolean): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password } = new URL(address)
  if (username !== "" || password !== "") return false
  return isLoopback(hostname) ? mayBeHere && /^https?:$/.test(protocol) : protocol === "https:"
}

async function firstOf(first: string, second: string, ask: Ask): Promise<string> {
  try {
    return await ask(first)
  } catch (error) {
    const isMissing = error instanceof Failure && error.word === "status_bad" && error.details[1] === "404"
    if (!isMissing) throw error
    return ask(second)
  }
}
