/** Keys: made, converted, looked at, compared. */

import type { OfferedKey } from "@jotkit/inspect"
import { Jwk, listAlgorithms } from "jotkit"
import { columns } from "../frame/columns.ts"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import { nearest } from "../frame/nearest.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { KEY_FORMS, type KeyFormName, usable, type Written, writeKeys } from "../input/key-forms.ts"
import { keysAt, protectedText } from "../input/keys.ts"
import { minimumBits } from "../input/strength.ts"

const LEAST_RSA_BITS = 2048

/** `jot key generate`. */
export const generate: Command = async (session) => {
  const { options, say } = session
  const [algorithm, ...others] = options.list("alg") ?? []
  if (algorithm === undefined || others.length > 0) throw new Failure("usage", "generate_alg")
  const bits = bitsOf(session)
  // What may not be shown is not made, and nobody waits in vain for an answer.
  if (isOnTerminal(session)) throw new Failure("usage", "private_on_terminal")
  const passphrase = await protectedText("passphrase", session)
  session.progress(say("progress_key"))
  const made = await make(algorithm, bits)
  const wanted = options.text("kid")
  const keyId = wanted === "thumbprint" && !made.isSymmetric ? await made.thumbprintAsync() : wanted
  const key = keyId === undefined ? made : Jwk.from(made.toPrivateJSON(), { keyId })
  const written = await writeKeys([key], options.choice("to", KEY_FORMS) ?? "jwk", passphrase)
  return answerOf(written, session, [{ level: "info", text: say("key_made", algorithm) }])
}

async function make(algorithm: string, modulusLength: number | undefined): Promise<Jwk> {
  try {
    return await Jwk.generateAsync(algorithm, modulusLength === undefined ? {} : { modulusLength })
  } catch (error) {
    const near = nearest(algorithm, listAlgorithms())
    if ((error as { code?: string }).code !== "algorithm_unknown") throw error
    throw near === undefined ? new Failure("usage", "alg_unknown") : new Failure("usage", "alg_unknown_near", near)
  }
}

function bitsOf({ options }: Session): number | undefined {
  const text = options.text("bits")
  if (text === undefined) return undefined
  const bits = Number(text)
  if (!/^\d{4,5}$/.test(text) || bits < LEAST_RSA_BITS || bits > 16_384) throw new Failure("usage", "bits_invalid")
  return bits
}

/** Private keys go to files and pipes; on a terminal they would stay on the screen and in its history. */
function isOnTerminal({ options }: Session): boolean {
  return process.stdout.isTTY === true && !options.has("out") && !options.has("force")
}

function answerOf({ data, json, isSecret }: Written, session: Session, notes: Answer["notes"] = []): Answer {
  if (isSecret && isOnTerminal(session)) throw new Failure("usage", "private_on_terminal")
  return { code: "ok", members: { key: json }, text: data, isSecret, notes }
}

/** `jot key convert`. */
export const convert: Command = async (session) => {
  const { options } = session
  const { keys } = await keysAt(operandOf(session), session)
  const to = options.choice("to", KEY_FORMS)
  if (to === undefined) throw new Failure("usage", "flag_needed", "to")
  const all = usable(keys)
  const chosen = options.has("public") ? all.map(publicHalf) : all
  return answerOf(await writeKeys(chosen, to, undefined), session)
}

/** `jot key public`: in the form that the key came in. */
export const publicKeys: Command = async (session) => {
  const { keys } = await keysAt(operandOf(session), session)
  return answerOf(await writeKeys(usable(keys).map(publicHalf), formOf(keys[0]), undefined), session)
}

function formOf(key: OfferedKey | undefined): KeyFormName {
  const form = key?.form
  if (form === "jwk" || form === "jwks" || form === "der") return form
  return "pem"
}

/** The public half; a secret has none. */
export function publicHalf(key: Jwk): Jwk {
  if (key.isSymmetric) throw new Failure("key", "secret_not_public")
  return key.isPrivate ? key.publicKey() : key
}

