/** What a login grants, beside who has logged in: claims that stay the same to the end of the session, whatever loaders say later. */

import { invalidOption, textOption, textsOption } from "./options.ts"
import { scopeOption } from "./scopes.ts"
import type { Settings } from "./settings.ts"

/** What may be granted with tokens. It belongs to the session: refreshed access tokens have these claims and no others. */
export interface GrantOptions {
  /** The claim `scope`: words with one space between them. */
  scope?: string | undefined
  /** The claim `client_id` (RFC 8693, section 4.3): the program that the tokens are given to. Default: `clientId` of the options. */
  clientId?: string | undefined
  /** The claim `acr`: how surely the user is who they say, by a name that you and your clients know (RFC 9068, section 2.2.1). */
  acr?: string | undefined
  /** The claim `amr`: how the user has proved it, by the names of RFC 8176, section 2. */
  amr?: readonly string[] | undefined
  /** The thumbprint of a key, as `checkProof` answers it: access and refresh tokens are bound to that key (RFC 9449, section 6.1). Not with cookies. */
  jkt?: string | undefined
}

/** Granted claims, as they are written. */
export type Grant = Readonly<Record<string, unknown>>

/** Claims that have an option of their own; neither callers nor loaders give them otherwise. */
export const GRANTED_CLAIMS: readonly string[] = ["scope", "client_id", "acr", "amr", "cnf"]

/** SHA-256, base64url. */
const THUMBPRINT = /^[\w-]{43}$/

/** The claims for what is granted with a token of a type. @throws UsageError `option_invalid`, with the option's name. */
export function grantOf(options: GrantOptions, type: string, settings: Settings): Grant {
  const { clientId, isRfc9068 } = settings
  const isAccess = type === "access"
  const client = textOption("clientId", options.clientId) ?? (isAccess ? clientId : undefined)
  if (isAccess && isRfc9068 && client === undefined)
    throw invalidOption("clientId", "given, here or to createAuth: the profile wants it in every access token")
  const claims = {
    scope: scopeOption(options.scope),
    client_id: client,
    acr: textOption("acr", options.acr),
    amr: textsOption("amr", options.amr),
    cnf: confirmationOf(options.jkt, type, settings),
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}

function confirmationOf(value: string | undefined, type: string, { dpop }: Settings): { jkt: string } | undefined {
  const jkt = textOption("jkt", value)
  if (jkt === undefined) {
    if (dpop?.required === true && (type === "access" || type === "refresh"))
      throw invalidOption("jkt", "given: the options take bound tokens only")
    return undefined
  }
  if (dpop === undefined) throw invalidOption("jkt", "absent without the option `dpop`: such a token would be refused")
  if (!THUMBPRINT.test(jkt)) throw invalidOption("jkt", "the thumbprint of a key, as `checkProof` answers it")
  return { jkt }
}

/** The claims of a session, told apart: what was granted, and what the program gave. */
export function splitGrant(sessionClaims: object): { readonly granted: Grant; readonly claims: object } {
  const entries = Object.entries(sessionClaims)
  const isGranted = ([name]: [string, unknown]): boolean => GRANTED_CLAIMS.includes(name)
  return {
    granted: Object.fromEntries(entries.filter(isGranted)),
    claims: Object.fromEntries(entries.filter((entry) => !isGranted(entry))),
  }
}
