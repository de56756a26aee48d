/** What is to be signed or encrypted: claims from a file, from JSON, from flags. */

import { isUtf8 } from "node:buffer"
import { formatJson, memberOf, readJson } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { FlagName } from "../frame/flags.ts"
import type { Session } from "../frame/session.ts"
import { type Assignment, assignmentOf, Members } from "./claims.ts"
import { addHeaderFlags, replaceIn } from "./header.ts"
import { isSource, isStdinLeft, readPlace, readSource, refuseFileName, textOf } from "./source.ts"
import { fixedMomentOf, momentOf } from "./time.ts"

/** Content and header of a token that is to be made. */
export interface Draft {
  readonly content: string | Uint8Array
  /** JSON of the header members that were asked for; `alg` is not among them. */
  readonly header: Members
}

/** Flags that make a payload on their own: stdin, which may be a shell's list of names or never end, is read where `-` asks for it. */
const ENOUGH: readonly FlagName[] = ["claim", "iss", "sub", "aud", "jti"]
/** Flags that change claims, and cannot where bytes are signed as they are. */
const CHANGES: readonly FlagName[] = [...ENOUGH, "exp", "nbf", "iat"]

/**
 * Puts together what a token is to hold. A flag beats a file, and says so.
 *
 * @throws Failure `input` for a payload that cannot be read; `usage` for flags that contradict each other.
 */
export async function draftOf(session: Session): Promise<Draft> {
  const { options } = session
  refuseContradictions(session)
  const detached = options.text("detached")
  const isFixed = detached !== undefined || options.has("as-is")
  const { content, header } =
    detached === undefined
      ? await givenContent(session)
      : { content: await readPlace(detached, session), header: new Members() }
  await addHeaderFlags(header, session)
  if (isFixed) return { content: content ?? "", header }
  const claims = content === undefined ? new Members() : Members.read(jsonText(content))
  addClaims(claims, session)
  return { content: claims.toJson(), header }
}

function refuseContradictions({ options, operands }: Session): void {
  const sources = [
    ...operands,
    ...(["claims", "from-json", "detached"] as const).flatMap((name) => options.text(name) ?? []),
  ]
  if (sources.length > 1) throw new Failure("usage", "payload_twice")
  const isFixed = options.has("detached") || options.has("as-is")
  const change = CHANGES.find((name) => options.has(name))
  if (isFixed && change !== undefined) throw new Failure("usage", "payload_fixed", change)
  if (options.has("as-is") && options.has("compact-json")) throw new Failure("usage", "payload_fixed", "compact-json")
  if (options.has("no-iat") && options.has("iat")) throw new Failure("usage", "iat_both")
}

interface Given {
  readonly content: Uint8Array | undefined
  readonly header: Members
}

async function givenContent(session: Session): Promise<Given> {
  const round = session.options.text("from-json")
  if (round === undefined) return { content: await plainContent(session), header: new Members() }
  const { text, header } = roundTrip(textOf(await readPlace(round, session)), session.options.has("as-is"))
  return { content: new TextEncoder().encode(text), header }
}

async function plainContent(session: Session): Promise<Uint8Array | undefined> {
  const { options, operands } = session
  const given = options.text("claims") ?? operands[0]
  if (given !== undefined && isSource(given)) return nonEmpty(await readSource(given, session))
  if (given !== undefined) {
    // Bytes may be any text; claims never are the name of a file.
    if (!options.has("as-is")) refuseFileName(given)
    return new TextEncoder().encode(given)
  }
  if (ENOUGH.some((name) => options.has(name))) {
    if (await isStdinLeft()) session.tell({ level: "notice", text: session.say("stdin_left") })
    return undefined
  }
  if (process.stdin.isTTY === true) {
    if (options.has("exp")) return undefined
    throw new Failure("usage", "payload_missing")
  }
  const bytes = await readSource("-", session)
  return isBlank(bytes) && options.has("exp") ? undefined : nonEmpty(bytes)
}

