/** Opens what a token says in an editor, and signs what came of it. */

import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Failure } from "../frame/failure.ts"
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
  if (reading.header?.json?.root?.type !== "object") throw new Failure("input", "header_unreadable")
  const before = `${indentJson(writeJson({ header: partOf(reading.header), payload: partOf(reading.payload) }))}\n`
  const { text, header } = roundTrip(await edited(before, session))
  warnWithoutExpiry(Members.read(text), session)
  return signedAnswer({ content: text, header }, [signer], session)
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
    // An editor may be named with its flags (`code --wait`), as in every program that asks for one.
    const isWindows = process.platform === "win32"
    const { status } = spawnSync(`${editor} ${isWindows ? '"%JOT_FILE%"' : '"$JOT_FILE"'}`, {
      shell: true,
      stdio: "inherit",
      env: { ...env, JOT_FILE: file },
    })
    if (status !== 0) throw new Failure("io", "editor_failed")
    return textOf(await readFile(file))
  } finally {
    remove()
    process.off("exit", remove)
  }
}
