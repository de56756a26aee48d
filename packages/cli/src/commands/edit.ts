/** Opens what a token says in an editor, and signs what came of it. */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Reading } from "@jotkit/inspect"
import { EXIT_CODES, Failure } from "../frame/failure.ts"
import { indentJson, writeJson } from "../frame/json.ts"
import type { Command, Session } from "../frame/session.ts"
import { Members } from "../input/claims.ts"
import { roundTrip, warnWithoutExpiry } from "../input/payload.ts"
import { partOf } from "../input/show.ts"
import { signingKeyOf } from "../input/signing-key.ts"
import { readFile, textOf } from "../input/source.ts"
import { oneToken } from "../input/token.ts"
import { signedAnswer } from "./sign.ts"

/** `jot edit`. */
export const command: Command = async (session) => {
  if (session.options.has("no-input")) throw new Failure("usage", "prompt_forbidden")
  const signer = await signingKeyOf(session)
  const reading = await oneToken(session)
  refuseUneditable(reading)
  const before = `${indentJson(writeJson({ header: partOf(reading.header), payload: partOf(reading.payload) }))}\n`
  const { text, header } = roundTrip(await edited(before, session))
  if (header.get("b64") === "false") throw new Failure("input", "edit_unencoded")
  warnWithoutExpiry(Members.read(text), session)
  return signedAnswer({ content: text, header }, [signer], session)
}

/** Told before the editor opens: nobody types in vain. RFC 7797, section 7, keeps a payload that is not encoded out of JWTs. */
function refuseUneditable({ header, payload, isUnencoded }: Reading): void {
  if (header?.json?.root?.type !== "object") throw new Failure("input", "header_unreadable")
  if (isUnencoded) throw new Failure("input", "edit_unencoded")
  if (payload?.json?.root?.type !== "object") throw new Failure("input", "edit_no_claims")
}

/** The text after the editor: a file that only its owner reads, and that is gone whatever happens. */
async function edited(text: string, { env }: Session): Promise<string> {
  const editor = [env["VISUAL"], env["EDITOR"]].find((one) => one !== undefined && one !== "")
  if (editor === undefined) throw new Failure("usage", "editor_missing")
  const folder = mkdtempSync(join(tmpdir(), "jot-"))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once("exit", remove)
  try {
    const file = join(folder, "token.json")
    writeFileSync(file, text, { mode: 0o600 })
    await runEditor(editor, { ...env, JOT_FILE: file })
    return textOf(await readFile(file))
  } finally {
    remove()
    process.off("exit", remove)
  }
}

/** An editor may be named with its flags (`code --wait`), as in every program that asks for one. Ctrl-C is a key of it while it runs. */
async function runEditor(editor: string, env: Session["env"]): Promise<void> {
  // The shell, too, outlives Ctrl-C; what it starts does not inherit that.
  const line = process.platform === "win32" ? `${editor} "%JOT_FILE%"` : `trap : INT; ${editor} "$JOT_FILE"`
  const listeners = process.listeners("SIGINT")
  process.removeAllListeners("SIGINT").on("SIGINT", leaveToEditor)
  for (const signal of ENDINGS) process.once(signal, endInOrder)
  try {
    const child = spawn(line, { shell: true, stdio: "inherit", env })
    const [status, signal] = (await once(child, "exit")) as [number | null, string | null]
    if (signal !== null || (status ?? 0) > BY_SIGNAL) throw new Failure("interrupted", "interrupted")
    if (status !== 0) throw new Failure("io", "editor_failed")
  } finally {
    process.off("SIGINT", leaveToEditor)
    for (const listener of listeners) process.on("SIGINT", listener)
    for (const signal of ENDINGS) process.off(signal, endInOrder)
  }
}

/** What would end the program at once, and leave the file behind. */
const ENDINGS = ["SIGTERM", "SIGHUP"] as const

function endInOrder(): void {
  process.exit(EXIT_CODES.interrupted)
}

/** Above this a shell says that a signal ended what it ran. */
const BY_SIGNAL = 128

function leaveToEditor(): void {
  // The terminal told both.
}
