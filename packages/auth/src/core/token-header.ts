/** Reading headers of tokens: almost all tokens of one issuer begin with the same text. */

import { getUnverifiedHeader } from "jotkit"

/** How the token before began, and what that says. */
let latest: { readonly start: string; readonly header: object } | undefined

/**
 * The header of a token; the caller's own. Whether the rest can be read is told by whoever verifies it.
 *
 * @throws DecodeError for a header that cannot be read.
 */
export function headerOf(token: string): object {
  if (latest !== undefined && token.startsWith(latest.start)) return { ...latest.header }
  const header = getUnverifiedHeader(token)
  // Of members that are no objects a shallow copy is a whole one.
  if (Object.values(header).every((value) => typeof value !== "object"))
    latest = { start: token.slice(0, token.indexOf(".") + 1), header: { ...header } }
  return header
}
