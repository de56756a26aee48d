/** Key sets: put together, changed, listed. What is published holds public halves only. */

import { lint as lintReading, type OfferedKey, read } from "@jotkit/inspect"
import { Jwk } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { writeKeys } from "../input/key-forms.ts"
import { keysAt } from "../input/keys.ts"
import { described, keyTable, publicHalf } from "./key.ts"
import { linesOf } from "./lint.ts"

/** `jot jwks build`. */
export const build: Command = async (session) => {
  if (session.operands.length === 0) throw new Failure("usage", "key_file_missing")
  return setOf(await publicKeysAt(session.operands, session))
}

/** `jot jwks add`. */
export const add: Command = async (session) => {
  const [set, ...more] = session.operands
  if (set === undefined || more.length === 0) throw new Failure("usage", "operands_two")
  const keys = await publicKeysAt([set], session)
  const added = await publicKeysAt(more, session)
  const twin = added.find(({ keyId }) => keys.some((key) => key.keyId === keyId))
  if (twin !== undefined) throw new Failure("key", "kid_there", twin.keyId ?? "")
  return setOf([...keys, ...added])
}

/** `jot jwks remove`. */
export const remove: Command = async (session) => {
  const { keys, keyId } = await setAndKeyId(session)
  const kept = keys.filter((key) => key.keyId !== keyId)
  if (kept.length === keys.length) throw new Failure("key", "kid_unknown")
  return setOf(kept.flatMap(({ jwk }) => jwk ?? []).map(publicHalf))
}

/** `jot jwks get`. */
export const get: Command = async (session) => {
  const { keys, keyId } = await setAndKeyId(session)
  const found = keys.find((key) => key.keyId === keyId)?.jwk
  if (found === undefined) throw new Failure("key", "kid_unknown")
  const { data, json } = await writeKeys([publicHalf(found)], "jwk", undefined)
  return { code: "ok", members: { key: json }, text: data }
}

/** `jot jwks list`. */
export const list: Command = async (session) => {
  const { keys } = await keysAt(fileOf(session), session)
  return { code: "ok", members: { keys: keys.map(described) }, text: keyTable(keys, session) }
}

/** `jot jwks lint`. */
export const lint: Command = async (session) => {
  const { text } = await keysAt(fileOf(session), session)
  const findings = await lintReading(read(text.trim()), { now: session.now })
  const isBad = findings.some(({ severity }) => severity === "error")
  return { code: isBad ? "lint" : "ok", findings, text: await linesOf(findings, session) }
}

function fileOf({ operands }: Session): string {
  const [file] = operands
  if (file === undefined && process.stdin.isTTY === true) throw new Failure("usage", "key_file_missing")
  return file ?? "-"
}

async function setAndKeyId(session: Session): Promise<{ keys: readonly OfferedKey[]; keyId: string }> {
  const [file, keyId] = session.operands
  if (file === undefined || keyId === undefined) throw new Failure("usage", "operands_two")
  return { keys: (await keysAt(file, session)).keys, keyId }
}

/** The public halves of keys, each with a `kid`; a secret is refused. */
export async function publicKeysAt(sources: readonly string[], session: Session): Promise<Jwk[]> {
  const keys: Jwk[] = []
  for (const source of sources)
    for (const { jwk } of (await keysAt(source, session)).keys)
      if (jwk !== undefined) keys.push(await named(publicHalf(jwk)))
  return keys
}

/** Without a `kid` the thumbprint is one: the same key always gets the same. */
async function named(key: Jwk): Promise<Jwk> {
  return key.keyId === undefined ? Jwk.from(key.toJSON(), { keyId: await key.thumbprintAsync() }) : key
}

async function setOf(keys: readonly Jwk[]): Promise<Answer> {
  const { data, json } = await writeKeys(keys, "jwks", undefined)
  return { code: "ok", members: { jwks: json }, text: data }
}
