/** The program as a user runs it: a process, in a home and a folder that are empty, on a machine without network. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { refuseUnknown, wantsJson } from "./answers.ts"

/** The one file that is shipped. */
export const main: string = fileURLToPath(new URL("../dist/jot.mjs", import.meta.url))

/** Every secret of these tests. None may ever be printed; `run` looks at all that comes out. */
export const SECRETS = {
  good: "a-secret-of-the-tests-that-is-long-enough-for-HS512-and-more-0123456789",
  other: "another-secret-of-the-tests-that-nobody-has-signed-anything-with-9876",
  short: "short-secret",
  password: "a password of the tests",
} as const

// Whoever opens a socket ends the process; only a run that says so may.
const NO_NETWORK =
  "import net from 'node:net';net.Socket.prototype.connect=()=>{process.stderr.write('SOCKET OPENED');process.exit(99)}"

/** What stands in JSON on stdout, as far as tests look into it one by one; each command prints some of it. */
interface Answer {
  readonly code?: string
  readonly message?: string
  readonly raw?: unknown
  readonly payload?: unknown
  readonly tokens?: unknown
  readonly recipients?: unknown
  readonly signatures?: unknown
  readonly checks: readonly { readonly id: string; readonly status: string }[]
  readonly findings: readonly { readonly id: string }[]
  readonly keys: readonly { readonly kid?: string }[]
  readonly fixtures: readonly { readonly name: string; readonly code: string }[]
  readonly differences: readonly unknown[]
  /** SARIF. */
  readonly runs: readonly { readonly results: readonly unknown[] }[]
}

/** What came of a run. */
export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Stdout as JSON; undefined: it is none. */
  readonly json: Answer | undefined
}

/** How to run. */
export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  /** Loopback is needed. */
  readonly network?: boolean
  /** This run prints private keys or secrets on purpose. */
  readonly printsKeys?: boolean
  /** In a session of its own, without the terminal of whoever runs the tests. */
  readonly detached?: boolean
  /** The address of a module that is loaded before the program. */
  readonly preload?: string
}

/** A folder for one file of tests, with an empty home in it. */
export class Place {
  readonly folder: string = mkdtempSync(join(tmpdir(), "jot-"))
  readonly home: string = mkdtempSync(join(tmpdir(), "jot-home-"))

  /** Writes a file that only its owner reads. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name)
    writeFileSync(path, content)
    chmodSync(path, 0o600)
    return path
  }

  /** Names in the home: always none. */
  atHome(): string[] {
    return readdirSync(this.home, { recursive: true }).map(String)
  }

  /** Runs the program. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    const { input = "", env = {}, network = false, printsKeys = false, detached = false, preload } = options
    const guard = network ? [] : ["--import", `data:text/javascript,${encodeURIComponent(NO_NETWORK)}`]
    if (preload !== undefined) guard.push("--import", preload)
    const child = spawn(process.execPath, [...guard, main, ...args], {
      cwd: this.folder,
      detached,
      env: { PATH: process.env["PATH"] ?? "", HOME: this.home, ...env },
    })
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)]
    // A program that does not read its input closes it: no fault.
    child.stdin.on("error", () => undefined).end(input)
    const [code] = (await once(child, "close")) as [number | null]
    const texts = { stdout: stdout(), stderr: stderr() }
    if (!printsKeys) refuseSecrets(texts.stdout + texts.stderr)
    if (wantsJson(args) && code !== null) refuseUnknown(args, texts.stdout)
    return { code, ...texts, json: jsonOf(texts.stdout) }
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on("data", (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString("utf8")
}

function jsonOf(text: string): Answer | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Throws if a secret of these tests stands in a text, in whatever form. */
export function refuseSecrets(output: string): void {
  for (const [name, secret] of Object.entries(SECRETS)) {
    const forms = [
      secret,
      ...(["base64", "base64url", "hex"] as const).map((form) => Buffer.from(secret).toString(form)),
    ]
    if (forms.some((form) => output.includes(form))) throw new Error(`the secret ${name} was printed`)
  }
  if (/PRIVATE KEY|"(?:d|k|priv)":\s*"(?!…")/.test(output)) throw new Error("a private key was printed")
}
