/** Tokens: from the argument, a file, the environment or stdin, cleaned of what is around them. */

import { findTokens, type Reading, read } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { isSource, readSource, takeStdin, textOf, watched } from "./source.ts"

/** Characters of one line of a batch. */
const MAX_LINE = 1_048_576
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

/** All tokens, line by line: memory does not grow with their number. */
export async function* allTokens(session: Session): AsyncGenerator<Reading> {
  const [source = "-"] = session.operands
  if (source !== "-") yield* readingsIn(await tokenText(session))
  else for await (const line of linesOf(watched(takeStdin(), session))) yield* readingsIn(line)
}

function* readingsIn(text: string): Generator<Reading> {
  if (BARE.test(text)) return yield read(text)
  if (text.trim() === "") return
  if (text.length > MAX_LINE) return yield read(text)
  const { tokens } = findTokens(text)
  for (const token of tokens) yield read(token.text)
}

async function* linesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8")
  let rest = ""
  for await (const chunk of chunks) {
    if (!Buffer.isBuffer(chunk)) continue
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > MAX_LINE) throw new Failure("input", "token_too_large")
    yield* lines
  }
  if (rest !== "") yield rest
}

async function tokenText(session: Session): Promise<string> {
  const [operand] = session.operands
  if (operand !== undefined && !isSource(operand)) return operand
  if (operand === undefined && process.stdin.isTTY === true) throw new Failure("usage", "token_missing")
  return textOf(await readSource(operand ?? "-", session))
}
