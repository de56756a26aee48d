/** Asks a person for a secret, without showing it. */

import { openSync } from "node:fs"
import { ReadStream, WriteStream } from "node:tty"
import { readJson } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"

/** What is asked for. */
export type Asked = "secret" | "passphrase" | "password" | "again" | "key" | "text"

/** Keys of a keyboard that send several letters (arrows, marks around what is pasted), and Escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how such keys begin
const SEQUENCE = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|O.)?/g
const INTERRUPT = "\u0003"
const END = "\u0004"
const CLEAR = "\u0015"
const LINE_ENDS = "\r\n"
const BACK = "\u007f\b"

/**
 * Asks on the terminal, also where stdin is a pipe. The end of a line ends the answer; a key may have several.
 *
 * @throws Failure `usage` under `--no-input`, and where there is no terminal; `interrupted` for Ctrl-C.
 */
export async function ask(what: Asked, { options, say }: Session): Promise<string> {
  if (options.has("no-input")) throw new Failure("usage", "prompt_forbidden")
  const { input, output } = openTerminal()
  // In this order: who reads the question may answer at once.
  input.setRawMode(true).setEncoding("utf8")
  output.write(`${say(`prompt_${what}`)}: `)
  try {
    return await answerFrom(input, what === "key")
  } finally {
    output.end("\n")
  }
}

function answerFrom(input: ReadStream, mayHaveLines: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ""
    // In this order: a stream that is closed can no longer be set right. At once: Bun would begin another read, and never end.
    const letGo = () => input.setRawMode(false).destroy()
    input.on("data", (typed) => {
      const keys = [...String(typed).replaceAll(SEQUENCE, "")]
      const last = keys.findIndex((key) => {
        if (key === INTERRUPT || isEnd(key, mayHaveLines ? text : "")) return true
        text = edited(text, key)
        return false
      })
      if (last === -1) return
      letGo()
      if (keys[last] === INTERRUPT) reject(new Failure("interrupted", "interrupted"))
      else resolve(text)
    })
    // Who hangs up has said all.
    input.once("end", () => {
      letGo()
      resolve(text)
    })
    input.once("error", () => {
      letGo()
      reject(new Failure("usage", "prompt_impossible"))
    })
  })
}

function isEnd(key: string, lines: string): boolean {
  return key === END || (LINE_ENDS.includes(key) && isWhole(lines))
}

function edited(text: string, key: string): string {
  if (key === CLEAR) return ""
  if (LINE_ENDS.includes(key)) return `${text}\n`
  if (BACK.includes(key)) return [...text].slice(0, -1).join("")
  return key < " " && key !== "\t" ? text : text + key
}

/** Whether a key that is pasted has come to its end: the rest must not be left for the shell. */
function isWhole(text: string): boolean {
  if (text.trimStart().startsWith("{")) return readJson(text).problem === undefined
  return !text.includes("-----BEGIN ") || text.includes("-----END ")
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
