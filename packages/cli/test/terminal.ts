/**
 * The program on a terminal: what it shows there is read, and keys are pressed. Python has what that takes; Node would want a compiler.
 * What is not installed is named and skipped; on CI that is a failure.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { main, type Place, refuseSecrets } from "./jot.ts"

const bridge = fileURLToPath(new URL("terminal.py", import.meta.url))

/** Whether there are terminals to test on. */
export const hasTerminals: boolean = look()

function look(): boolean {
  if (spawnSync("python3", ["-c", "import fcntl, termios"]).status === 0) return true
  if (process.env["CI"] && process.platform !== "win32") throw new Error("python3 is not installed")
  process.stdout.write("skipped: python3 is not installed\n")
  return false
}

/** How to run. */
export interface TerminalOptions {
  /** A text: stdin is a pipe that holds it. */
  readonly stdin?: "terminal" | (string & {})
  readonly stdout?: "terminal" | "pipe"
  readonly stderr?: "terminal" | "pipe"
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  /** Arguments of Node itself. */
  readonly node?: readonly string[]
  /** This run prints private keys on purpose. */
  readonly printsKeys?: boolean
}

/** How the terminal treats what is typed. */
interface Modes {
  readonly echo: boolean
  /** Lines are edited by the terminal, and Ctrl-C is a signal. */
  readonly lines: boolean
}

/** What came of a run. */
export interface TerminalResult {
  readonly code: number
  readonly screen: string
  readonly stdout: string
  readonly stderr: string
  /** The terminal after the program. */
  readonly modes: Modes
}

type Report =
  | { readonly stream: "screen" | "stdout" | "stderr"; readonly text: string }
  | { readonly end?: number; readonly modes: Modes }

/** The program on a terminal. */
export class Terminal {
  readonly #bridge: ChildProcessWithoutNullStreams
  readonly #texts = { screen: "", stdout: "", stderr: "" }
  readonly #printsKeys: boolean
  #modes: Modes | undefined
  #code: number | undefined
  #errors = ""
  #isGone = false
  /** Told of everything that comes. */
  #look: () => void = () => undefined

  /** Starts it. */
  constructor(place: Place, args: readonly string[], options: TerminalOptions = {}) {
    const { stdin = "terminal", stdout = "terminal", stderr = "terminal", columns = 80, env = {}, node = [] } = options
    this.#printsKeys = options.printsKeys === true
    const request = {
      command: [process.execPath, ...node, main, ...args],
      folder: place.folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: place.home, TERM: "xterm-256color", LANG: "C.UTF-8", ...env },
      columns,
      stdin,
      stdout,
      stderr,
    }
    this.#bridge = spawn("python3", [bridge, JSON.stringify(request)], { stdio: "pipe" })
    this.#bridge.stderr.on("data", (chunk: Buffer) => {
      this.#errors += String(chunk)
    })
    createInterface(this.#bridge.stdout).on("line", (line) => this.#hear(JSON.parse(line) as Report))
    this.#bridge.once("close", () => {
      this.#isGone = true
      this.#look()
    })
  }

  #hear(report: Report): void {
    if ("stream" in report) this.#texts[report.stream] += report.text
    else {
      this.#modes = report.modes
      this.#code = report.end
    }
    this.#look()
  }

  async #until<T>(found: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const value = found()
        if (value !== undefined) resolve(value)
        else if (this.#isGone) reject(new Error(`${this.#errors}${JSON.stringify(this.#texts)}`))
      }
      this.#look()
    })
  }

  /** Waits until something stands on the screen. */
  async shows(text: string | RegExp): Promise<string> {
    return this.#until(() => {
      const { screen } = this.#texts
      return (typeof text === "string" ? screen.includes(text) : text.test(screen)) ? screen : undefined
    })
  }

  /** Presses keys. */
  type(text: string): void {
    this.#bridge.stdin.write(`${JSON.stringify({ type: text })}\n`)
  }

  /** How the terminal treats what is typed, now. */
  async modes(): Promise<Modes> {
    this.#modes = undefined
    this.#bridge.stdin.write("{}\n")
    return this.#until(() => this.#modes)
  }

  /** Waits for the end. Nothing that came out may be a secret. */
  async ended(): Promise<TerminalResult> {
    const code = await this.#until(() => this.#code)
    const modes = await this.#until(() => this.#modes)
    if (!this.#printsKeys) refuseSecrets(Object.values(this.#texts).join(""))
    return { code, ...this.#texts, modes }
  }
}
