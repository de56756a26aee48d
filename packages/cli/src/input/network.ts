/** The only way to the network: an address that the user typed. */

import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"

const TIMEOUT_MS = 10_000
const MAX_BYTES = 1_048_576
const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * Fetches a text. Only https, and http on the machine itself; redirects are not followed.
 *
 * @throws Failure `usage` for another kind of address; `network` under `--offline` and for whatever goes wrong on the way.
 */
export async function fetchText(address: string, { options, progress, say }: Session): Promise<string> {
  const url = urlOf(address)
  if (options.has("offline")) throw new Failure("network", "offline", url.host)
  progress(say("progress_fetch", url.host))
  let response: Response
  try {
    response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch {
    throw new Failure("network", "unreachable", url.host)
  }
  if (!response.ok) throw new Failure("network", "status_bad", url.host, String(response.status))
  return boundedText(response, url.host)
}

/**
 * An address that may be asked, or named in a token.
 *
 * @throws Failure `usage` for anything but https, and http on the machine itself.
 */
export function urlOf(address: string): URL {
  if (!URL.canParse(address)) throw new Failure("usage", "url_invalid")
  const url = new URL(address)
  const isAllowed = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname))
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
    throw error instanceof Failure ? error : new Failure("network", "unreachable", host)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
