/** What is to be signed or encrypted: claims from a file, from JSON, from flags. */

import { formatJson, memberOf, readJson } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { FlagName } from "../frame/flags.ts"
import type { Session } from "../frame/session.ts"
import { type Assignment, assignmentOf, Members } from "./claims.ts"
import { isSource, readFile, readSource, textOf } from "./source.ts"
import { momentOf } from "./time.ts"

/** Content and header of a token that is to be made. */
export interface Draft {
  readonly content: string | Uint8Array
  /** JSON of the header members that were asked for; `alg` is not among them. */
  readonly header: Members
}

/** Flags that make a payload on their own, so that stdin is not waited for. */
const ENOUGH: readonly FlagName[] = ["claim", "iss", "sub", "aud", "jti"]

/**
 * Puts together what a token is to hold. A flag beats a file, and says so.
 *
 * @throws Failure `input` for a payload that cannot be read; `usage` for flags that contradict each other.
 */
export async function draftOf(session: Session): Promise<Draft> {
  const { options } = session
  const file = options.text("detached")
  if (file !== undefined) return { content: await readFile(file.replace(/^@/, "")), header: headerOf(session) }
  const { text, header } = await givenText(session)
  for (const [name, json] of headerMembers(session)) header.set(name, json)
  if (options.has("as-is")) return { content: text ?? "", header }
  const claims = text === undefined ? new Members() : Members.read(text)
  addFlags(claims, session)
  return { content: claims.toJson(), header }
}

interface Given {
  readonly text: string | undefined
  readonly header: Members
}

async function givenText(session: Session): Promise<Given> {
  const { options, operands } = session
  const [operand] = operands
  const sources = [operand, options.text("claims"), options.text("from-json")].filter((one) => one !== undefined)
  if (sources.length > 1) throw new Failure("usage", "payload_twice")
  const round = options.text("from-json")
  if (round !== undefined)
    return roundTrip(textOf(isSource(round) ? await readSource(round, session) : await readFile(round)))
  return { text: await plainText(session), header: new Members() }
}

async function plainText(session: Session): Promise<string | undefined> {
  const { options, operands } = session
  const [operand] = operands
  const inline = options.text("claims") ?? operand
  if (inline !== undefined && !(operand !== undefined && isSource(operand))) return inline
  if (operand !== undefined) return nonEmpty(textOf(await readSource(operand, session)))
  if (ENOUGH.some((name) => options.has(name))) return undefined
  if (process.stdin.isTTY === true) {
    if (options.has("exp")) return undefined
    throw new Failure("usage", "payload_missing")
  }
  const text = textOf(await readSource("-", session))
  return text.trim() === "" && options.has("exp") ? undefined : nonEmpty(text)
}

function nonEmpty(text: string): string {
  if (text.trim() === "") throw new Failure("input", "payload_empty")
  return text
}

/**
 * What `decode --json` printed, as a draft. The algorithm in it is not taken over: that is the key's.
 *
 * @throws Failure `input` if it is not JSON, or its payload no object.
 */
export function roundTrip(text: string): { readonly text: string; readonly header: Members } {
  const { root, problem } = readJson(text)
  if (problem !== undefined) throw new Failure("input", "json_invalid", String(problem.line), String(problem.column))
  const payload = memberOf(root, "payload")?.value
  const header = memberOf(root, "header")?.value
  if (payload?.type !== "object") throw new Failure("input", "from_json_payload")
  const members = header === undefined ? new Members() : Members.read(text.slice(...header.range))
  for (const name of ["alg", "enc", "epk", "p2s", "p2c", "iv", "tag"]) members.delete(name)
  return { text: formatJson({ text, root: payload, problem: undefined }, 0), header: members }
}

function headerOf(session: Session): Members {
  const members = new Members()
  for (const [name, json] of headerMembers(session)) members.set(name, json)
  return members
}

/** Whoever sees the token sees its header: a key in it must be the public half. */
function refusePrivate(json: string): void {
  const { root } = readJson(json)
  if (["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"].some((name) => memberOf(root, name) !== undefined))
    throw new Failure("key", "header_private")
}

function headerMembers({ options }: Session): [string, string][] {
  const typ = options.text("typ")
  const kid = options.text("kid")
  return [
    ...(typ === undefined ? [] : [["typ", JSON.stringify(typ)] as [string, string]]),
    ...(kid === undefined ? [] : [["kid", JSON.stringify(kid)] as [string, string]]),
    ...(options.list("header") ?? []).map((text): [string, string] => {
      const { name, json } = assignmentOf("header", text)
      if (name === "jwk") refusePrivate(json)
      return [name, json]
    }),
  ]
}

function addFlags(claims: Members, session: Session): void {
  const { options, now, tell, say } = session
  const put = ({ name, json }: Assignment) => {
    if (claims.has(name)) tell({ level: "warning", text: say("claim_replaced", name) })
    claims.set(name, json)
  }
  for (const assignment of (options.list("claim") ?? []).map((text) => assignmentOf("claim", text))) {
    if (assignment.name.startsWith("/")) claims.setAt(assignment.name, assignment.json)
    else put(assignment)
  }
  for (const assignment of [...parties(session), ...moments(session)]) put(assignment)
  if (!claims.has("exp") && !options.has("no-exp")) tell({ level: "warning", text: say("exp_missing") })
  if (options.has("no-iat") && options.has("iat")) throw new Failure("usage", "iat_both")
  if (!claims.has("iat") && !options.has("no-iat")) claims.set("iat", String(now))
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

function moments({ options, now }: Session): Assignment[] {
  return (["exp", "nbf", "iat"] as const)
    .filter((name) => options.has(name))
    .map((name) => ({ name, seconds: momentOf(name, options.text(name) ?? "now", now) }))
    .flatMap(({ name, seconds }) => (seconds === undefined ? [] : [{ name, json: String(seconds) }]))
}