/** JSON is UTF-8 (RFC 8259, section 8.1): a letter that would be replaced by another is refused. */
function jsonText(bytes: Uint8Array): string {
  const text = textOf(bytes)
  if (text.includes("\ufffd") && !isUtf8(bytes)) throw new Failure("input", "not_utf8")
  return text
}

function nonEmpty(bytes: Uint8Array): Uint8Array {
  if (isBlank(bytes)) throw new Failure("input", "payload_empty")
  return bytes
}

function isBlank(bytes: Uint8Array): boolean {
  return textOf(bytes).trim() === ""
}

/**
 * What `decode --json` printed, as a draft. The algorithm in it is not taken over: that is the key's.
 *
 * @param isAsIs - Keep the white space of the payload.
 * @throws Failure `input` if it is not JSON, or its payload no object.
 */
export function roundTrip(text: string, isAsIs = false): { readonly text: string; readonly header: Members } {
  const { root, problem } = readJson(text)
  if (problem !== undefined) throw new Failure("input", "json_invalid", String(problem.line), String(problem.column))
  const payload = memberOf(root, "payload")?.value
  const header = memberOf(root, "header")?.value
  if (payload?.type !== "object") throw new Failure("input", "from_json_payload")
  const members = header === undefined ? new Members() : Members.read(text.slice(...header.range))
  for (const name of ["alg", "enc", "epk", "p2s", "p2c", "iv", "tag"]) members.delete(name)
  const written = isAsIs ? text.slice(...payload.range) : formatJson({ text, root: payload, problem: undefined }, 0)
  return { text: written, header: members }
}

/**
 * Adds the claims that flags name, and when the token was made.
 *
 * @throws Failure `usage` for flags that cannot be read.
 */
export function addClaims(claims: Members, session: Session): void {
  const { options, now } = session
  const free = (options.list("claim") ?? []).map((text) => assignmentOf("claim", text))
  for (const assignment of [...free, ...parties(session)]) replaceIn(claims, "claim", assignment, session)
  addExpiry(claims, session)
  for (const assignment of moments(session)) replaceIn(claims, "claim", assignment, session)
  if (!claims.has("iat") && !options.has("no-iat")) claims.set("iat", String(now))
}

/** `--exp`, or a warning that there is none: `never` is an answer, too. */
function addExpiry(claims: Members, session: Session): void {
  const { options } = session
  const text = options.text("exp")
  const moment = text === undefined ? undefined : momentOf("exp", text, session)
  if (moment !== undefined) replaceIn(claims, "claim", { name: "exp", json: String(moment) }, session)
  else if (text === undefined) warnWithoutExpiry(claims, session)
  else if (claims.has("exp")) {
    session.tell({ level: "warning", text: session.say("claim_replaced", "exp") })
    claims.delete("exp")
  }
}

/** A token without `exp` is good for ever: said, unless it is meant. */
export function warnWithoutExpiry(claims: Members, { options, tell, say }: Session): void {
  if (!claims.has("exp") && !options.has("no-exp")) tell({ level: "warning", text: say("exp_missing") })
}

function parties({ options }: Session): Assignment[] {
  const [issuer, subject] = [options.list("iss")?.at(-1), options.text("sub")]
  const audience = options.list("aud")
  const one = (name: string, value: unknown) =>
    value === undefined ? [] : [{ name, json: JSON.stringify(value) satisfies string }]
  return [
    ...one("iss", issuer),
    ...one("sub", subject),
    ...one("aud", audience?.length === 1 ? audience[0] : audience),
    ...one("jti", options.has("jti") ? jwtId(options.text("jti")) : undefined),
  ]
}

function jwtId(text: string | undefined): string {
  return text === undefined || text === "auto" ? crypto.randomUUID() : text
}

function moments(session: Session): Assignment[] {
  const { options } = session
  return (["nbf", "iat"] as const)
    .filter((name) => options.has(name))
    .map((name) => ({ name, json: String(fixedMomentOf(name, options.text(name) ?? "now", session)) }))
}
