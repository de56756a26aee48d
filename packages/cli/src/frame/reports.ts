/** What was found, in the forms that other programs read: SARIF 2.1.0, JUnit, annotations of GitHub. */

import { type Catalogue, describeFinding, type Finding, RULES, type Severity } from "@jotkit/inspect"
import { escapeLine } from "./escape.ts"
import { type Json, writeJson } from "./json.ts"

/** The forms of a report. */
export const REPORT_FORMATS = ["text", "json", "sarif", "junit", "github"] as const

/** Something that was found, and where. */
export interface Remark {
  readonly id: string
  readonly severity: Severity
  readonly message: string
  readonly fix: string
  /** What the rule rests on. */
  readonly ref: string
  /** Behind the id in names of tests. */
  readonly name: string
  /** Where: a file with line and column, or a place in the token, which stands in no file. */
  readonly place:
    | { readonly file: string; readonly line: number; readonly column: number }
    | { readonly path: string; readonly range: readonly [number, number] }
}

/** A report for other programs. */
export type Reporter = (remarks: readonly Remark[]) => string

const LEVELS = { error: "error", warning: "warning", info: "note" } as const
const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const

/** Findings of a token, in words. */
export function remarksOf(findings: readonly Finding[], catalogue: Catalogue): Remark[] {
  return findings.map((found) => {
    const { id, severity, path, range } = found
    return {
      id,
      severity,
      ...describeFinding(found, catalogue),
      ref: RULES[id].ref,
      name: path,
      place: { path, range },
    }
  })
}

/** SARIF 2.1.0. */
const sarif: Reporter = (remarks) => {
  const rules = new Map(remarks.map(({ id, ref }) => [id, { id, shortDescription: { text: ref } }]))
  const results = remarks.map(({ id, severity, message, fix, place }) => ({
    ruleId: id,
    level: LEVELS[severity],
    message: { text: `${message}. ${fix}` },
    locations: [locationOf(place)],
  }))
  const run = { tool: { driver: { name: "jot", rules: [...rules.values()] } }, results }
  return `${writeJson({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] })}\n`
}

function locationOf(place: Remark["place"]): { readonly [name: string]: Json } {
  if ("file" in place) {
    const region = { startLine: place.line, startColumn: place.column }
    return { physicalLocation: { artifactLocation: { uri: uriOf(place.file) }, region } }
  }
  const { path, range } = place
  const region = { charOffset: range[0], charLength: range[1] - range[0] }
  return {
    physicalLocation: { artifactLocation: { uri: "token" }, region },
    logicalLocations: [{ fullyQualifiedName: path === "" ? "/" : path }],
  }
}

/** A path as a reference (RFC 3986, section 4.2), relative where the path is. */
function uriOf(path: string): string {
  return path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/")
}

/** JUnit: each remark a test that failed; none is one that passed. */
const junit: Reporter = (remarks) => {
  const cases = remarks.map(({ id, severity, message, fix, name }) => {
    const failure = `<failure type="${severity}" message="${xml(message)}">${xml(fix)}</failure>`
    return `  <testcase classname="jot.lint" name="${xml(`${id} ${name}`.trim())}">${failure}</testcase>\n`
  })
  const all = cases.length === 0 ? ['  <testcase classname="jot.lint" name="token"/>\n'] : cases
  const head = `<testsuite name="jot lint" tests="${all.length}" failures="${cases.length}">`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${all.join("")}</testsuite>\n`
}

/** Lines that GitHub shows beside a change. */
const github: Reporter = (remarks) =>
  remarks
    .map(({ id, severity, message, fix, place }) => {
      const where = "file" in place ? `file=${property(place.file)},line=${place.line},col=${place.column},` : ""
      return `::${COMMANDS[severity]} ${where}title=${property(id)}::${command(`${message} ${fix}`)}\n`
    })
    .join("")

/** The reporters, by their names under `--format`. */
export const REPORTERS: Readonly<Record<"sarif" | "junit" | "github", Reporter>> = { sarif, junit, github }

/** Text for XML 1.0, which has no place for control characters and for two that are none. */
function xml(text: string): string {
  return escapeLine(text)
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
}

function command(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll(":", "%3A")
}

/** In a property a comma would begin the next one. */
function property(text: string): string {
  return command(text).replaceAll(",", "%2C")
}
