/** Keys and secrets, from wherever the user keeps them. */

import { statSync } from "node:fs"
import { type OfferedKey, readKeys, type SecretEncoding, textOf as wordsFor } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { catalogueOf } from "./catalogue.ts"
import { isSource, markOf, readDescriptor, readFile, readSource, readVariable, textOf } from "./source.ts"

/** What was given, as keys and as it stood there. */
export interface Keyring {
  readonly keys: readonly OfferedKey[]
  /** For a search of what went wrong; never printed. */
  readonly texts: readonly string[]
  readonly encoding: SecretEncoding
}

const ENCODINGS: readonly SecretEncoding[] = ["utf8", "base64", "base64url", "hex"]
/** Refusals of a key that was read, beside those of a file that holds none. */
const KEY_PROBLEMS: ReadonlySet<string> = new Set(["key_too_short", "jwk_algorithm_unknown", "key_unsuitable"])

/**
 * Reads every key of the command line.
 *
 * @throws Failure `usage` if there is none; `input` for a file without a key; `key` for an empty secret and one that is a key.
 */
export async function keysOf(session: Session): Promise<Keyring> {
  const ring = await optionalKeysOf(session)
  if (ring.keys.length === 0) throw new Failure("usage", "key_missing")
  return ring
}

/** As `keysOf`, where none is needed. */
export async function optionalKeysOf(session: Session): Promise<Keyring> {
  const { options } = session
  const encoding = options.choice("secret-encoding", ENCODINGS) ?? "utf8"
  const read = [
    ...(await each(options.list("key") ?? [], (source) => keysAt(source, session))),
    ...(await secretsOf(session, encoding)),
  ]
  return { keys: read.flatMap(({ keys }) => keys), texts: read.map(({ text }) => text), encoding }
}

interface Read {
  readonly keys: readonly OfferedKey[]
  readonly text: string
}

/** One after the other: two prompts at once would confuse anybody. */
async function each<Item, Result>(items: readonly Item[], make: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await make(item))
  return results
}

/**
 * The keys at one place.
 *
 * @param source - A file, inline JSON, an address, or what `readSource` takes.
 */
export async function keysAt(source: string, session: Session): Promise<Read> {
  const isInline = source.trimStart().startsWith("{")
  const name = isInline ? "JSON" : source
  const bytes = await keyBytes(source, isInline, session)
  const passphrase = await protectedText("passphrase", session)
  const keys = await readKeys(bytes, passphrase === undefined ? {} : { passphrase })
  await refuseUnusable(keys, name, session)
  if (keys.some(({ isPrivate }) => isPrivate)) warnOfOpenFile(source, isInline, session)
  return { keys, text: textOf(bytes) }
}

async function keyBytes(source: string, isInline: boolean, session: Session): Promise<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text)
  if (isInline) return encode(source)
  if (/^https?:/i.test(source)) {
    const { fetchText } = await import("./network.ts")
    return encode(await fetchText(source, session))
  }
  if (/^[a-z][a-z0-9+.]*:\/\//i.test(source)) throw new Failure("usage", "url_not_https")
  return isSource(source) ? readSource(source, session, "key") : readFile(source)
}

async function refuseUnusable(keys: readonly OfferedKey[], name: string, session: Session): Promise<void> {
  if (keys.some(({ form, problem }) => form !== "secret" && problem === undefined)) return
  const [first] = keys
  const { problem, form } = first ?? {}
  if (form === "pkcs8_encrypted" || (problem !== undefined && KEY_PROBLEMS.has(problem)))
    throw new Failure("key", "key_refused", name, wordsFor(await catalogueOf(session), "check", problem ?? ""))
  throw new Failure("input", "no_key_in", name)
}

/** On systems where files have owners, a private key that others can read is hardly one. */
function warnOfOpenFile(source: string, isInline: boolean, { tell, say }: Session): void {
  const path = source.startsWith("@") ? source.slice(1) : source
  if (isInline || process.platform === "win32" || (isSource(source) && path === source) || /^https?:/i.test(source))
    return
  const { mode } = statSync(path)
  if ((mode & 0o077) !== 0) tell({ level: "warning", text: say("file_open", path) })
}

async function secretsOf(session: Session, encoding: SecretEncoding): Promise<Read[]> {
  const texts = await secretBytes(session, encoding)
  return each(texts, async ({ bytes, name }) => {
    // Of a secret that is written in letters its letters count; any other is its bytes, whatever they look like.
    const keys = await readKeys(encoding === "utf8" ? bytes : textOf(bytes), { asSecret: true, encoding })
    const mark = encoding === "utf8" ? markOf(bytes) : undefined
    if (mark !== undefined) session.tell({ level: "warning", text: session.say("secret_marked", name, mark) })
    const problem = keys[0]?.problem
    if (problem !== undefined)
      throw new Failure("key", "key_refused", name, wordsFor(await catalogueOf(session), "check", problem))
    return { keys, text: textOf(bytes) }
  })
}

interface Secret {
  readonly bytes: Uint8Array
  readonly name: string
}

async function secretBytes(session: Session, encoding: SecretEncoding): Promise<Secret[]> {
  const { options } = session
  const line = (bytes: Uint8Array) => {
    const bare = options.has("secret-raw") || encoding !== "utf8" ? bytes : withoutLineEnd(bytes)
    if (bare.length < bytes.length && options.has("verbose"))
      session.tell({ level: "info", text: session.say("line_end_removed") })
    return bare
  }
  const secrets: Secret[] = []
  const add = (name: string, bytes: Uint8Array) => secrets.push({ name, bytes })
  const file = options.text("secret-file")
  if (file !== undefined) add(file, line(file === "-" ? await readSource("-", session) : await readFile(file)))
  const descriptor = options.text("secret-fd")
  if (descriptor !== undefined) add(`fd:${descriptor}`, line(await readDescriptor(descriptor)))
  if (options.has("secret-prompt")) add("prompt", await readSource("prompt", session, "secret"))
  const variable = options.text("secret-env")
  if (variable !== undefined) add(`env:${variable}`, new TextEncoder().encode(readVariable(variable, session)))
  const literal = options.text("secret")
  if (literal !== undefined) add("--secret", literalSecret(literal, session))
  return secrets
}

/** What stands on a command line stands in the list of processes and in the history of the shell, too. */
function literalSecret(text: string, { options, tell, say }: Session): Uint8Array {
  if (!options.has("allow-argv-secrets")) tell({ level: "warning", text: say("secret_in_argv"), isAlways: true })
  return new TextEncoder().encode(text)
}

/** Editors and `echo` end a file with a line end that is no part of the secret: exactly one is left out. */
function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1)
}

/**
 * A passphrase or password. A bare word is refused: it would stand in the list of processes.
 *
 * @throws Failure `usage` for a bare word.
 */
export async function protectedText(name: "passphrase" | "password", session: Session): Promise<string | undefined> {
  const source = session.options.text(name)
  if (source === undefined) return undefined
  if (!isSource(source)) throw new Failure("usage", "bare_secret", name)
  return textOf(await readSource(source, session, name)).replace(/\r?\n$/, "")
}
