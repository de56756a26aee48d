/** Programs that tests are made with where they are installed. One that is missing is named and its test skipped; on CI that is a failure. */
import { spawnSync } from "node:child_process"

/** How to run. */
export interface ProgramOptions {
  readonly input?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** What a program printed, both streams as one text; undefined if it is not installed. */
export function outputOf(name: string, args: readonly string[], options: ProgramOptions = {}): string | undefined {
  const { error, stdout, stderr } = spawnSync(name, args, { encoding: "utf8", ...options })
  if (error === undefined) return `${stdout}${stderr}`
  if (process.env["CI"] && process.platform !== "win32") throw new Error(`${name} is not installed`)
  process.stdout.write(`skipped: ${name} is not installed\n`)
  return undefined
}
