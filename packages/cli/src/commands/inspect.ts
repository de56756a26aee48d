/** Everything about a token at a glance. */

import {
  type Catalogue,
  explainTime,
  type Finding,
  isNumericDate,
  isoTime,
  type JsonMember,
  type Judgment,
  judge,
  lint,
  localTime,
  lookUp,
  memberOf,
  type Reading,
  type Recognition,
  recognise,
  relativeTime,
  type Segment,
  textOf as wordsFor,
} from "@jotkit/inspect"
import { columns, shortened } from "../frame/columns.ts"
import { escapeLine } from "../frame/escape.ts"
import { Failure } from "../frame/failure.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { catalogueOf } from "../input/catalogue.ts"
import { judgeOne, keyLine, lineOf, rulesOf } from "../input/judging.ts"
import { optionalKeysOf } from "../input/keys.ts"
import { chosenValue, partOf, rawOf, timesOf } from "../input/show.ts"
import { durationOf } from "../input/time.ts"
import { oneToken } from "../input/token.ts"
import { linesOf } from "./lint.ts"

/** What is known of a token. */
interface Report {
  readonly reading: Reading
  readonly judgment: Judgment
  readonly findings: readonly Finding[]
  readonly recognition: Recognition
  readonly catalogue: Catalogue
}

const FORMATS = ["utc", "local", "epoch"] as const
const TIMES: ReadonlySet<string> = new Set(["exp", "nbf", "iat", "auth_time", "updated_at", "toe"])

/** `jot inspect`, and `jot TOKEN`. */
export const command: Command = async (session) => {
  session.options.choice("time", FORMATS)
  const hasKeys = session.options.names.some((name) => name === "key" || /^secret(?!-encoding|-raw)/.test(name))
  const reading = await oneToken(session)
  if (reading.form === "unknown" || reading.form === "json") throw new Failure("input", "not_a_token")
  const judgment = hasKeys
    ? (await judgeOne(reading, session, await rulesOf(session))).judgment
    : await judgedWithout(reading, session)
  const { keys } = hasKeys ? { keys: judgment.keys.map(({ key }) => key) } : await optionalKeysOf(session)
  const findings = await lint(reading, {
    now: session.now,
    keys,
    maxLifetime: durationOf("max-lifetime", session.options.text("max-lifetime")),
  })
  const report = { reading, judgment, findings, recognition: recognise(reading), catalogue: await catalogueOf(session) }
  return answerOf(report, session, hasKeys)
}

function judgedWithout(reading: Reading, { now }: Session): Promise<Judgment> {
  return judge(reading, { now })
}

async function answerOf(report: Report, session: Session, hasKeys: boolean): Promise<Answer> {
  const { reading, judgment, findings, recognition } = report
  const code = hasKeys ? judgment.code : "ok"
  const isVerified = judgment.verdicts.signature.status === "pass" && judgment.code === "ok"
  const notes = isVerified ? [] : [{ level: "notice" as const, text: session.say("not_verified") }]
  const checks = judgment.checks.map(lineOf)
  const value = chosenValue(reading, session)
  if (value !== undefined)
    return { code, members: { verified: isVerified, value: value.json }, checks, findings, text: value.text, notes }
  const members = {
    verified: isVerified,
    kind: recognition.kind,
    key: judgment.verifiedBy === undefined ? undefined : keyLine(judgment.verifiedBy),
    header: partOf(reading.header),
    payload: partOf(reading.payload),
    raw: rawOf(reading),
    times: timesOf(reading),
    verdicts: Object.fromEntries(Object.entries(judgment.verdicts).map(([name, verdict]) => [name, { ...verdict }])),
  }
  const text = session.isJson ? "" : await textOf(report, session)
  return { code, members, checks, findings, text, notes }
}

