/**
 * The engines beside Chromium, as Debian packs them: Firefox and WebKitGTK. Both do the commands of W3C WebDriver, so that nothing else is
 * installed to drive them: WebKit's driver takes them over HTTP, and Firefox itself, under the same names, over a socket (Marionette).
 */

import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { vi } from "vitest"
import { freePort } from "../../../scripts/free-port.mjs"

/** The commands, and how WebKit's driver wants them. */
const COMMANDS = {
  Navigate: "POST url",
  SetWindowRect: "POST window/rect",
  ExecuteAsyncScript: "POST execute/async",
  GetComputedRole: "GET element/:id/computedrole",
  GetComputedLabel: "GET element/:id/computedlabel",
} as const

/** Tells an engine to do something; answers with what came of it. */
type Tell = (
  command: keyof typeof COMMANDS,
  parameters: { readonly id?: string; [name: string]: unknown },
) => Promise<unknown>

/** A running engine, with one window. */
export interface Engine {
  readonly tell: Tell
  /** Ends its processes, and removes what they wrote. */
  end(): Promise<void>
}

/** How an engine is started, with a folder of its own. */
interface Kind {
  /** The programs that it takes. */
  readonly programs: readonly string[]
  start(home: string, begin: Begin): Promise<Tell>
}

type Begin = (program: string, args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Readable>

const FIREFOX: Kind = { programs: ["firefox-esr"], start: startFirefox }
const WEBKIT: Kind = { programs: ["Xvfb", "WebKitWebDriver"], start: startWebKit }

/** By the names of their tests. */
export const ENGINES: Readonly<Record<string, Kind>> = { Firefox: FIREFOX, WebKitGTK: WEBKIT }

/** What of an engine is not installed. */
export function missingPrograms({ programs }: Kind): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  return programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))))
}

/** Runs a program for as long as there is someone at the other end of its input, however that one ends. */
const LEASH = '"$@" & read -r _; kill -KILL 0'

/** Starts an engine. Whatever happens then, its processes end with this one. */
export async function startEngine({ start }: Kind): Promise<Engine> {
  const home = await mkdtemp(join(tmpdir(), "jot-engine-"))
  const children: ChildProcess[] = []
  const end = async () => {
    await Promise.all(children.splice(0).map(killGroup))
    await rm(home, { recursive: true, maxRetries: 5 })
  }
  try {
    const tell = await start(home, async (program, args, env) => {
      const child = spawn("sh", ["-c", LEASH, "sh", program, ...args], {
        // What they write beside their own folder goes nowhere else, and each leads a group, which ends as one.
        env: { PATH: process.env["PATH"], HOME: home, TZ: "Asia/Taipei", ...env },
        stdio: ["pipe", "pipe", "ignore"],
        detached: true,
      })
      await once(child, "spawn")
      children.push(child)
      return child.stdout
    })
    return { tell, end }
  } catch (error) {
    await end()
    throw error
  }
}

async function killGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  process.kill(-child.pid, "SIGKILL")
  await ended
}

/** What a program says of where it listens. */
async function said(output: Readable, sentence: RegExp): Promise<string> {
  for await (const line of createInterface(output)) {
    const [, what] = sentence.exec(line) ?? []
    if (what !== undefined) {
      output.resume()
      return what
    }
  }
  throw new Error(`it ended without ${sentence}`)
}

/** Everything but loopback leads to a proxy that is not there. */
const FIREFOX_SETTINGS = {
  "marionette.port": 0,
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 1,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 1,
  "toolkit.legacyUserProfileCustomizations.stylesheets": true,
}

async function startFirefox(home: string, begin: Begin): Promise<Tell> {
  const settings = Object.entries(FIREFOX_SETTINGS).map(
    ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
  )
  await mkdir(join(home, "chrome"))
  await writeFile(join(home, "user.js"), settings.join("\n"))
  // Its window may otherwise not be as narrow as a phone.
  await writeFile(join(home, "chrome/userChrome.css"), ":root { min-width: 0 !important }")
  const output = await begin("firefox-esr", ["--marionette", "--headless", "--no-remote", "--profile", home])
  const socket = connect(Number(await said(output, /Marionette\s+INFO\s+Listening on port (\d+)/)), "127.0.0.1")
  const ask = marionette(socket)
  await ask("WebDriver:NewSession", {})
  return (command, parameters) => ask(`WebDriver:${command}`, parameters)
}

/** The protocol: JSON behind its length. One question is asked at a time. */
function marionette(socket: Socket): (command: string, parameters: object) => Promise<unknown> {
  const messages = lengthPrefixed(socket)
  const hello = messages.next()
  return async (command, parameters) => {
    await hello
    const question = JSON.stringify([0, 1, command, parameters])
    socket.write(`${Buffer.byteLength(question)}:${question}`)
    const { value } = await messages.next()
    const [, , problem, result] = value as [number, number, object | null, { value?: unknown }] // as the protocol has it
    if (problem !== null) throw new Error(`${command}: ${JSON.stringify(problem).slice(0, 500)}`)
    return result.value
  }
}

async function* lengthPrefixed(socket: Socket): AsyncGenerator<unknown, void> {
  let buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk as Buffer]) // no encoding is set
    for (let start = buffer.indexOf(":") + 1; start > 0; start = buffer.indexOf(":") + 1) {
      const end = start + Number(buffer.subarray(0, start - 1))
      if (buffer.length < end) break
      yield JSON.parse(buffer.toString("utf8", start, end))
      buffer = buffer.subarray(end)
    }
  }
}

/** With all of the screen it has no tool bar, and may be as narrow as a phone. */
const WEBKIT_OPTIONS = { args: ["--automation", "--private", "--full-screen"] }

async function startWebKit(_home: string, begin: Begin): Promise<Tell> {
  const screen = await begin("Xvfb", ["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1600x1200x24"])
  const display = await said(screen, /^(\d+)$/)
  const port = await freePort()
  const driver = await begin("WebKitWebDriver", [`--port=${port}`], { DISPLAY: `:${display}` })
  driver.resume()
  const base = `http://127.0.0.1:${port}`
  await vi.waitFor(() => fetch(`${base}/status`), 15_000)
  const wanted = { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": WEBKIT_OPTIONS } } }
  const { sessionId } = (await ask("POST", `${base}/session`, wanted)) as { sessionId: string } // W3C WebDriver, section 8.1
  return (command, { id = "", ...parameters }) => {
    const [method = "", path = ""] = COMMANDS[command].replace(":id", id).split(" ")
    return ask(method, `${base}/session/${sessionId}/${path}`, parameters)
  }
}

async function ask(method: string, url: string, parameters: object): Promise<unknown> {
  const response = await fetch(url, method === "GET" ? {} : { method, body: JSON.stringify(parameters) })
  const { value } = (await response.json()) as { value: unknown } // W3C WebDriver, section 6.6
  if (!response.ok) throw new Error(`${url}: ${JSON.stringify(value).slice(0, 500)}`)
  return value
}
