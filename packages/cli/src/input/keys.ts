/** Keys and secrets, from wherever the user keeps them. */

import { statSync } from "node:fs"
import { type OfferedKey, readKeys, type SecretEncoding, textOf as wordsFor } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { catalogueOf } from "./catalogue.ts"
import { type KeyContent, keyContent } from "./key-content.ts"
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

/**
 * As `keysOf`, where none is needed.
 *
 * @param mayBeMistaken - A secret that is a key is answered with its problem, for whoever tells of it in other words.
 */
export async function optionalKeysOf(session: Session, mayBeMistaken = false): Promise<Keyring> {
  const { options } = session
  const encoding = options.choice("secret-encoding", ENCODINGS) ?? "utf8"
  const read = [
    ...(await each(options.list("key") ?? [], (source) => keysAt(source, session))),
    ...(await secretsOf(session, encoding, mayBeMistaken)),
  ]
  return { keys: read.flatMap(({ keys }) => keys), texts: read.map(({ text }) => text), encoding }
}

/** What one place holds. */
export interface Read {
  readonly keys: readonly OfferedKey[]
  readonly text: string
  readonly bytes: Uint8Array
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
 * @param source - A file, inline JSON, an address, `issuer:` and an address, or what `readSource` takes.
 */
export async function keysAt(source: string, session: Session): Promise<Read> {
  const isInline = source.trimStart().startsWith("{")
  const name = isInline ? "JSON" : source
  const bytes = await keyBytes(source, session)
  const passphrase = await protectedText("passphrase", session)
  const keys = await read(await keyContent(bytes, name, passphrase), name, passphrase)
  await refuseUnusable(keys, name, session)
  if (keys.some(({ isPrivate, isSymmetric, form }) => isPrivate || (isSymmetric && form !== "secret")))
    warnOfOpenPlace(source, isInline, session)
  return { keys: keys.map((key, index) => ({ ...key, index })), text: textOf(bytes), bytes }
}

async function read(
  { content, form, isSealed = false }: KeyContent,
  name: string,
  passphrase: string | undefined,
): Promise<OfferedKey[]> {
  const keys = await readKeys(content, passphrase === undefined ? {} : { passphrase })
  // The platform does not say whether it was the passphrase: that it was is likeliest by far.
  if (isSealed && keys.every(({ jwk }) => jwk === undefined)) throw new Failure("key", "passphrase_wrong", name)
  return form === undefined ? keys : keys.map((key) => ({ ...key, form }))
}

/** The bytes at the place of a key, unread. */
export async function keyBytes(source: string, session: Session): Promise<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text)
  if (source.trimStart().startsWith("{")) return encode(source)
  if (/^(?:issuer:|https?:)/i.test(source)) {
    const { fetchKeys } = await import("./discovery.ts")
    return encode((await fetchKeys(source, session)).text)
  }
  if (/^[a-z][a-z0-9+.]*:\/\//i.test(source)) throw new Failure("usage", "url_not_https")
  return isSource(source) ? readSource(source, session, "key") : readFile(source)
}

/** Tells of each key of a set that cannot be used, and why: otherwise it would be missing without a word. */
export async function tellUnusable(keys: readonly OfferedKey[], session: Session): Promise<void> {
  for (const { index, problem } of keys) {
    if (problem === undefined) continue
    const why = wordsFor(await catalogueOf(session), "check", problem)
    session.tell({ level: "warning", text: session.say("key_left_out", String(index + 1), why) })
  }
}

async function refuseUnusable(keys: readonly OfferedKey[], name: string, session: Session): Promise<void> {
  if (keys.some(({ form, problem }) => form !== "secret" && problem === undefined)) return
  const [first] = keys
  const { problem, form, keyType } = first ?? {}
  // An object without `kty` is some other JSON, and what has no form of a key is taken for a secret.
  const isNone = problem === undefined || form === "secret" || (form === "jwk" && keyType === undefined)
  if (isNone) throw new Failure("input", "no_key_in", name)
  const why = wordsFor(await catalogueOf(session), "check", problem)
  throw new Failure(KEY_PROBLEMS.has(problem) ? "key" : "input", "key_refused", name, why)
}

/** Where others can read it, a private key is hardly one: in a file that is open to them, and on a command line. */
function warnOfOpenPlace(source: string, isInline: boolean, session: Session): void {
  const { tell, say, options } = session
  if (!isInline) warnOfOpenFile(source, session)
  else if (!options.has("allow-argv-secrets")) tell({ level: "warning", text: say("key_in_argv") })
}

/** Only where files have owners; pipes and descriptors are not files. */
function warnOfOpenFile(source: string, { tell, say }: Session): void {
  const path = source.startsWith("@") ? source.slice(1) : source
  if (process.platform === "win32" || (isSource(source) && path === source)) return
  const status = statSync(path, { throwIfNoEntry: false })
  if (status?.isFile() === true && (status.mode & 0o077) !== 0) tell({ level: "warning", text: say("file_open", path) })
}

async function secretsOf(session: Session, encoding: SecretEncoding, mayBeMistaken: boolean): Promise<Read[]> {
  const texts = await secretBytes(session, encoding)
  return each(texts, async ({ bytes, name }) => {
    // Of a secret that is written in letters its letters count; any other is its bytes, whatever they look like.
    const keys = await readKeys(encoding === "utf8" ? bytes : textOf(bytes), { asSecret: true, encoding })
    const mark = encoding === "utf8" ? markOf(bytes) : undefined
    if (mark !== undefined) session.tell({ level: "warning", text: session.say("secret_marked", name, mark) })
    const problem = keys[0]?.problem
    if (problem !== undefined && !(mayBeMistaken && problem === "secret_is_key_material"))
      throw new Failure("key", "key_refused", name, wordsFor(await catalogueOf(session), "check", problem))
    if (name === session.options.text("secret-file")) warnOfOpenFile(name, session)
    return { keys, text: textOf(bytes), bytes }
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

/** The flags that name a place of a passphrase or password. */
type ProtectedName = "passphrase" | "password" | "new-passphrase"

/** Asked for once, however many keys there are. */
const protectedTexts = new WeakMap<Session, Map<string, string>>()

/**
 * A passphrase that is to protect something from now on. Typed, it is asked for twice: what is mistyped once would lock its owner out.
 *
 * @throws Failure as `protectedText`; `usage` for two answers that differ.
 */
export async function newPassphrase(name: ProtectedName, session: Session): Promise<string | undefined> {
  const text = await protectedText(name, session)
  if (session.options.text(name) !== "prompt") return text
  const again = textOf(await readSource("prompt", session, "again"))
  if (again !== text) throw new Failure("usage", "passphrase_differs")
  return text
}

/**
 * A passphrase or password. A bare word is refused: it would stand in the list of processes.
 *
 * @throws Failure `usage` for a bare word; `key` for an empty one.
 */
export async function protectedText(name: ProtectedName, session: Session): Promise<string | undefined> {
  const source = session.options.text(name)
  if (source === undefined) return undefined
  const known = protectedTexts.get(session) ?? new Map<string, string>()
  protectedTexts.set(session, known)
  const text = known.get(name) ?? (await askedText(name, source, session))
  known.set(name, text)
  return text
}

async function askedText(name: ProtectedName, source: string, session: Session): Promise<string> {
  if (!isSource(source)) throw new Failure("usage", "bare_secret", name)
  const what = name === "new-passphrase" ? "passphrase" : name
  const text = textOf(await readSource(source, session, what)).replace(/\r?\n$/, "")
  if (text === "") throw new Failure("key", "password_empty")
  return text
}
