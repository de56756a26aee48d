/** Opens an encrypted token. What is inside comes out only when its tag has been verified. */

import { memberOf, type OfferedKey, type Reading, read, textMember } from "@jotkit/inspect"
import { type DecryptedJwe, decryptJweAsync, isJwtError, type KeyInput } from "jotkit"
import { escapeControls } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import { indentJson, type Json, JsonText } from "../frame/json.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { isObjectText } from "../input/claims.ts"
import { isKeyManagement, PASSWORD_ALGORITHMS } from "../input/encryption.ts"
import { type Rules, rulesFor } from "../input/judging.ts"
import { keysAt, optionalKeysOf, protectedText } from "../input/keys.ts"
import { chosenValue, partOf } from "../input/show.ts"
import { oneToken } from "../input/token.ts"
import { verifyOne } from "./verify.ts"

/** A key, and what it may be used for. */
interface Opener {
  readonly key: KeyInput
  readonly algorithms: readonly string[]
}

/** What may be expected of the token inside. */
const EXPECTATIONS = [
  "iss",
  "aud",
  "sub",
  "typ",
  "require",
  "max-age",
  "nonce",
  "jti",
  "leeway",
  "policy",
  "strict",
] as const

/** `jot decrypt`. */
export const command: Command = async (session) => {
  const named = session.options.list("alg")
  const password = await protectedText("password", session)
  const { keys } = await optionalKeysOf(session)
  if (password === undefined && keys.length === 0) throw new Failure("usage", "key_missing")
  const reading = await oneToken(session)
  if (reading.form !== "jwe") throw new Failure("input", "not_encrypted")
  const openers = [
    ...(password === undefined ? [] : [{ key: password, algorithms: named ?? PASSWORD_ALGORITHMS }]),
    ...fitting(keys, reading).map((key) => openerOf(key, named)),
  ]
  const rules = await nestedRules(session)
  const opened = await openWith(openers, reading)
  const text = textOfPlain(opened.plaintext)
  if (rules !== undefined) return verifiedInside(text, session, rules)
  const notes = [{ level: "info" as const, text: session.say("decrypted_only") }]
  const value = chosenValue(asSigned(reading, opened.plaintext), session)
  if (value !== undefined)
    return { code: "ok", members: { decrypted: true, value: value.json }, text: value.text, notes }
  return {
    code: "ok",
    members: { decrypted: true, header: partOf(reading.header), payload: payloadOf(text) },
    text: dataOf(opened.plaintext, text, session),
    notes,
  }
}

/** Header and plaintext as one reads them where nothing is encrypted. */
function asSigned({ header }: Reading, plaintext: Uint8Array): Reading {
  return read(`${header?.text ?? ""}.${Buffer.from(plaintext).toString("base64url")}.`)
}

/** What the token inside is judged by, where a key for it is given. */
async function nestedRules(session: Session): Promise<Rules | undefined> {
  const { options } = session
  const sources = options.list("verify-key")
  const stray = [...EXPECTATIONS, "verify-alg" as const].find((name) => options.has(name))
  if (sources === undefined && stray !== undefined) throw new Failure("usage", "flag_needed", "verify-key")
  if (sources === undefined) return undefined
  const read: OfferedKey[] = []
  for (const source of sources) read.push(...(await keysAt(source, session)).keys)
  return rulesFor({ keys: read, texts: [], encoding: "utf8" }, options.list("verify-alg"), session)
}

/** Encryption says nothing of the sender: that is what the signature inside is for, so the answer is that of `verify`. */
async function verifiedInside(text: string | undefined, session: Session, rules: Rules): Promise<Answer> {
  const inside = read(text?.trim() ?? "")
  if (inside.form !== "jws") throw new Failure("input", "not_nested")
  return verifyOne(inside, session, rules)
}

/** In a set the keys with the token's `kid`, where there are any. */
function fitting(keys: readonly OfferedKey[], reading: Reading): readonly OfferedKey[] {
  const keyId = textMember(reading.header?.json?.root, "kid")
  const named = keys.filter((key) => key.keyId !== undefined && key.keyId === keyId)
  return named.length > 0 ? named : keys
}

function openerOf({ jwk, isPrivate, isSymmetric }: OfferedKey, named: readonly string[] | undefined): Opener {
  if (jwk === undefined || !(isPrivate || isSymmetric)) throw new Failure("key", "decrypt_private")
  const own = jwk.algorithm !== undefined && isKeyManagement(jwk.algorithm) ? [jwk.algorithm] : undefined
  const algorithms = named ?? own
  if (algorithms === undefined) throw new Failure("usage", "alg_missing")
  return { key: jwk, algorithms }
}

/** Tries one key after the other; the last refusal is told. */
async function openWith(openers: readonly Opener[], reading: Reading): Promise<DecryptedJwe> {
  const token = reading.serialization === "compact" ? reading.text : (JSON.parse(reading.text) as object)
  let refusal: unknown
  for (const { key, algorithms } of openers) {
    try {
      // Compressed content is opened too: the library bounds what may come out.
      return await decryptJweAsync(token, key, { algorithms, zip: true })
    } catch (error) {
      if (!isJwtError(error)) throw error
      refusal = isLimit(error.code, reading) ? new Failure("key", "decryption_limit") : error
    }
  }
  throw refusal
}

/** The library's own bound for the text of a token. What is too large behind it has been opened. */
const MAX_CHARACTERS = 262_144
const PBES2_COUNTS = [1000, 1_200_000] as const

/** Whether it was the work asked for, or what came out, that was too much: the token itself was read. */
function isLimit(code: string, { text, header }: Reading): boolean {
  if (code === "token_too_large") return text.length <= MAX_CHARACTERS
  const count = memberOf(header?.json?.root, "p2c")?.value
  if (code !== "header_invalid" || count?.type !== "number") return false
  return Number(count.value) < PBES2_COUNTS[0] || Number(count.value) > PBES2_COUNTS[1]
}

function textOfPlain(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function payloadOf(text: string | undefined): Json {
  return text !== undefined && isObjectText(text) ? new JsonText(text) : text
}

function dataOf(bytes: Uint8Array, text: string | undefined, { paint }: Session): string | Uint8Array {
  if (text !== undefined && isObjectText(text)) return `${paint("payload", indentJson(text))}\n`
  // A token inside is a token to go on with.
  if (text !== undefined && read(text.trim()).form === "jws") return `${text.trim()}\n`
  return text !== undefined && process.stdout.isTTY === true ? `${escapeControls(text)}\n` : bytes
}
