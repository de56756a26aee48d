/** Everything that is odd, weak or dangerous about a token or a key set. */

import { explainRule, type Finding, lint, RULE_IDS, type Severity, textMember } from "@jotkit/inspect"
import { escapeControls } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import { REPORT_FORMATS, REPORTERS, type Reporter, remarksOf } from "../frame/reports.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { counterpartsOf } from "../input/counterparts.ts"
import { optionalKeysOf } from "../input/keys.ts"
import { durationOf } from "../input/time.ts"
import { oneToken } from "../input/token.ts"
import { findingLines } from "../report/findings.ts"

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"]

/** `jot lint`. */
export const command: Command = async (session) => {
  const { options } = session
  const rule = options.text("explain")
  if (rule !== undefined) return explained(rule, session)
  const counted = severitiesFrom(session)
  const reporter = reporterOf(session)
  const reading = await oneToken(session)
  // Whoever verifies such a token with the text of a public key does what ALG-CONFUSION is about.
  const isHmac = /^HS\d/.test(textMember(reading.header?.json?.root, "alg") ?? "")
  const { keys } = await optionalKeysOf(session, isHmac)
  const findings = await lint(reading, {
    now: session.now,
    keys,
    leeway: durationOf("leeway", options.text("leeway")),
    maxLifetime: durationOf("max-lifetime", options.text("max-lifetime")),
    counterparts: await counterpartsOf(session),
  })
  // A text that is nothing at all is no token with a fault.
  if (reading.form === "unknown" || reading.form === "json") throw new Failure("input", "not_a_token")
  const isBad = findings.some(({ severity }) => counted.includes(severity))
  return { code: isBad ? "lint" : "ok", findings, text: await reportOf(findings, reporter, session) }
}

/** The severities that `--fail-on` counts as failures. */
export function severitiesFrom({ options }: Session): readonly Severity[] {
  const failOn = options.choice("fail-on", SEVERITIES) ?? "error"
  return SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1)
}

/**
 * What `--format` names; undefined for text, and for json, which the frame prints itself. Asked first: what cannot be printed need not be
 * looked for.
 *
 * @throws Failure `usage` for another word, and for another form beside `--json`: stdout can hold one of them.
 */
export function reporterOf({ options }: Session): Reporter | undefined {
  const format = options.choice("format", REPORT_FORMATS)
  if (format === undefined || format === "json") return undefined
  if (options.has("json")) throw new Failure("usage", "report_twice", format)
  return format === "text" ? undefined : (remarks) => escapeControls(REPORTERS[format](remarks))
}

/** Findings in the form of a reporter, else for people. */
export async function reportOf(
  findings: readonly Finding[],
  reporter: Reporter | undefined,
  session: Session,
): Promise<string> {
  return reporter?.(remarksOf(findings, await catalogueOf(session))) ?? linesOf(findings, session)
}

/** Findings for people, with their last line end. */
export async function linesOf(findings: readonly Finding[], session: Session): Promise<string> {
  return `${findingLines(findings, await catalogueOf(session), session).join("\n")}\n`
}

async function explained(text: string, session: Session): Promise<Answer> {
  const id = RULE_IDS.find((known) => known === text.toUpperCase())
  if (id === undefined) throw new Failure("usage", "rule_unknown")
  const { message, why, fix } = explainRule(id, await catalogueOf(session))
  return {
    code: "ok",
    members: { rule: id, message, why, fix },
    text: `${session.say("explained", id, message)}\n${why}\n${fix}\n`,
  }
}
