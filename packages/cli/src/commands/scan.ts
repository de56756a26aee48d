/** Finds tokens that lie about in files: where, of what kind, never what they say. */

import { statSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { findTokens, read, recognise, textMember } from "@jotkit/inspect"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Remark } from "../frame/reports.ts"
import type { Command, Session } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { readFile, readSource, textOf } from "../input/source.ts"
import { reporterOf } from "./lint.ts"

/** One token in a file. */
interface Sighting {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly kind: string
  readonly alg: string | undefined
  /** How many letters it has; the letters themselves are not repeated. */
  readonly characters: number
}

const SKIPPED: ReadonlySet<string> = new Set(["node_modules", ".git"])
/** Files larger than this are told, and left out. */
const MAX_BYTES = 4_194_304

/** `jot scan`. */
export const command: Command = async (session) => {
  const { operands, say, paint } = session
  if (operands.length === 0 && process.stdin.isTTY === true) throw new Failure("usage", "scan_what")
  const reporter = reporterOf(session)
  const unread: Failure[] = []
  session.progress(say("progress_scan"))
  const files: string[] = operands.length === 0 ? ["-"] : []
  for (const path of operands) await addFiles(path, files, session, unread)
  const sightings: Sighting[] = []
  for (const [at, file] of files.entries()) {
    session.progress(say("progress_scan"), at, files.length)
    for (const sighting of await sightingsIn(file, session, unread)) sightings.push(sighting)
  }
  const { kinds } = await catalogueOf(session)
  const labelOf = ({ kind, alg = "-" }: Sighting) => {
    const known = Object.entries(kinds).find(([name]) => name === kind)?.[1]
    return `${known?.split("|")[0] ?? kind} ${escapeLine(alg)}`
  }
  const lines = sightings.map((sighting) => {
    const { file, line, column } = sighting
    return `${paint("strong", `${escapeLine(file)}:${line}:${column}`)} ${labelOf(sighting)}\n`
  })
  const report = reporter?.(sightings.map((sighting) => remarkOn(sighting, labelOf(sighting), session)))
  const notes =
    sightings.length === 0 ? [] : [{ level: "warning" as const, text: say("scan_found", String(sightings.length)) }]
  const members = { tokens: sightings.map((sighting) => ({ ...sighting })) }
  const [first] = unread
  // What was found is told whatever else could not be read; "nothing found" would be said of files that nobody looked into.
  if (sightings.length === 0 && first !== undefined) throw first
  for (const { word, details } of unread) session.tell({ level: "error", text: say(word, ...details) })
  return { code: sightings.length === 0 ? "ok" : "lint", members, text: report ?? lines.join(""), notes }
}

/** What is credential to whoever finds it does not belong in a file that is passed on. */
function remarkOn({ file, line, column }: Sighting, label: string, { say }: Session): Remark {
  return {
    id: "TOKEN-FOUND",
    severity: "error",
    message: say("scan_sighting", label),
    fix: say("scan_fix"),
    ref: "RFC 6750, section 5.3",
    name: `${file}:${line}:${column}`,
    place: { file, line, column },
  }
}

/** What a shell has opened, by name: as good as stdin. */
const DESCRIPTOR = /^\/(?:dev|proc\/self)\/(?:stdin$|fd\/)/

/** Adds a file, or those in a folder, however deep. Links are not followed. In between it lets go, so that Ctrl-C is heard. */
async function addFiles(path: string, files: string[], session: Session, unread: Failure[]): Promise<void> {
  try {
    const status = path === "-" ? undefined : statSync(path)
    if (status?.isDirectory() === true) await addFolder(path, files, session, unread)
    else if (status === undefined || status.isFile() || DESCRIPTOR.test(path)) files.push(path)
    else leftOut("scan_not_file", path, session)
  } catch (error) {
    unread.push(new Failure("io", "unreadable", path, (error as NodeJS.ErrnoException).code ?? ""))
  }
}

async function addFolder(path: string, files: string[], session: Session, unread: Failure[]): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name)
    if (SKIPPED.has(entry.name)) continue
    if (entry.isDirectory()) await addFiles(inside, files, session, unread)
    else if (entry.isFile()) files.push(inside)
  }
}

/** Of a pipe or a device nobody knows whether it ends. */
function leftOut(word: "scan_not_file" | "scan_too_large", path: string, { tell, say }: Session): void {
  tell({ level: "warning", text: say(word, path), isAlways: true })
}

async function sightingsIn(file: string, session: Session, unread: Failure[]): Promise<Sighting[]> {
  const text = await textIn(file, session, unread)
  // With nothing that looks like a token the whole text is given back: that is no find.
  const { tokens } = findTokens(text, { maxCharacters: MAX_BYTES, maxTokens: MAX_BYTES })
  let line = 1
  let lineStart = 0
  let lineEnd = text.indexOf("\n")
  return tokens.flatMap(({ text: token, range: [start] }) => {
    while (lineEnd !== -1 && lineEnd < start) {
      line++
      lineStart = lineEnd + 1
      lineEnd = text.indexOf("\n", lineStart)
    }
    const reading = read(token)
    if (reading.form !== "jws" && reading.form !== "jwe" && reading.form !== "sd-jwt") return []
    if (reading.header?.json?.root?.type !== "object") return []
    const alg = textMember(reading.header.json.root, "alg")
    const column = start - lineStart + 1
    return [{ file, line, column, kind: recognise(reading).kind, alg, characters: token.length }]
  })
}

/** What a file holds; nothing where it is too large or cannot be read, which is told. */
async function textIn(file: string, session: Session, unread: Failure[]): Promise<string> {
  if (file === "-") return textOf(await readSource("-", session))
  try {
    if (statSync(file).size <= MAX_BYTES) return textOf(await readFile(file))
    leftOut("scan_too_large", file, session)
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException
    const failure = error instanceof Failure ? error : new Failure("io", "unreadable", file, code)
    if (failure.details.at(-1) === "EAGAIN") leftOut("scan_not_file", file, session)
    else unread.push(failure)
  }
  return ""
}
