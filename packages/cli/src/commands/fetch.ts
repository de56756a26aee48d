/** Fetches a key set from an address that the user typed, or from the issuer's. */

import { compare, read, readKeys } from "@jotkit/inspect"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import { indentJson, JsonText } from "../frame/json.ts"
import type { Command, Session } from "../frame/session.ts"
import { writeNew } from "../frame/streams.ts"
import { fetchKeys } from "../input/discovery.ts"
import { readPlace, textOf } from "../input/source.ts"
import { lineOf } from "./diff.ts"

/** `jot jwks fetch`. */
export const command: Command = async (session) => {
  const { operands, options, say } = session
  const [operand] = operands
  if (operand === undefined) throw new Failure("usage", "url_invalid")
  const old = await oldText(session)
  const { url, text, cache } = await fetchKeys(operand, session)
  await refuseUnfit(text)
  const set = `${indentJson(text)}\n`
  const file = options.text("save")
  if (file !== undefined) await writeNew(file, set, { isSecret: false, force: options.has("force") })
  const notes = Object.entries(cache).map(([name, value]) => ({
    level: "info" as const,
    text: escapeLine(`${name}: ${value}`),
  }))
  const found = Object.keys(cache).length === 0 ? [{ level: "info" as const, text: say("cache_silent") }] : notes
  const members = { url, cache, jwks: new JsonText(text) }
  if (old === undefined) return { code: "ok", members, text: set, notes: found }
  const differences = compare(read(old), read(text.trim()))
  return {
    code: differences.length === 0 ? "ok" : "negative",
    members: { ...members, differences: differences.map((difference) => ({ ...difference })) },
    text: differences.map((difference) => lineOf(difference, session)).join(""),
    notes: found,
  }
}

async function oldText(session: Session): Promise<string | undefined> {
  const source = session.options.text("diff")
  if (source === undefined) return undefined
  const text = textOf(await readPlace(source, session)).trim()
  if (read(text).form !== "jwks") throw new Failure("input", "no_set_in", source)
  return text
}

/** A private half that is published is everybody's: it goes nowhere from here. */
async function refuseUnfit(text: string): Promise<void> {
  if (read(text.trim()).form !== "jwks") throw new Failure("network", "no_key_set")
  const keys = await readKeys(text)
  if (keys.some(({ isPrivate, isSymmetric }) => isPrivate || isSymmetric)) throw new Failure("key", "published_private")
}
