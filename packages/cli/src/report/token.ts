/** A token as a person reads it: whether it holds, when, what it says, what is odd. */

import {
  type Catalogue,
  type Entry,
  explainTime,
  type Finding,
  isNumericDate,
  type JsonMember,
  type Judgment,
  lookUp,
  memberOf,
  type Reading,
  type Recognition,
  relativeTime,
  type Segment,
  textMember,
  textOf as wordsFor,
} from "@jotkit/inspect"
import { columns, largest, shortened, widthOf, wrapped } from "../frame/columns.ts"
import { escapeLine } from "../frame/escape.ts"
import type { Session } from "../frame/session.ts"
import { findingLines } from "./findings.ts"
import { momentText } from "./moment.ts"
import { STATUS_COLOURS, signOf } from "./signs.ts"
import { type Moment, momentOfFailure, momentsOf, timelineLines } from "./timeline.ts"

/** What is known of a token. */
export interface Report {
  readonly reading: Reading
  readonly judgment: Judgment
  readonly findings: readonly Finding[]
  readonly recognition: Recognition
  readonly catalogue: Catalogue
  /** Whether keys were given. */
  readonly hasKeys: boolean
}

const TIMES: ReadonlySet<string> = new Set(["exp", "nbf", "iat", "auth_time", "updated_at", "toe"])

