/** Tokens: from the argument, a file, the environment or stdin, cleaned of what is around them. */

import { type FoundToken, findTokens, type Reading, read } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { chunksOf, markOf, takeStdin, textAt, watched } from "./source.ts"

/** Characters of one line of a batch. */
const MAX_LINE = 1_048_576
const BEFORE = /^\ufeff?\s{0,64}["'`]?(?:Authorization: ?)?(?:(?:Bearer|DPoP) {1,4})?["'`]?$/i
const AFTER = /^["'`]?[,;]?\s*$/
/** Lines before the first token that are kept. */
const MAX_WAITING = 1000
/** A compact token and nothing else: there is nothing to search and nothing to clean. */
const BARE = /^eyJ[\w-]+\.[\w-]*\.[\w-]*$/

/**
 * The one token of a command.
 *
 * @throws Failure `input` for nothing, or too much; `usage` where no token was named, and for several.
 */
export async function oneToken(session: Session): Promise<Reading> {
  return read(tokenIn(await tokenText(session)))
}

/** The one token in a text. */
export function tokenIn(text: string): string {
  const { tokens, tooLarge } = findTokens(text)
  if (tooLarge) throw new Failure("input", "token_too_large")
  const [first] = tokens
  if (first === undefined) throw new Failure("input", "token_empty")
  if (tokens.length > 1) throw new Failure("usage", "tokens_several", String(tokens.length))
  return first.text
}

/** What is known of a batch. */
interface Batch {
  /** Whether lines hold more than tokens; undefined until the first token is seen. */
  isLog: boolean | undefined
  /** Lines before the first token. */
  waiting: string[]
  /** How many of a log had none. */
  leftOut: number
}

/**
 * All tokens, line by line: memory does not grow with their number. The first token decides what lines are. Where it stands alone,
 * every line must be a token, and one that is none is an answer, too. Where more stands beside it (a log, NDJSON, a HAR file), lines
 * without a token are left out.
 */
export async function* allTokens(session: Session): AsyncGenerator<Reading> {
  for await (const tokens of tokensTogether(session)) yield* tokens
}

/** As `allTokens`: those together that arrived together, as between them there is nothing to wait for. */
export async function* tokensTogether(session: Session): AsyncGenerator<Iterable<Reading>> {
  const batch: Batch = { isLog: undefined, waiting: [], leftOut: 0 }
  for await (const lines of await linesFrom(session, batch)) yield readingsOf(lines, batch)
  yield settled(batch, false)
  if (batch.leftOut > 0) session.tell({ level: "info", text: session.say("lines_left_out", String(batch.leftOut)) })
}

function* readingsOf(lines: readonly string[], batch: Batch): Generator<Reading> {
  for (const line of lines) {
    if (BARE.test(line) && batch.isLog !== undefined) yield read(line)
    else yield* readingsIn(line, batch)
  }
}

function* readingsIn(line: string, batch: Batch): Generator<Reading> {
  if (line.trim() === "") return
  // All of them: of one that is left out nobody would know whether it holds.
  const { tokens } = findTokens(line, { maxTokens: MAX_LINE })
  const found = tokens.filter(isToken)
  if (found.length > 0) {
    yield* settled(batch, !isAlone(line, found))
    for (const token of found) yield read(token.text)
  } else if (batch.isLog === false) yield read(tokens[0]?.text ?? line)
  else if (batch.isLog === true) batch.leftOut++
  else wait(line, batch)
}

/** With nothing that looks like a token the whole text is given back: that is no find. */
function isToken({ text, source }: FoundToken): boolean {
  return source === "json" || /^e[\w-]{11,}\./.test(text)
}

/** Whether a line holds a token, and around it only what lists have there. */
function isAlone(line: string, [token, ...others]: readonly FoundToken[]): boolean {
  if (token === undefined || others.length > 0) return false
  const [start, end] = token.range
  return BEFORE.test(line.slice(0, start)) && AFTER.test(line.slice(end))
}

/** So many lines without a single token are no list of tokens. */
function wait(line: string, batch: Batch): void {
  batch.waiting.push(line)
  if (batch.waiting.reduce((sum, { length }) => sum + length, 0) <= MAX_LINE && batch.waiting.length <= MAX_WAITING)
    return
  batch.leftOut = batch.waiting.length
  batch.isLog = true
  batch.waiting = []
}

/** What became of the lines before the first token. */
function* settled(batch: Batch, isLog: boolean): Generator<Reading> {
  if (batch.isLog !== undefined) return
  batch.isLog = isLog
  if (isLog) batch.leftOut = batch.waiting.length
  else for (const line of batch.waiting) yield read(findTokens(line).tokens[0]?.text ?? line)
  batch.waiting = []
}

/** Lines as they arrive. */
type Lines = AsyncIterable<readonly string[]> | Iterable<readonly string[]>

async function linesFrom(session: Session, batch: Batch): Promise<Lines> {
  const [source] = session.operands
  const isPiped = source === undefined && process.stdin.isTTY !== true
  if (source === "-" || isPiped) return linesOf(watched(takeStdin(), process.stdin.fd, session), batch)
  const file = source?.startsWith("@") === true ? source.slice(1) : undefined
  if (file !== undefined) return linesOf(watched(chunksOf(file), file, session), batch)
  return [(await tokenText(session)).split("\n")]
}

/** Lines of a stream. One that is longer than a token can be ends a list; of a log it is left out. */
async function* linesOf(chunks: AsyncIterable<unknown>, batch: Batch): AsyncGenerator<readonly string[]> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  let rest = ""
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) continue
    decoder ??= new TextDecoder(markOf(chunk) ?? "utf-8")
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > MAX_LINE && batch.isLog !== true) throw new Failure("input", "token_too_large")
    // Of a line that is too long its end is kept: what follows must not be taken for its beginning.
    if (rest.length > MAX_LINE) rest = rest.slice(-1)
    yield lines
  }
  if (rest !== "") yield [rest]
}

async function tokenText(session: Session): Promise<string> {
  const [operand] = session.operands
  if (operand === undefined && process.stdin.isTTY === true) throw new Failure("usage", "token_missing")
  return textAt(operand ?? "-", session)
}
