/** Findings in the forms that other programs read: SARIF 2.1.0, JUnit, annotations of GitHub. */

import { type Catalogue, describeFinding, type Finding, RULES } from "@jotkit/inspect"
import { escapeLine } from "./escape.ts"
import { writeJson } from "./json.ts"

/** The forms of a report. */
export const REPORT_FORMATS = ["text", "json", "sarif", "junit", "github"] as const

/** A report for other programs. */
export type Reporter = (findings: readonly Finding[], catalogue: Catalogue) => string

const LEVELS = { error: "error", warning: "warning", info: "note" } as const
const COMMANDS = { error: "error", warning: "warning", info: "notice" } as const

/** SARIF 2.1.0. Places are in the token: there is no file to name. */
export const sarif: Reporter = (findings, catalogue) => {
  const rules = [...new Set(findings.map(({ id }) => id))].map((id) => ({
    id,
    shortDescription: { text: RULES[id].ref },
  }))
  const results = findings.map((found) => {
    const { id, severity, path, range } = found
    const { message, fix } = describeFinding(found, catalogue)
    const region = { charOffset: range[0], charLength: range[1] - range[0] }
    return {
      ruleId: id,
      level: LEVELS[severity],
      message: { text: `${message}. ${fix}` },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: "token" }, region },
          logicalLocations: [{ fullyQualifiedName: path === "" ? "/" : path }],
        },
      ],
    }
  })
  const run = { tool: { driver: { name: "jot", rules } }, results }
  return `${writeJson({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] })}\n`
}

/** JUnit: each finding a test that failed; none is one that passed. */
export const junit: Reporter = (findings, catalogue) => {
  const cases = findings.map((found) => {
    const { message, fix } = describeFinding(found, catalogue)
    const name = `${found.id} ${found.path}`.trim()
    const failure = `<failure type="${found.severity}" message="${xml(message)}">${xml(fix)}</failure>`
    return `  <testcase classname="jot.lint" name="${xml(name)}">${failure}</testcase>\n`
  })
  const all = cases.length === 0 ? ['  <testcase classname="jot.lint" name="token"/>\n'] : cases
  const head = `<testsuite name="jot lint" tests="${all.length}" failures="${cases.length}">`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${all.join("")}</testsuite>\n`
}

/** Lines that GitHub shows beside a change. */
export const github: Reporter = (findings, catalogue) =>
  findings
    .map((found) => {
      const { message, fix } = describeFinding(found, catalogue)
      return `::${COMMANDS[found.severity]} title=${command(found.id)}::${command(`${message} ${fix}`)}\n`
    })
    .join("")

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
