/** What a login grants, beside who has logged in: claims that stay the same to the end of the session, whatever loaders say later. */

import { scopeOption } from "./scopes.ts"

/** What may be granted with tokens. */
export interface GrantOptions {
  /** The claim `scope`: words with one space between them. It belongs to the session: a refreshed token has this scope and no other. */
  scope?: string | undefined
}

/** Granted claims, as they are written. */
export type Grant = Readonly<Record<string, unknown>>

/** Claims that have an option of their own; neither callers nor loaders give them otherwise. */
export const GRANTED_CLAIMS: readonly string[] = ["scope"]

/** The claims for what is granted. @throws UsageError `option_invalid`, with the option's name. */
export function grantOf(options: GrantOptions): Grant {
  const scope = scopeOption(options.scope)
  return { ...(scope === undefined ? {} : { scope }) }
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