async function textOf(report: Report, session: Session): Promise<string> {
  const { reading, recognition, catalogue, findings } = report
  const { paint, say } = session
  const [label = "", meaning = ""] = (catalogue.kinds[recognition.kind] ?? "").split("|")
  const blocks = [
    `${paint("strong", label)}${meaning === "" ? "" : ` ${paint("faint", meaning)}`}\n  ${paint("faint", wordsFor(catalogue, "reason", recognition.by, recognition.detail))}`,
    tokenText(reading, session),
    ...partText("header", reading.header, report, session),
    ...partText("payload", reading.payload, report, session),
    ...timelineText(report, session),
    [paint("strong", say("heading_verdicts")), ...verdictLines(report, session)].join("\n"),
    `${paint("strong", say("heading_findings"))}\n${(await linesOf(findings, session)).replaceAll(/^(?=.)/gm, "  ").trimEnd()}`,
  ]
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`
}

/** The token itself, each part in its colour; escaped, since a broken one may hold anything. */
function tokenText({ text, serialization }: Reading, { paint }: Session): string {
  if (serialization !== "compact") return ""
  const parts = escapeLine(text).split(".")
  const colours = ["header", "payload", "signature"] as const
  return parts.map((part, index) => paint(colours[index] ?? "signature", part)).join(".")
}

function partText(name: "header" | "payload", part: Segment | undefined, report: Report, session: Session): string[] {
  if (part === undefined) return []
  const { paint, say } = session
  const title = paint("strong", say(name === "header" ? "heading_header" : "heading_payload"))
  const root = part.json?.root
  if (root?.type !== "object" || part.json?.problem !== undefined)
    return [`${title}\n  ${escapeLine(part.content ?? say("bytes", String(part.bytes.length)))}`]
  const rows = root.members.map((member) => rowOf(name, member, part, report, session))
  const lines = columns(rows, (text, column) =>
    column === 0 ? paint(name, text) : column === 1 ? text : paint("faint", text),
  )
  return [[title, ...lines].join("\n")]
}

/** Moments of the token and now, in order. */
function timelineText({ reading, catalogue }: Report, session: Session): string[] {
  const { now, paint, say } = session
  const words = { iat: ["issued", "issued"], nbf: ["not_before", "valid_since"], exp: ["expires", "expired"] } as const
  const moments = (["iat", "nbf", "exp"] as const).flatMap((name) => {
    const value = memberOf(reading.payload?.json?.root, name)?.value
    const time = value === undefined ? undefined : explainTime(value)
    if (time?.seconds === undefined || !isNumericDate(time)) return []
    const distance = relativeTime(time.seconds, now, localeOf(session))
    const text = wordsFor(catalogue, "time", words[name][time.seconds <= now ? 1 : 0], distance)
    return [{ seconds: time.seconds, text }]
  })
  if (moments.length === 0) return []
  const here = { seconds: now, text: paint("strong", say("now")) }
  const ordered = [...moments, here].sort((one, other) => one.seconds - other.seconds)
  return [`${paint("strong", say("heading_timeline"))}\n  ${ordered.map(({ text }) => text).join(" ── ")}`]
}

function localeOf({ language }: Session): string {
  return language === "en" ? "en" : "zh-Hant-TW"
}

const LONGEST_VALUE = 60

/** Name, value as written, and what it means; of times when that is. */
function rowOf(
  part: "header" | "payload",
  { name, value }: JsonMember,
  { content = "" }: Segment,
  report: Report,
  session: Session,
): string[] {
  const written = shortened(escapeLine(content.slice(...value.range)), LONGEST_VALUE)
  const known = lookUp(part === "header" ? "headers" : "claims", name, report.catalogue)
  const time = part === "payload" && TIMES.has(name) ? timeText(value, session) : undefined
  return [
    escapeLine(name),
    written,
    [known?.label, time ?? known?.meaning].filter((text) => text !== undefined).join(": "),
  ]
}

function timeText(value: JsonMember["value"], session: Session): string | undefined {
  const { options, now } = session
  const time = explainTime(value)
  if (!isNumericDate(time) || time.seconds === undefined) return undefined
  const locale = localeOf(session)
  const format = options.choice("time", FORMATS) ?? "utc"
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const shown =
    format === "epoch"
      ? String(time.seconds)
      : format === "local"
        ? localTime(time.seconds, { locale, timeZone: zone })
        : isoTime(time.seconds)
  return shown === undefined ? undefined : `${shown}, ${relativeTime(time.seconds, now, locale)}`
}

function verdictLines({ judgment, catalogue }: Report, { paint }: Session): string[] {
  const colours = { pass: "good", fail: "bad", not_checked: "faint", cannot_check: "doubt" } as const
  const verdicts = Object.entries(judgment.verdicts)
  const rows = verdicts.map(([name, { status, code }]) => [
    wordsFor(catalogue, "verdict", name),
    wordsFor(catalogue, "status", status),
    code === "ok" ? "" : wordsFor(catalogue, "check", code, detailOf(judgment, code)),
  ])
  return columns(rows, (text, column, row) =>
    column === 1 ? paint(colours[verdicts[row]?.[1].status ?? "not_checked"], text) : text,
  )
}

/** What a message about a verdict names: as in the check that it comes from. */
function detailOf({ checks }: Judgment, code: string): string {
  return checks.find((check) => check.code === code)?.detail ?? ""
}
