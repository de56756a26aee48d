/** Finds tokens that lie about in files: where, of what kind, never what they say. */

import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { findTokens, read, recognise, textMember } from "@jotkit/inspect"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Remark } from "../frame/reports.ts"
import type { Command, Session } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { readFile, readSource, textOf } from "../input/source.ts"
import { formatted } from "./lint.ts"

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
const MAX_BYTES = 1_048_576

/** `jot scan`. */
export const command: Command = async (session) => {
  const { operands, say, paint } = session
  if (operands.length === 0 && process.stdin.isTTY === true) throw new Failure("usage", "scan_what")
  const files = operands.length === 0 ? ["-"] : operands.flatMap(filesIn)
  const sightings: Sighting[] = []
  for (const [at, file] of files.entries()) {
    session.progress(say("progress_scan"), at, files.length)
    sightings.push(...(await sightingsIn(file, session)))
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
  const report = formatted(
    session,
    sightings.map((sighting) => remarkOn(sighting, labelOf(sighting), session)),
  )
  const notes =
    sightings.length === 0 ? [] : [{ level: "warning" as const, text: say("scan_found", String(sightings.length)) }]
  const members = { tokens: sightings.map((sighting) => ({ ...sighting })) }
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

function filesIn(path: string): string[] {
  if (path === "-" || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !SKIPPED.has(name))
    .flatMap((entry) => {
      const inside = join(path, entry.name)
      if (entry.isDirectory()) return filesIn(inside)
      return entry.isFile() ? [inside] : []
    })
}

async function sightingsIn(file: string, session: Session): Promise<Sighting[]> {
  const size = file === "-" ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  if (size > MAX_BYTES) {
    session.tell({ level: "warning", text: session.say("scan_too_large", file) })
    return []
  }
  const text = textOf(file === "-" ? await readSource("-", session) : await readFile(file))
  // With nothing that looks like a token the whole text is given back: that is no find.
  const { tokens, tooLarge } = findTokens(text)
  if (tooLarge) session.tell({ level: "warning", text: session.say("scan_too_large", file) })
  return tokens.flatMap(({ text: token, range }) => {
    const reading = read(token)
    if (reading.form !== "jws" && reading.form !== "jwe" && reading.form !== "sd-jwt") return []
    if (reading.header?.json?.root?.type !== "object") return []
    const before = text.slice(0, range[0])
    const line = before.split("\n").length
    const column = range[0] - before.lastIndexOf("\n")
    const alg = textMember(reading.header.json.root, "alg")
    return [{ file, line, column, kind: recognise(reading).kind, alg, characters: token.length }]
  })
}
