/** The debugger page on this machine: the same document that is shipped for the disk, with a token that only the browser sees. */

import { brotliDecompressSync } from "node:zlib"
import { type ServedPage, servePage } from "@jotkit/debugger/server"
import { Failure } from "../frame/failure.ts"
import type { Command } from "../frame/session.ts"
import { portOf } from "../input/port.ts"
import { oneToken } from "../input/token.ts"

/** The page, by brotli and base64; `scripts/bundle-jot.mjs` puts it in place of the name. */
declare const JOT_PAGE: string

/** `jot debug`. */
export const command: Command = async (session) => {
  const token = session.operands.length === 0 ? undefined : (await oneToken(session)).text
  const served = await serve(portOf(session))
  try {
    const stopped = new Promise<void>((resolve) => process.once("SIGTERM", resolve))
    const address = addressOf(served, token)
    await session.write(session.isJson ? lineOf(served, address) : `${address}\n`)
    session.tell({ level: "info", text: session.say("debugging") })
    // Ctrl-C ends the program as everywhere, SIGTERM ends it in order.
    await stopped
  } finally {
    await served.close()
  }
  return { code: "ok", isStreamed: true }
}

function serve(port: number): Promise<ServedPage> {
  const files = new Map([["/", brotliDecompressSync(Buffer.from(JOT_PAGE, "base64"))]])
  return servePage({ files, port }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure("network", "port_taken", error.code ?? "")
  })
}

/** Behind the #, which browsers send to nobody. */
function addressOf({ url }: ServedPage, token: string | undefined): string {
  return token === undefined ? url : `${url}#${new URLSearchParams({ token })}`
}

function lineOf({ url }: ServedPage, address: string): string {
  return `${JSON.stringify({ schema: 1, ok: true, code: "ok", url, address, checks: [], findings: [] })}\n`
}
