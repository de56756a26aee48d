/** Asks a person for a secret, without showing it. */

import { openSync } from "node:fs"
import { ReadStream, WriteStream } from "node:tty"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"

/**
 * Asks on the terminal, also where stdin is a pipe.
 *
 * @throws Failure `usage` under `--no-input`, and where there is no terminal.
 */
export async function ask({ options, say }: Session): Promise<string> {
  if (options.has("no-input")) throw new Failure("usage", "prompt_forbidden")
  const terminal = openTerminal()
  terminal.output.write(`${say("prompt_secret")}: `)
  try {
    return await lineFrom(terminal.input.setRawMode(true).setEncoding("utf8"))
  } finally {
    terminal.input.setRawMode(false).destroy()
    terminal.output.write("\n")
  }
}

async function lineFrom(input: ReadStream): Promise<string> {
  let line = ""
  for await (const letters of input) {
    for (const letter of String(letters)) {
      if (letter === "\u0003") throw new Failure("interrupted", "interrupted")
      if (letter === "\r" || letter === "\n" || letter === "\u0004") return line
      line = letter === "\u007f" || letter === "\b" ? line.slice(0, -1) : line + letter
    }
  }
  return line
}

function openTerminal(): { input: ReadStream; output: WriteStream } {
  try {
    const name = process.platform === "win32" ? ["\\\\.\\CONIN$", "\\\\.\\CONOUT$"] : ["/dev/tty", "/dev/tty"]
    return {
      input: new ReadStream(openSync(name[0] ?? "", "r")),
      output: new WriteStream(openSync(name[1] ?? "", "w")),
    }
  } catch {
    throw new Failure("usage", "prompt_impossible")
  }
}
