/** One token from its first letter on: how far it goes, over line breaks too. */

import { type Ending, endingOf } from "./ending.ts"
import { letterAt, type RemovalKind } from "./letters.ts"

/** A run of letters that may be a token. */
export interface Run {
  readonly token: string
  readonly start: number
  readonly end: number
  readonly removals: ReadonlySet<RemovalKind>
}

/** A run while it grows. */
interface Growing {
  at: number
  token: string
  dots: number
  /** Letters since the last dot. */
  part: number
  /** Known once there is a dot. */
  ending: Ending | undefined
  lineStart: number
  width: number | undefined
  readonly removals: Set<RemovalKind>
}

/** Wrapped text has lines of one width; narrower ones are words, wider ones are no wrapping. */
const MIN_WIDTH = 32
const MAX_WIDTH = 256
/** What the base64url of a JSON object begins with: `{"`, `{ `, or `{` and a line break or tab. */
const STARTS = ["eyJ", "eyA", "ewo", "ew0", "ewk"]

/** Whether a token may begin here. */
export function startsToken(text: string, at: number): boolean {
  return text[at] === "e" && STARTS.some((start) => text.startsWith(start, at))
}

/** Takes letters from `start` on. */
export function runFrom(text: string, start: number): Run {
  const run: Growing = {
    at: start,
    token: "",
    dots: 0,
    part: 0,
    ending: undefined,
    lineStart: lineStartBefore(text, start),
    width: undefined,
    removals: new Set(),
  }
  let end = start
  for (;;) {
    const letter = letterAt(text, run.at)
    if (letter === undefined) {
      if (!crossesLine(text, run)) break
      continue
    }
    // A signature is never followed by more of itself: where all of it is there, the path of an address goes on.
    if (letter.text === "/" && isComplete(run)) break
    take(run, letter.text, letter.removal)
    run.at += letter.length
    if (letter.text !== "") end = run.at
  }
  return { token: run.token, start, end, removals: run.removals }
}

function take(run: Growing, text: string, removal: RemovalKind | undefined): void {
  run.token += text
  if (removal !== undefined) run.removals.add(removal)
  if (text === ".") run.dots++
  run.part = text === "." ? 0 : run.part + text.length
}

/** At the end of a line: whether the token goes on in the next, as wrapped text does, and as the standards print their examples. */
function crossesLine(text: string, run: Growing): boolean {
  const next = nextLine(text, run.at)
  if (next === undefined || run.token === "") return false
  const length = lettersOfLine(text, next)
  const width = run.at - run.lineStart
  const isWrapped =
    width >= MIN_WIDTH && width <= MAX_WIDTH && (run.width === undefined || run.width === width) && length <= width
  if (length === 0 || !(isWrapped || isUnfinished(run, length)) || beginsToken(text, next, length)) return false
  if (isComplete(run) && text[next] !== "~") return false
  // With a new part a new width begins.
  run.width = run.part === 0 ? undefined : (run.width ?? (isWrapped ? width : undefined))
  run.removals.add("line_breaks")
  run.at = next
  run.lineStart = next
  return true
}

/** Whether parts are still to come, or the last one has only been announced by its dot; one word alone is none. */
function isUnfinished(run: Growing, length: number): boolean {
  const { dots, letters } = endingIn(run)
  return run.dots < dots || (run.dots === dots && run.part === 0 && (length >= MIN_WIDTH || length === letters))
}

/** Whether all is there that the header asks for: a word below it is a word. */
function isComplete(run: Growing): boolean {
  const { dots, letters } = endingIn(run)
  return run.dots === dots && run.part === letters
}

function endingIn(run: Growing): Ending {
  if (run.dots > 0) run.ending ??= endingOf(run.token.slice(0, run.token.indexOf(".")))
  return run.ending ?? { dots: 2, letters: undefined }
}

/** The first letter of the next line; undefined if this is not the end of one. */
function nextLine(text: string, at: number): number | undefined {
  let next = at
  while (text[next] === " " || text[next] === "\t") next++
  if (text[next] === "\r") next++
  if (text[next] !== "\n") return undefined
  next++
  while ((text[next] === " " || text[next] === "\t") && next - at < MAX_WIDTH) next++
  return next
}

function lineStartBefore(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - MAX_WIDTH), at)
  // Indentation is none of the width.
  return at - before.slice(before.lastIndexOf("\n") + 1).trimStart().length
}

/** How many letters the line holds; 0 if it holds anything else. */
function lettersOfLine(text: string, start: number): number {
  let at = start
  const last = start + MAX_WIDTH * 4
  while (at < last && letterAt(text, at)?.length === 1) at++
  const end = text[at] === "\r" ? at + 1 : at
  const isEnd = end >= text.length || text[end] === "\n" || at === last || "\"'`,;".includes(text[end] ?? "")
  // Padding ends a token; elsewhere it is an assignment.
  return isEnd && !/=[^=.]/.test(text.slice(start, at)) ? at - start : 0
}

/** A line that is a whole token itself is not the rest of the one before. */
function beginsToken(text: string, start: number, length: number): boolean {
  if (!startsToken(text, start)) return false
  const first = text.slice(start, start + length)
  return first.split(".").length > 2
}
