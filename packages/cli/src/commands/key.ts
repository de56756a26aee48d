/** Keys: made, converted, looked at, compared. */

import { X509Certificate } from "node:crypto"
import { type Finding, lint, type OfferedKey, read } from "@jotkit/inspect"
import type { Jwk } from "jotkit"
import { columns } from "../frame/columns.ts"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Json } from "../frame/json.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { KEY_FORMS, type KeyFormName, usable, type Written, writeKeys } from "../input/key-forms.ts"
import { keysAt, newPassphrase, tellUnusable } from "../input/keys.ts"
import { minimumBits } from "../input/strength.ts"
import { linesOf } from "./lint.ts"

const LEAST_SECRET_BITS = 128

/** Private keys go to files and pipes; on a terminal they would stay on the screen and in its history. */
export function refuseTerminal({ options }: Session): void {
  const isShown = process.stdout.isTTY === true && !options.has("out") && !options.has("force")
  if (isShown) throw new Failure("usage", "private_on_terminal")
}

/** A key as an answer; `refuseTerminal` says where it may not go. */
export function keyAnswer({ data, json, isSecret }: Written, session: Session, notes: Answer["notes"] = []): Answer {
  if (isSecret) refuseTerminal(session)
  return { code: "ok", members: { key: json }, text: data, isSecret, notes }
}

/** `jot key convert`. */
export const convert: Command = async (session) => {
  const { options } = session
  const to = options.choice("to", KEY_FORMS)
  if (to === undefined) throw new Failure("usage", "flag_needed", "to")
  const { keys } = await keysAt(operandOf(session), session)
  await tellUnusable(keys, session)
  const all = usable(keys)
  const chosen = options.has("public") ? all.map(publicHalf) : all
  return keyAnswer(await writeKeys(chosen, to, await newPassphrase("new-passphrase", session)), session)
}

/** `jot key public`: in the form that the key came in. */
export const publicKeys: Command = async (session) => {
  const { keys } = await keysAt(operandOf(session), session)
  await tellUnusable(keys, session)
  const chosen = usable(keys).map(publicHalf)
  // Several keys fit into a set, whatever they came in.
  const form = chosen.length > 1 ? "jwks" : formOf(keys[0])
  return keyAnswer(await writeKeys(chosen, form, undefined), session)
}

function formOf(key: OfferedKey | undefined): KeyFormName {
  const form = key?.form
  if (form === "jwk" || form === "jwks" || form === "der" || form === "openssh" || form === "pkcs1") return form
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
  const { keys, bytes } = await keysAt(operandOf(session), session)
  await tellUnusable(keys, session)
  const notes = keys.flatMap((key) => weakSecret(key, session))
  const certificates = certificatesIn(keys, bytes, session.now)
  const findings = (await Promise.all(keys.map((key) => weaknesses(key, session.now)))).flat()
  const members = { keys: keys.map(described), ...(certificates.length > 0 ? { certificates } : {}) }
  const found = findings.length > 0 ? await linesOf(findings, session) : ""
  const text = `${keyTable(keys, session)}${certificates.map((one) => certificateText(one, session)).join("")}${found}`
  return { code: "ok", members, findings, text, notes: [...notes, ...outdated(certificates, session)] }
}

/** What the rules say of the public half. Of a secret nothing may be shown that says what it is. */
async function weaknesses({ jwk, thumbprint }: OfferedKey, now: number): Promise<Finding[]> {
  if (jwk === undefined || thumbprint === undefined) return []
  return lint(read(JSON.stringify(publicHalf(jwk))), { now })
}

const CERTIFICATE_FACTS = ["subject", "issuer", "san", "serial", "fingerprint", "from", "to", "status"] as const

interface Certificate {
  readonly [name: string]: Json
  readonly status: "valid" | "early" | "expired"
}

/** The certificates of a file, the first first. Their chain is not judged. */
function certificatesIn(keys: readonly OfferedKey[], bytes: Uint8Array, now: number): Certificate[] {
  if (keys[0]?.form === "der") return certificateOf(bytes, now)
  if (keys[0]?.form !== "certificate") return []
  const blocks = Buffer.from(bytes)
    .toString("latin1")
    .match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)
  return (blocks ?? []).flatMap((block) => certificateOf(Buffer.from(block, "latin1"), now))
}

/** None for DER of another kind. */
function certificateOf(bytes: Uint8Array, now: number): Certificate[] {
  try {
    const { subject, issuer, subjectAltName, serialNumber, validFrom, validTo, fingerprint256 } = new X509Certificate(
      bytes,
    )
    const [from, to] = [Date.parse(validFrom), Date.parse(validTo)]
    const status = now * 1000 < from ? "early" : now * 1000 > to ? "expired" : "valid"
    const names = { subject, issuer, san: subjectAltName, serial: serialNumber, fingerprint: fingerprint256 }
    return [{ ...names, from: new Date(from).toISOString(), to: new Date(to).toISOString(), status }]
  } catch {
    return []
  }
}

function certificateText(certificate: Certificate, { paint, say, width }: Session): string {
  const facts = CERTIFICATE_FACTS.filter((name) => certificate[name] !== undefined)
  const rows = facts.map((name) => {
    const text = name === "status" ? say(`certificate.${certificate.status}`) : String(certificate[name])
    return [say(`certificate.${name}`), escapeLine(text.replaceAll("\n", ", "))]
  })
  const painted = (text: string, column: number) => (column === 0 ? paint("faint", text) : text)
  return `\n${columns(rows, { paint: painted, indent: "", width }).join("\n")}\n`
}

function outdated(certificates: readonly Certificate[], { say }: Session) {
  return certificates
    .filter(({ status }) => status !== "valid")
    .map(({ status, subject }) => ({
      level: "warning" as const,
      text: say(status === "early" ? "certificate_early" : "certificate_expired", escapeLine(String(subject ?? ""))),
    }))
}

/** By what its algorithm asks for; a secret without one by the least that any asks for. */
function weakSecret({ bits = 0, isSymmetric, algorithm }: OfferedKey, { say }: Session) {
  const least = minimumBits(algorithm ?? "") ?? LEAST_SECRET_BITS
  if (!isSymmetric || bits >= least) return []
  return [{ level: "warning" as const, text: say("key_weak", String(bits), algorithm ?? "oct", String(least)) }]
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
  const isSame = areSame(first, second)
  return {
    code: isSame ? "ok" : "negative",
    members: { match: isSame },
    text: `${session.say(isSame ? "keys_match" : "keys_differ")}\n`,
  }
}

/** By their public halves: the numbers and what kind of key they make. */
function areSame(one: Jwk, other: Jwk): boolean {
  if (one.isSymmetric || other.isSymmetric)
    return one.isSymmetric && other.isSymmetric && one.toPrivateJSON()["k"] === other.toPrivateJSON()["k"]
  return one.toPem() === other.toPem()
}

function operandOf({ operands }: Session): string {
  const [operand] = operands
  if (operand !== undefined) return operand
  if (process.stdin.isTTY === true) throw new Failure("usage", "key_file_missing")
  return "-"
}
