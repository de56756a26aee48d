/** A request as the core sees it: what an adapter makes of its framework's own. */

/** What is asked of a request. Nothing of the body is read unless an option says that tokens or CSRF values may be there. */
export interface AuthRequest {
  readonly method: string
  /** Path with query, or the whole URL, as the client has sent it: what routers have taken away belongs to it. */
  readonly url: string
  /** The framework's own request: by this, guards of one request know that it is one, and use up one proof or refresh token for it. */
  readonly source?: object | undefined
  /** All lines of a header, by its name in lower case; none: an empty list. */
  headers(name: string): readonly string[]
  /** The fields of a form body (urlencoded or multipart), without using the body up. */
  readForm?(): Promise<FormFields | undefined>
  /** The value of a JSON body, without using the body up. May reject for a body that is none. */
  readJson?(): Promise<unknown>
}

/** The part of `FormData` and `URLSearchParams` that is used. */
export interface FormFields {
  /** The first value of a field. */
  get(name: string): unknown
}

/** Quotes are not part of what was set (RFC 6265, section 4.1.1). */
const QUOTED = /^"(.*)"$/

/**
 * All values of a cookie, in their order: more than one means that two parties have set it. As they were sent, but for quotes: nothing
 * that belongs into a token is written in percent.
 */
export function cookieValues(request: AuthRequest, name: string): readonly string[] {
  const values: string[] = []
  for (const line of request.headers("cookie")) {
    for (const piece of line.split(";")) {
      const at = piece.indexOf("=")
      if (at === -1 || piece.slice(0, at).trim() !== name) continue
      values.push(
        piece
          .slice(at + 1)
          .trim()
          .replace(QUOTED, "$1"),
      )
    }
  }
  return values
}

/** The one line of a header; undefined where there is none or several. */
export function onlyLine(request: AuthRequest, name: string): string | undefined {
  const lines = request.headers(name.toLowerCase())
  return lines.length === 1 ? lines[0] : undefined
}

/** All values of a parameter in the query of the request's URL, in their order. */
export function queryValues(request: AuthRequest, name: string): readonly string[] {
  const at = request.url.indexOf("?")
  if (at === -1) return []
  const query = request.url.slice(at + 1).split("#", 1)[0] ?? ""
  // One question mark goes with the query: a second is a letter of the first name.
  return new URLSearchParams(`?${query}`).getAll(name)
}

/** What comes of reading a body; a body that cannot be read is none, whoever is at fault. */
export async function quietly<T>(read: (() => Promise<T>) | undefined): Promise<T | undefined> {
  try {
    return await read?.()
  } catch {
    return undefined
  }
}