/** The report, with its last line end. */
export function reportText(report: Report, session: Session): string {
  const { reading, catalogue, findings } = report
  const { say } = session
  const moments = momentsOf(reading, session.now, catalogue)
  const titled = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [[session.paint("strong", title), ...lines].join("\n")]
  const blocks = [
    headLines(report, session).join("\n"),
    [...verdictLines(report, moments, session), ...adviceLines(report, session)].join("\n"),
    timelineLines(moments, session).join("\n"),
    ...headers(reading).flatMap((header) =>
      titled(say("heading_header"), partLines("header", header, report, session)),
    ),
    ...titled(say("heading_payload"), partLines("payload", reading.payload, report, session)),
    ...titled(say("heading_disclosures"), disclosureLines(report, session)),
    ...titled(say("heading_inside"), insideLines(reading.nested, report, session)),
    ...titled(say("heading_key_binding"), insideLines(reading.keyBinding, report, session)),
    ...titled(say("heading_parts"), segmentLines(reading, session)),
    ...titled(say("heading_findings"), findingLines(findings, catalogue, session)),
  ]
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`
}

/** The protected header; of several signatures each one's. */
function headers({ header, signatures }: Reading): readonly (Segment | undefined)[] {
  return signatures.length > 1 ? signatures.map((signature) => signature.header) : [header]
}

/** What it is, and by what that was recognised. */
function headLines({ recognition, catalogue }: Report, { paint, width }: Session): string[] {
  const [label = "", meaning = ""] = (catalogue.kinds[recognition.kind] ?? "").split("|")
  const why = wordsFor(catalogue, "reason", recognition.by, recognition.detail)
  return [
    ...wrapped(label, width).map((line) => paint("strong", line)),
    ...[meaning, why]
      .filter((text) => text !== "")
      .flatMap((text) => wrapped(text, width))
      .map((line) => paint("faint", line)),
  ]
}

/** What is asked first comes first: is it still valid, is it genuine. */
const VERDICTS = ["time", "signature", "claims", "keyTrust", "structure"] as const

function verdictLines(report: Report, moments: readonly Moment[], session: Session): string[] {
  const { judgment, catalogue } = report
  const statuses = VERDICTS.map((name) => judgment.verdicts[name].status)
  const rows = VERDICTS.map((name, at) => [
    `${signOf(statuses[at] ?? "not_checked", session)} ${wordsFor(catalogue, "verdict", name)}`,
    wordsFor(catalogue, "status", statuses[at] ?? ""),
    whyOf(name, report, moments, session),
  ])
  const paint = (text: string, column: number, row: number) =>
    column < 2 ? session.paint(STATUS_COLOURS[statuses[row] ?? "not_checked"], text) : text
  return columns(rows, { paint, width: session.width })
}

function whyOf(name: (typeof VERDICTS)[number], report: Report, moments: readonly Moment[], session: Session): string {
  const { judgment, catalogue } = report
  const { code } = judgment.verdicts[name]
  if (name === "time") return whyOfTime(report, moments, session)
  const detail = judgment.checks.find((check) => (code === "ok" ? check.id === name : check.code === code))?.detail
  if (code === "ok") return name === "signature" ? (detail ?? "") : ""
  const { keyId, thumbprint } = judgment.verifiedBy ?? {}
  const key = name === "keyTrust" ? (keyId ?? thumbprint) : undefined
  const text = wordsFor(catalogue, "check", code, detail)
  return key === undefined ? text : `${text} (${escapeLine(key)})`
}

/** The moment that decides, in words. */
function whyOfTime({ judgment, catalogue, reading }: Report, moments: readonly Moment[], { say }: Session): string {
  const { status, code } = judgment.verdicts.time
  if (status !== "pass") {
    const detail = judgment.checks.find((check) => check.code === code)?.detail
    return momentOfFailure(code, moments) ?? wordsFor(catalogue, "check", code, detail)
  }
  const end = moments.find(({ name }) => name === "exp")
  const hasEnd = memberOf(reading.payload?.json?.root, "exp") !== undefined
  return end?.text ?? (hasEnd ? "" : say("never_expires"))
}

/** Which key would say more. */
function adviceLines({ reading, hasKeys }: Report, session: Session): string[] {
  const { say, paint, width } = session
  const root = reading.header?.json?.root
  const algorithm = textMember(root, "alg")
  if (algorithm === undefined || reading.isUnsecured || hasKeys) return []
  const keyId = textMember(root, "kid")
  const named = escapeLine(keyId === undefined ? algorithm : `${algorithm}, kid ${keyId}`)
  const isSecret = algorithm.startsWith("HS")
  const word = reading.form === "jwe" ? "advice_decrypt" : isSecret ? "advice_secret" : "advice_public"
  return wrapped(`${signOf("arrow", session)} ${say(word, shortened(named, 60))}`, width - 4).map((line, at) =>
    paint("faint", `${at === 0 ? "  " : "    "}${line}`),
  )
}

function partLines(name: "header" | "payload", part: Segment | undefined, report: Report, session: Session): string[] {
  if (part === undefined) return []
  const { say, width } = session
  const root = part.json?.root
  if (root?.type !== "object" || part.json?.problem !== undefined) {
    const text = escapeLine(part.content ?? say("bytes", String(part.bytes.length)))
    return wrapped(shortened(text, MOST_OF_VALUE), width - 2).map((line) => `  ${line}`)
  }
  const rows = root.members.map((member) => rowOf(name, member, part, report, session))
  return tableLines(name, rows, session)
}

/** What a token says that stands in another one. */
function insideLines(inside: Reading | undefined, report: Report, session: Session): string[] {
  return (["header", "payload"] as const).flatMap((name) => partLines(name, inside?.[name], report, session))
}

function tableLines(
  colour: "header" | "payload",
  rows: readonly (readonly string[])[],
  { paint, width }: Session,
): string[] {
  const painted = (text: string, column: number) => {
    if (column === 0) return paint(colour, text)
    return column === 1 ? text : paint("faint", text)
  }
  return columns(rows, { paint: painted, width, yields: 1 })
}

/** What is longer is cut: `decode` shows all of it. */
const MOST_OF_VALUE = 240

/** Name, value as written, and what it means; of times when that is. */
function rowOf(
  part: "header" | "payload",
  { name, value }: JsonMember,
  { content = "" }: Segment,
  report: Report,
  session: Session,
): string[] {
  const written = shortened(escapeLine(content.slice(...value.range)), MOST_OF_VALUE)
  const known = lookUp(part === "header" ? "headers" : "claims", name, report.catalogue)
  const isTime = part === "payload" && TIMES.has(name)
  return [
    shortened(escapeLine(name), 32),
    written,
    (isTime ? timeText(known?.label ?? name, value, report, session) : undefined) ?? meaningOf(known, session),
  ]
}

/** A label, and behind it the meaning where that needs no second line. */
function meaningOf(known: Entry | undefined, { width, options, say }: Session): string {
  if (known === undefined) return ""
  const { label, meaning } = known
  const whole = meaning === "" ? label : say("explained", label, meaning)
  return options.has("verbose") || widthOf(whole) <= width - COLUMNS_OF_OTHERS ? whole : label
}

/** From here on a moment fits into one line. */
const WIDE_COLUMNS = 100
/** What name and value usually take of a line. */
const COLUMNS_OF_OTHERS = 46

function timeText(
  label: string,
  value: JsonMember["value"],
  { catalogue }: Report,
  session: Session,
): string | undefined {
  const { now, width, say } = session
  const time = explainTime(value)
  if (time.seconds === undefined) return undefined
  if (!isNumericDate(time)) return say("explained", label, wordsFor(catalogue, "time", time.kind))
  const { seconds } = time
  const shown = momentText(seconds, catalogue.language, session)
  const distance = say("explained", label, relativeTime(seconds, now, catalogue.language))
  return shown === undefined ? distance : `${distance}${width < WIDE_COLUMNS ? "\n" : ", "}${shown}`
}

/** What an SD-JWT discloses beside its payload (RFC 9901, section 4.2). */
function disclosureLines({ reading, catalogue }: Report, session: Session): string[] {
  const rows = reading.disclosures.map(({ name, segment: { json, content = "" } }) => {
    const items = json?.root?.type === "array" ? json.root.items : []
    const value = items.at(-1)
    const written = value === undefined ? content : content.slice(...value.range)
    const known = name === undefined ? undefined : lookUp("claims", name, catalogue)
    return [
      shortened(escapeLine(name ?? "-"), 32),
      shortened(escapeLine(written), MOST_OF_VALUE),
      meaningOf(known, session),
    ]
  })
  return tableLines("payload", rows, session)
}

const COLOURS: Readonly<Record<string, "header" | "payload" | "signature">> = {
  header: "header",
  unprotected: "header",
  payload: "payload",
  ciphertext: "payload",
  disclosure: "payload",
}

/** The parts of the token, each in its colour, with their lengths. */
function segmentLines({ segments, text }: Reading, session: Session): string[] {
  const { paint, say, width, isUnicode } = session
  const parts = segments.flatMap(({ name, text: part }) => (name === "document" ? [] : [{ name, part }]))
  const counts = [...parts.map(({ part }) => part.length), text.length].map(String)
  const digits = largest(counts.map(({ length }) => length))
  const names = [...parts.map(({ name }) => say(`part.${name}`)), say("part.all")]
  const lengths = counts.map((count) => say("characters", count.padStart(digits)))
  const room = width - 6 - largest([...names, ...lengths].map(widthOf)) - largest(lengths.map(widthOf))
  const rows = names.map((name, at) => [
    name,
    lengths[at] ?? "",
    room < 8 ? "" : shortened(escapeLine(parts[at]?.part ?? ""), room, isUnicode ? "…" : "..."),
  ])
  const painted = (piece: string, column: number, row: number) => {
    const { name } = parts[row] ?? {}
    return name === undefined || column === 1 ? piece : paint(COLOURS[name] ?? "signature", piece)
  }
  return columns(parts.length > 1 ? rows : rows.slice(0, -1), { paint: painted, width })
}
