/** Parts of a token as data: for JSON, for one value, for the terminal. */

import {
  explainTime,
  isNumericDate,
  isoTime,
  type JsonNode,
  locate,
  memberOf,
  type Reading,
  type Segment,
} from "@jotkit/inspect"
import { escapeControls } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import { type Json, JsonText } from "../frame/json.ts"
import type { Session } from "../frame/session.ts"
import { refuseBadEscape } from "./claims.ts"

const TIME_CLAIMS = ["exp", "nbf", "iat", "auth_time", "updated_at", "toe"] as const

/** A part as JSON: its own text where it is JSON, a text where it is one, else null. */
export function partOf(segment: Segment | undefined): Json {
  const { json, content } = segment ?? {}
  if (json?.root !== undefined && json.problem === undefined) return new JsonText(json.text.trim())
  return content === undefined || content === "" ? null : content
}

/** Moments in the claims as ISO 8601, beside the numbers that nobody rewrites. */
export function timesOf({ payload }: Reading): Json {
  const root = payload?.json?.root
  const times: Record<string, string | undefined> = {}
  for (const name of TIME_CLAIMS) {
    const time = timeOf(memberOf(root, name)?.value)
    if (time !== undefined) times[name] = time
  }
  return times
}

function timeOf(node: JsonNode | undefined): string | undefined {
  if (node === undefined) return undefined
  const value = explainTime(node)
  return isNumericDate(value) && value.seconds !== undefined ? isoTime(value.seconds) : undefined
}

/** The parts as they stand in the token. */
export function rawOf({ header, payload, signatures }: Reading): Json {
  return { header: header?.text, payload: payload?.text, signature: signatures[0]?.signature?.text }
}

/**
 * The one value that `--get` or `--header-get` names; undefined where neither was given.
 *
 * @throws Failure `negative` where there is no such value; `usage` for both flags, and for what is no JSON Pointer.
 */
export function chosenValue(
  reading: Reading,
  { options }: Session,
): { readonly json: Json; readonly text: string } | undefined {
  const name = options.has("header-get") ? "header-get" : "get"
  if (name === "header-get" && options.has("get")) throw new Failure("usage", "get_twice")
  const pointer = options.text(name)
  if (pointer === undefined) return undefined
  refuseBadEscape(name, pointer)
  const place = pointer === "" || pointer.startsWith("/") ? pointer : `/${pointer}`
  const part = name === "get" ? reading.payload : reading.header
  const found = part === undefined ? undefined : locate(reading, `${part.path}${place}`)
  if (found === undefined) throw new Failure("negative", "value_missing", name)
  const { node, segment } = found
  const text = node === undefined ? (segment.content ?? "") : (segment.content ?? "").slice(...node.range)
  if (node?.type === "string") return { json: String(node.value), text: lineOf(String(node.value)) }
  return { json: node === undefined ? partOf(segment) : new JsonText(text), text: lineOf(text) }
}

/** A program gets the value itself; a terminal must not obey it. */
function lineOf(text: string): string {
  return `${process.stdout.isTTY === true ? escapeControls(text) : text}\n`
}