/** `jot key thumbprint`. */
export const thumbprint: Command = async (session) => {
  const { keys } = await keysAt(operandOf(session), session)
  if (keys.some(({ isSymmetric }) => isSymmetric)) throw new Failure("key", "secret_not_public")
  const thumbprints = keys.flatMap((key) => key.thumbprint ?? [])
  return { code: "ok", members: { thumbprints }, text: thumbprints.map((one) => `${one}\n`).join("") }
}

/** `jot key inspect`. */
export const inspect: Command = async (session) => {
  const { keys } = await keysAt(operandOf(session), session)
  const weak = keys.filter((key) => isWeak(key))
  const notes = weak.map(({ bits = 0, keyType = "" }) => ({
    level: "warning" as const,
    text: session.say("key_weak", String(bits), keyType, String(keyType === "RSA" ? LEAST_RSA_BITS : 256)),
  }))
  return { code: "ok", members: { keys: keys.map(described) }, text: keyTable(keys, session), notes }
}

/** By what its algorithm asks for; a secret without one by the least that any asks for. */
function isWeak({ bits, keyType, algorithm }: OfferedKey): boolean {
  const least =
    minimumBits(algorithm ?? "") ?? (keyType === "RSA" ? LEAST_RSA_BITS : keyType === "oct" ? 128 : undefined)
  return bits !== undefined && least !== undefined && bits < least
}

/** What a key is to whoever has it. */
type KeyKind = "secret" | "private" | "public" | "unusable"

/** What may be said of a key: nothing of its secret parts. */
export function described(key: OfferedKey): { readonly [name: string]: string | number | undefined } {
  const { form, keyType, curve, keyId, algorithm, use, bits, isPrivate, isSymmetric, problem } = key
  const kind = isSymmetric ? "secret" : isPrivate ? "private" : "public"
  return {
    form,
    kind: problem === undefined ? kind : "unusable",
    kty: keyType,
    crv: curve,
    bits,
    alg: algorithm ?? key.jwk?.algorithm,
    use,
    kid: keyId,
    thumbprint: key.thumbprint,
    problem,
  }
}

const HEADS = ["kind", "kty", "crv", "bits", "alg", "use", "kid", "thumbprint"] as const

/** Keys one below the other. What none of them has is left out. */
export function keyTable(keys: readonly OfferedKey[], { paint, say }: Session): string {
  const facts = keys.map(described)
  const heads = HEADS.filter((name) => facts.some((fact) => fact[name] !== undefined))
  const rows = facts.map((fact) => heads.map((name) => shownFact(name, fact[name], say)))
  const table = columns([heads.map((name) => say(`key.${name}`)), ...rows], {
    paint: (text, _, row) => (row === 0 ? paint("faint", text) : text),
    indent: "",
  })
  return table.map((line) => `${line}\n`).join("")
}

function shownFact(name: (typeof HEADS)[number], value: unknown, say: Session["say"]): string {
  if (value === undefined) return "-"
  return name === "kind" ? say(`kind.${value as KeyKind}`) : escapeLine(String(value))
}

/** `jot key match`. */
export const match: Command = async (session) => {
  const [one = "", other = ""] = session.operands
  if (other === "") throw new Failure("usage", "operands_two")
  const left = usable((await keysAt(one, session)).keys)
  const right = usable((await keysAt(other, session)).keys)
  const [first, second] = [left[0], right[0]]
  if (first === undefined || second === undefined || left.length + right.length > 2)
    throw new Failure("usage", "key_form_one", "match")
  const isSame = await areSame(first, second)
  return {
    code: isSame ? "ok" : "negative",
    members: { match: isSame },
    text: `${session.say(isSame ? "keys_match" : "keys_differ")}\n`,
  }
}

async function areSame(one: Jwk, other: Jwk): Promise<boolean> {
  if (one.isSymmetric || other.isSymmetric)
    return one.isSymmetric && other.isSymmetric && one.toPrivateJSON()["k"] === other.toPrivateJSON()["k"]
  return (await one.thumbprintAsync()) === (await other.thumbprintAsync())
}

function operandOf({ operands }: Session): string {
  const [operand] = operands
  if (operand !== undefined) return operand
  if (process.stdin.isTTY === true) throw new Failure("usage", "key_file_missing")
  return "-"
}
