/** The only way to the network: an address that the user typed. */

import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"

const TIMEOUT_MS = 10_000
const MAX_BYTES = 1_048_576
const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/
/** Headers that say how long an answer may be kept (RFC 9111, section 5). */
const CACHE_HEADERS = ["cache-control", "age", "expires", "etag", "last-modified"] as const

/** An answer of a server. */
export interface Fetched {
  readonly url: string
  readonly text: string
  /** What it says of how long it may be kept. */
  readonly cache: Readonly<Record<string, string>>
}

/** Whether a name in an address is this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/**
 * Fetches a text. Only https, and http on the machine itself; redirects are not followed.
 *
 * @throws Failure `usage` for another kind of address; `network` under `--offline` and for whatever goes wrong on the way.
 */
export async function fetchDocument(address: string, session: Session): Promise<Fetched> {
  return answerOf(await send(address, session), address)
}

/** As `fetchDocument`: the text alone. */
export async function fetchText(address: string, session: Session): Promise<string> {
  return (await fetchDocument(address, session)).text
}

async function send(address: string, { options, progress, say }: Session): Promise<Response> {
  const url = urlOf(address)
  if (options.has("offline")) throw new Failure("network", "offline", url.host)
  progress(say("progress_fetch", url.host))
  try {
    return await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch (error) {
    throw failed(error, url.host)
  }
}

function failed(error: unknown, host: string): Failure {
  const { name, cause } = (error ?? {}) as { name?: unknown; cause?: { code?: unknown } }
  if (name === "TimeoutError") return new Failure("network", "too_slow", host, String(TIMEOUT_MS / 1000))
  const code = typeof cause?.code === "string" ? ` (${cause.code})` : ""
  return new Failure("network", "unreachable", `${host}${code}`)
}

async function answerOf(response: Response, address: string): Promise<Fetched> {
  const { host } = new URL(address)
  const { status } = response
  if (status >= 300 && status < 400) throw new Failure("network", "redirected", host, String(status))
  if (!response.ok) throw new Failure("network", "status_bad", host, String(status))
  const cache = CACHE_HEADERS.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  return { url: address, text: await boundedText(response, host), cache: Object.fromEntries(cache) }
}

/**
 * An address that may be asked, or named in a token.
 *
 * @throws Failure `usage` for anything but https, and http on the machine itself.
 */
export function urlOf(address: string): URL {
  if (!URL.canParse(address)) throw new Failure("usage", "url_invalid")
  const url = new URL(address)
  const isAllowed = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))
  if (!isAllowed || url.username !== "" || url.password !== "") throw new Failure("usage", "url_not_https")
  return url
}

async function boundedText(response: Response, host: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > MAX_BYTES) throw new Failure("network", "response_too_large", host)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof Failure ? error : failed(error, host)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
