/** One token from its first letter on: how far it goes, over line breaks too. */

import { type Chunk, firstChunk, MAX_CHUNK, MIN_CHUNK, nextChunk } from "./chunks.ts"
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
  /** How often the line is quoted in which the token begins. */
  quotes: number
  /** The cookie that holds this piece; null until someone asks. */
  chunk: Chunk | undefined | null
  readonly removals: Set<RemovalKind>
}

/** Wrapped text has lines of one width; narrower ones are words, wider ones are no wrapping. */
const MIN_WIDTH = 32
const MAX_WIDTH = 256
/** Bytes by which the signatures of RSA grow in practice: 256, 384, 512. */
const RSA_STEP = 128
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
    quotes: quotesBefore(text, start),
    chunk: null,
    removals: new Set(),
  }
  let end = start
  for (;;) {
    const letter = letterAt(text, run.at)
    if (letter === undefined) {
      if (!crossesLine(text, run) && !crossesChunk(text, run, start)) break
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
  const next = nextLine(text, run)
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
  if (text.slice(run.at, next).includes(">")) run.removals.add("quote_marks")
  run.at = next
  run.lineStart = lineStartBefore(text, next)
  return true
}

/** At the end of a cookie: whether the token goes on in the next, as one does that is too long for a single cookie. */
function crossesChunk(text: string, run: Growing, start: number): boolean {
  if (run.token === "") return false
  if (run.chunk === null) run.chunk = firstChunk(text, start)
  const next = run.chunk && nextChunk(text, run.at, run.chunk)
  if (run.chunk === undefined || next === undefined) return false
  const between = text.slice(run.at, next).split(/[^\w-]+/)
  // What is a token itself is no piece of one, and is not passed over.
  if (!isCut(run) || beginsToken(text, next, MAX_CHUNK) || between.some((word) => startsToken(word, 0))) return false
  run.removals.add("cookie_chunks")
  run.chunk = { ...run.chunk, index: run.chunk.index + 1 }
  run.at = next
  return true
}

/** Whether more must follow. Where the key says how long a signature is, only what fills a cookie was cut, and nothing as long as those of RSA. */
function isCut(run: Growing): boolean {
  const { dots, letters } = endingIn(run)
  if (run.dots !== dots) return run.dots < dots
  if (letters !== undefined) return run.part < letters
  return run.token.length >= MIN_CHUNK && Math.floor((run.part * 3) / 4) % RSA_STEP !== 0
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

/** The first letter of the next line, behind the marks of a quotation; undefined if this is not the end of one. */
function nextLine(text: string, { at, quotes }: Growing): number | undefined {
  let next = at
  while (text[next] === " " || text[next] === "\t") next++
  if (text[next] === "\r") next++
  if (text[next] !== "\n") return undefined
  next++
  next = behindSpaces(text, next)
  if (text[next] !== ">") return next
  for (let count = 0; count < quotes; count++) {
    if (text[next] !== ">") return undefined
    next = behindSpaces(text, next + 1)
  }
  return next
}

function behindSpaces(text: string, start: number): number {
  let at = start
  while ((text[at] === " " || text[at] === "\t") && at - start < MAX_WIDTH) at++
  return at
}

/** How many marks the line has at its beginning that mail puts before what it quotes. */
function quotesBefore(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - MAX_WIDTH), at)
  const isWhole = before.length === at || before.includes("\n")
  const marks = isWhole ? /^[ \t]*>[> \t]*/.exec(before.slice(before.lastIndexOf("\n") + 1)) : null
  return marks === null ? 0 : marks[0].split(">").length - 1
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
