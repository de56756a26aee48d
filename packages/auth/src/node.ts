/** For `node:http` without a framework, and for WebSocket upgrades. */
import { type IncomingMessage, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import type { GuardMaker, Who } from "./core/guard-maker.ts"
import { nodeRequest } from "./core/node-request.ts"
import type { GuardOptions, Refused } from "./index.ts"

export { nodeRequest, sendCookies, sendRefusal } from "./core/node-request.ts"

/** What a guard of upgrades needs to know: whose pages may open a connection, since browsers let every page do so, and send cookies along. */
export type UpgradeOptions = Omit<GuardOptions, "origins" | "renew"> & { readonly origins: string | readonly string[] }

/**
 * A guard for the event `upgrade`: answers with who is asking; or with undefined, having refused and closed the connection. The token
 * is judged once: close the connection yourself when `claims.exp` has come.
 *
 * @throws UsageError `option_unknown`, `option_invalid`
 */
export function upgradeGuard<User, const Options extends UpgradeOptions>(
  auth: GuardMaker<User>,
  options: Options,
): (incoming: IncomingMessage, socket: Duplex) => Promise<Who<User, Options> | undefined> {
  const guard = auth.guard(options)
  return async (incoming, socket) => {
    // Whoever goes away meanwhile must not end the process.
    socket.on("error", () => socket.destroy())
    const verdict = await guard(nodeRequest(incoming))
    // Only an optional guard lets nobody through, and its type says so.
    if (verdict.allowed) return verdict as Who<User, Options>
    socket.end(refusalText(verdict))
    return undefined
  }
}

function refusalText({ status, headers, cookies, body }: Refused): string {
  const text = JSON.stringify(body)
  const length = new TextEncoder().encode(text).length
  const lines = Object.entries({ ...headers, connection: "close", "content-length": String(length) })
  for (const cookie of cookies) lines.push(["set-cookie", cookie])
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${text}`
}
