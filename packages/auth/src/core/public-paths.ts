/** Paths that a guard of a whole application lets alone. What is not plainly one of them is guarded. */

import { invalidOption, textsOption } from "./options.ts"
import type { AuthRequest } from "./request.ts"

/** A path, or all below one. */
export interface PublicPath {
  /** Upper case; undefined: any. */
  readonly method: string | undefined
  readonly path: string
  /** Whether it stands for everything that begins with it. */
  readonly isPrefix: boolean
}

const ENTRY = /^(?:(?<method>[A-Z]+) )?(?<path>\/[^*]*)(?<rest>\*?)$/
/**
 * What every router reads alike: no escapes, no backslashes, no parameters behind a semicolon. Routers differ in what they make of
 * these, and a path that one takes for public is another's way to somewhere else.
 */
const PLAIN_PATH = /^(?:\/[A-Za-z0-9._~!$&'()+,=:@-]+)*\/?$/
const DOTS = /\/\.{1,2}(?:\/|$)/
/** Scheme and authority of a whole URL (RFC 9112, section 3.2.2); one that parsers take apart differently, at a backslash or an @, is none. */
const AUTHORITY = /^https?:\/\/[A-Za-z0-9.:[\]-]+(?=\/)/

/** Reads the option. @throws UsageError `option_invalid` */
export function publicPaths(value: unknown): readonly PublicPath[] {
  return (textsOption("public", value) ?? []).map((entry) => {
    const { method, path = "", rest } = ENTRY.exec(entry)?.groups ?? {}
    const isPrefix = rest === "*"
    // Everything cannot be public: that would be no guard.
    const isWhole = isPrefix && (path === "/" || !path.endsWith("/"))
    if (path === "" || isWhole || !isPlain(path))
      throw invalidOption("public", 'paths such as "/login", "GET /health" or "/static/*", as plain as they are sent')
    return Object.freeze({ method, path, isPrefix })
  })
}

/** Whether a request is for one of these paths, letter by letter. */
export function isPublic(request: AuthRequest, paths: readonly PublicPath[]): boolean {
  if (paths.length === 0) return false
  const path = request.url.replace(AUTHORITY, "").replace(/[?#].*$/s, "")
  if (!isPlain(path)) return false
  const method = request.method.toUpperCase()
  return paths.some(
    (known) =>
      (known.method === undefined || known.method === method || (known.method === "GET" && method === "HEAD")) &&
      (known.isPrefix ? path.startsWith(known.path) : path === known.path),
  )
}

function isPlain(path: string): boolean {
  return path.startsWith("/") && PLAIN_PATH.test(path) && !DOTS.test(path)
}
