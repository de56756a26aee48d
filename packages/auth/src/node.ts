/** For `node:http` without a framework, and for WebSocket upgrades. */
import { type IncomingMessage, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import type { GuardMaker, Who } from "./core/guard-maker.ts"
import { nodeRequest } from "./core/node-request.ts"
import { functionOption, invalidOption, own } from "./core/options.ts"
import type { GuardOptions, Refused } from "./index.ts"

export { nodeRequest, sendCookies, sendRefusal } from "./core/node-request.ts"

/** What a guard of upgrades needs to know beyond {@link GuardOptions}. */
export interface UpgradeOptions extends Omit<GuardOptions, "origins" | "renew"> {
  /** Whose pages may open a connection: browsers let every page do so, and send cookies along. */
  readonly origins: string | readonly string[]
  /** What to do with a connection whose token has expired, such as closing it in the words of its protocol. Default: it is cut. */
  readonly onExpired?: ((socket: Duplex) => void) | undefined
}

/** The longest that timers wait, in milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1

/**
 * A guard for the event `upgrade`: answers with who is asking; or with undefined, having refused and closed the connection. An open
 * connection ends with its token, by the clock of this machine. Whether the token was revoked is asked once, at the beginning.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function upgradeGuard<User, const Options extends UpgradeOptions>(
  auth: GuardMaker<User>,
  options: Options,
): (incoming: IncomingMessage, socket: Duplex) => Promise<Who<User, Options> | undefined> {
  const { onExpired, ...asked } = options
  const end = functionOption("onExpired", onExpired) ?? ((socket: Duplex) => socket.destroy())
  if (own(asked, "renew") !== undefined)
    throw invalidOption("renew", "absent: an upgrade has no answer to put cookies on")
  const guard = auth.guard(asked)
  return async (incoming, socket) => {
    // Whoever goes away meanwhile must not end the process.
    socket.on("error", () => socket.destroy())
    const verdict = await guard(nodeRequest(incoming))
    if (!verdict.allowed) {
      // The other end may keep its half open for ever.
      socket.end(refusalText(verdict), () => socket.destroy())
      return undefined
    }
    if (typeof verdict.claims?.exp === "number") endAt(verdict.claims.exp, socket, end)
    // Only an optional guard lets nobody through, and its type says so.
    return verdict as Who<User, Options>
  }
}

function endAt(exp: number, socket: Duplex, end: (socket: Duplex) => void): void {
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    const left = exp * 1000 - Date.now()
    if (socket.destroyed) return
    if (left <= 0) end(socket)
    else timer = setTimeout(wait, Math.min(left, MAX_WAIT_MS)).unref()
  }
  socket.once("close", () => clearTimeout(timer))
  wait()
}

function refusalText({ status, headers, cookies, body }: Refused): string {
  const text = JSON.stringify(body)
  const length = new TextEncoder().encode(text).length
  const lines = Object.entries({ ...headers, connection: "close", "content-length": String(length) })
  for (const cookie of cookies) lines.push(["set-cookie", cookie])
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`
}
