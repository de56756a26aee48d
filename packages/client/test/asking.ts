/** A fetch that counts, and one that keeps cookies as a browser does. */
import type { Fetch } from "@jotkit/client"

/** What was asked: method and path, in order. */
export interface Counting {
  readonly fetch: Fetch
  readonly asked: string[]
}

export function counting(fetch: Fetch = globalThis.fetch): Counting {
  const asked: string[] = []
  return {
    asked,
    fetch: (input, init) => {
      const request = input instanceof Request ? input : undefined
      asked.push(`${init?.method ?? request?.method ?? "GET"} ${new URL(request?.url ?? String(input)).pathname}`)
      return fetch(input, init)
    },
  }
}

/** Keeps the cookies of one server; those that are over go away. */
export function withCookies(fetch: Fetch = globalThis.fetch): Fetch {
  const jar = new Map<string, string>()
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    if (init?.credentials === "include") headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "))
    const response = await fetch(input, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      if (/Max-Age=0\b/.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
}
