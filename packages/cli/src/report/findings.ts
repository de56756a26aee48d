/** Findings for people: the gravest first, each with what to do. */

import { type Catalogue, describeFinding, type Finding } from "@jotkit/inspect"
import { columns } from "../frame/columns.ts"
import { escapeLine } from "../frame/escape.ts"
import type { Session } from "../frame/session.ts"
import { signOf } from "./signs.ts"

const COLOURS = { error: "bad", warning: "doubt", info: "faint" } as const

/** One finding in a few lines: its gravity, its rule, where and what it is; below that the way out. */
export function findingLines(findings: readonly Finding[], catalogue: Catalogue, session: Session): string[] {
  const { paint, say, width } = session
  if (findings.length === 0) return [`  ${paint("good", `${signOf("pass", session)} ${say("no_findings")}`)}`]
  const rows = findings.flatMap((found) => {
    const { message, fix } = describeFinding(found, catalogue)
    const place = found.path === "" ? "" : ` (${found.path})`
    const grave = `${signOf(found.severity, session)} ${say(`severity.${found.severity}`)}`
    return [
      [grave, found.id, escapeLine(`${message}${place}`)],
      ["", "", `${signOf("arrow", session)} ${escapeLine(fix)}`],
    ]
  })
  const painted = (text: string, column: number, row: number) => {
    if (row % 2 === 1) return paint("faint", text)
    if (column === 0) return paint(COLOURS[findings[row / 2]?.severity ?? "info"], text)
    return column === 1 ? paint("strong", text) : text
  }
  return columns(rows, { paint: painted, width })
}
