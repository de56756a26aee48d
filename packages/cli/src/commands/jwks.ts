/** Key sets: put together, changed, listed. What is published holds public halves only. */

import { lint as lintReading, type OfferedKey, read } from "@jotkit/inspect"
import { Jwk } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { writeKeys } from "../input/key-forms.ts"
import { keyBytes, keysAt, tellUnusable } from "../input/keys.ts"
import { textOf } from "../input/source.ts"
import { described, keyTable, publicHalf } from "./key.ts"
import { reporterOf, reportOf, severitiesFrom } from "./lint.ts"

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
  await tellUnusable(keys, session)
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

/** `jot jwks lint`: also of a set in which no key can be used. */
export const lint: Command = async (session) => {
  const counted = severitiesFrom(session)
  const reporter = reporterOf(session)
  const file = fileOf(session)
  const text = textOf(await keyBytes(file, session)).trim()
  const reading = read(text)
  if (reading.form !== "jwks" && reading.form !== "jwk") throw new Failure("input", "no_set_in", file)
  // What stands here is to be published: a private key alone is as bad as one in a set.
  const findings = await lintReading(reading, { now: session.now, severities: { "KEY-PRIVATE-LEAK": "error" } })
  const isBad = findings.some(({ severity }) => counted.includes(severity))
  return { code: isBad ? "lint" : "ok", findings, text: await reportOf(findings, reporter, session) }
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

/** The public halves of keys, as `pairsAt` reads them. */
export async function publicKeysAt(sources: readonly string[], session: Session): Promise<Jwk[]> {
  return (await pairsAt(sources, session)).map(publicHalf)
}

/**
 * Keys, public and private, each with a `kid`. The same key under the same `kid` counts once.
 *
 * @throws Failure `key` for a secret, and for two keys under one `kid`: readers would take either.
 */
export async function pairsAt(sources: readonly string[], session: Session): Promise<Jwk[]> {
  const found = new Map<string, Jwk>()
  for (const source of sources) {
    const { keys } = await keysAt(source, session)
    await tellUnusable(keys, session)
    for (const { jwk } of keys) if (jwk !== undefined) await put(found, jwk)
  }
  return [...found.values()]
}

async function put(found: Map<string, Jwk>, key: Jwk): Promise<void> {
  if (key.isSymmetric) throw new Failure("key", "secret_not_public")
  const thumbprint = await key.thumbprintAsync()
  // Without a `kid` the thumbprint is one: the same key always gets the same.
  const keyId = key.keyId ?? thumbprint
  const twin = found.get(keyId)
  if (twin !== undefined && (await twin.thumbprintAsync()) !== thumbprint) throw new Failure("key", "kid_there", keyId)
  if (twin?.isPrivate !== true) found.set(keyId, Jwk.from(key, { keyId }))
}

async function setOf(keys: readonly Jwk[]): Promise<Answer> {
  const { data, json } = await writeKeys(keys, "jwks", undefined)
  return { code: "ok", members: { jwks: json }, text: data }
}
