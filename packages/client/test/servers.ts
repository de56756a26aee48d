/** Example servers whose clock the tests move, so that tokens expire without waiting. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Running, start } from "../../auth/test/contract-server.ts"

export { EXAMPLES } from "../../auth/test/contract-server.ts"

const preload = fileURLToPath(new URL("./moved-clock.mjs", import.meta.url))

/** A server, and its clock. */
export interface Server extends Pick<Running, "address" | "end"> {
  /** Sets how far its clock is ahead of this machine's. */
  setAhead(seconds: number): void
  /** Ends it, and starts it again on the same port, with the same store. */
  restart(): Promise<void>
  /** Ends it for good. */
  stop(): Promise<void>
}

/** Starts an example with a store in a file. */
export async function startServer(name: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "jotkit-client-"))
  const clock = join(folder, "clock")
  const setAhead = (seconds: number) => writeFileSync(clock, String(seconds * 1000))
  setAhead(0)
  const options = {
    STORE: `sqlite:${join(folder, "store.sqlite")}`,
    COOKIE_SECURE: "false",
    NODE_OPTIONS: `--import=${preload}`,
    CLOCK: clock,
    ...env,
  }
  let running = await start(name, options)
  const { address } = running
  return {
    address,
    end: (signal) => running.end(signal),
    setAhead,
    async restart() {
      running = await start(name, { ...options, PORT: new URL(address).port })
    },
    async stop() {
      await running.end("SIGKILL")
      rmSync(folder, { recursive: true })
    },
  }
}
