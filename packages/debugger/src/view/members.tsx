/** The members of an object of the token as a table: names, values as they are written, and what they mean. */

import {
  type Check,
  type Entry,
  explainTime,
  formatJson,
  isNumericDate,
  isoTime,
  type JsonMember,
  type JsonNode,
  localTime,
  lookUp,
  relativeTime,
  type Segment,
  textOf,
  type Vocabulary,
  visibleText,
} from "@jotkit/inspect"
import { signal } from "@preact/signals"
import { Fragment, type JSX } from "preact"
import { useRef } from "preact/hooks"
import { now } from "../state/clock.ts"
import { isAwaited, judged } from "../state/judgment.ts"
import { pointAway, pointed } from "../state/pointed.ts"
import { zone } from "../state/settings.ts"
import { isPersonal, isSecret } from "../state/share.ts"
import { markdownTable, pointerName } from "../state/written.ts"
import { catalogue, fill, locale, sized, words } from "../words/words.ts"
import { isWithin } from "./bytes.tsx"
import { CopyButton } from "./copy.tsx"
import { focusBefore } from "./focus.ts"
import { Mark } from "./mark.tsx"
import "../style/members.css"

/** Rows that are shown at first: a hundred thousand claims are no reason to stand still. */
const FIRST_ROWS = 100
/** Characters of a value that are shown at first. */
const FIRST_CHARACTERS = 400
const TIMES: ReadonlySet<string> = new Set(["exp", "nbf", "iat", "auth_time", "updated_at", "toe"])

/** What a table shows. */
export interface MembersProps {
  /** The table's name. */
  readonly label: string
  readonly segment: Segment
  readonly vocabulary: Vocabulary
}

/** The part whose rows are all shown. */
const unfolded = signal<Segment | undefined>(undefined)

/** The table; where the part is no object, its text. */
export function Members({ label, segment, vocabulary }: MembersProps): JSX.Element {
  const { claims } = words.value
  const root = segment.json?.root
  if (root?.type !== "object") return <Raw segment={segment} />
  const { members } = root
  if (members.length === 0) return <p class="faint">{claims.empty}</p>
  const shown = unfolded.value === segment ? members : members.slice(0, FIRST_ROWS)
  return (
    <>
      <Taking label={label} segment={segment} />
      <table class="members" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{claims.name}</th>
            <th scope="col">{claims.value}</th>
            <th scope="col">{claims.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((member) => (
            <Row key={member.nameRange[0]} member={member} segment={segment} vocabulary={vocabulary} />
          ))}
        </tbody>
      </table>
      {shown.length < members.length && (
        <button
          type="button"
          class="button"
          onClick={({ currentTarget }) => {
            unfolded.value = segment
            focusBefore(currentTarget)
          }}
        >
          {fill(claims.show_all, members.length)}
        </button>
      )}
    </>
  )
}

/** The part to take away, in three forms. */
function Taking({ label, segment }: Pick<MembersProps, "label" | "segment">): JSX.Element {
  const { claims, copying } = words.value
  const forms = {
    raw: () => segment.content ?? "",
    json: () => (segment.json === undefined ? "" : formatJson(segment.json)),
    markdown: () => markdownTable(segment, [claims.name, claims.value]),
  } as const
  return (
    <div class="actions">
      {(["raw", "json", "markdown"] as const).map((form) => (
        <CopyButton
          key={form}
          id={`${label} ${form}`}
          name={`${label}, ${copying[form]}`}
          label={copying[form]}
          text={forms[form]}
        />
      ))}
    </div>
  )
}

interface RowProps {
  readonly member: JsonMember
  readonly segment: Segment
  readonly vocabulary: Vocabulary
}

function Row({ member, segment, vocabulary }: RowProps): JSX.Element {
  const { claims, type } = words.value
  const { name, value, duplicate } = member
  const known = lookUp(vocabulary, name, catalogue.value)
  const path = `${segment.path}/${pointerName(name)}`
  const isTime = vocabulary === "claims" && TIMES.has(name)
  const point = () => {
    pointed.value = path
  }
  const leave = () => pointAway(path)
  return (
    <tr
      data-pointed={isWithin(pointed.value ?? "", path) || undefined}
      data-personal={isPersonal(member) || (vocabulary === "keyMembers" && isSecret(member)) || undefined}
      onMouseEnter={point}
      onMouseLeave={leave}
      onFocusIn={point}
      onFocusOut={leave}
    >
      <th scope="row">
        <span class="member-name">{visibleText(name)}</span>
        <span class="member-type">{type[value.type]}</span>
        {duplicate && (
          <span class="tag" data-tone="bad">
            {claims.twice}
          </span>
        )}
      </th>
      <td>
        <Value node={value} content={segment.content ?? ""} />{" "}
        <CopyButton
          id={member}
          name={visibleText(name)}
          text={() => (value.type === "string" ? String(value.value) : (segment.content?.slice(...value.range) ?? ""))}
        />
        {isTime && <Dates node={value} />}
        {vocabulary === "claims" && <Checked name={name} />}
      </td>
      <td class="member-meaning">
        <Meaning entry={known} />
      </td>
    </tr>
  )
}

/** Texts as they read, everything else as it is written, to the digit; what hides is made visible. */
export function Value({ node, content }: { readonly node: JsonNode; readonly content: string }): JSX.Element {
  const { claims } = words.value
  const written = node.type === "string" ? String(node.value) : content.slice(...node.range)
  const text = visibleText(written, true)
  if (text.length <= FIRST_CHARACTERS)
    return (
      <span class="value" data-type={node.type}>
        {text.split(/(?<=,)/).map((piece, index) => (
          <Fragment key={index}>
            {piece}
            <wbr />
          </Fragment>
        ))}
      </span>
    )
  return (
    <details class="long">
      <summary>
        <span class="value">{text.slice(0, FIRST_CHARACTERS)}…</span>{" "}
        <span class="faint">{fill(claims.more, text.length - FIRST_CHARACTERS)}</span>
      </summary>
      <span class="value">{text.slice(FIRST_CHARACTERS)}</span>
    </details>
  )
}

/** A moment for those who read no seconds: how far it is from now, here, and in UTC. */
function Dates({ node }: { readonly node: JsonNode }): JSX.Element {
  const { claims } = words.value
  const time = explainTime(node)
  const { seconds } = time
  if (seconds === undefined) return <span class="note">{textOf(catalogue.value, "time", time.kind)}</span>
  const timeZone = zone.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const iso = isoTime(seconds)
  return (
    <span class="dates">
      {!isNumericDate(time) && <span class="note">{textOf(catalogue.value, "time", time.kind)}</span>}
      <time class="relative" datetime={iso}>
        {relativeTime(seconds, now.value, locale.value)}
      </time>
      <span>
        {localTime(seconds, { locale: locale.value, timeZone })}{" "}
        {zone.value === undefined && <span class="faint">{claims.local}</span>}
      </span>
      <span>
        <span class="code">{iso}</span> <span class="faint">{claims.utc}</span>
      </span>
    </span>
  )
}

/** Checks that are about the claim of their name: one that is called "signature" says nothing about the token's. */
const OF_CLAIMS = /^(?:exp|nbf|iat|iss|aud|sub|jti|nonce)$/

/** What came of the check of a claim, where there is one. */
function Checked({ name }: { readonly name: string }): JSX.Element | null {
  const latest = useRef<Check | undefined>(undefined)
  if (!isAwaited.value)
    latest.current = judged.value?.judgment.checks.find(({ id }) => id === name && OF_CLAIMS.test(id))
  const check = latest.current
  if (check === undefined || (check.status !== "pass" && check.status !== "fail")) return null
  const mark = check.status === "fail" && (check.id === "exp" || check.id === "nbf") ? "spent" : check.status
  return (
    // The former answer keeps the place of the next one, and is not seen.
    <span class="checked" data-mark={mark} style={{ visibility: isAwaited.value ? "hidden" : "" }}>
      <Mark name={mark} />
      {textOfCheck(check)}
    </span>
  )
}

function textOfCheck({ id, code, detail }: Check): string {
  return textOf(catalogue.value, "check", code ?? id, detail)
}

function Meaning({ entry }: { readonly entry: Entry | undefined }): JSX.Element {
  const { claims } = words.value
  if (entry === undefined) return <span class="faint">{claims.unknown}</span>
  const [source] = entry.sources
  return (
    <>
      <strong>{entry.label}</strong> <span>{entry.meaning}</span>{" "}
      {source !== undefined && (
        <a class="source" href={source.url} target="_blank" rel="noreferrer noopener">
          {source.title}
        </a>
      )}
    </>
  )
}

/** A part that is no object: as text where it is text. */
function Raw({ segment }: { readonly segment: Segment }): JSX.Element {
  const { claims } = words.value
  if (segment.content === undefined)
    return <p class="faint">{fill(claims.as_bytes, sized(segment.bytes.length, "byte"))}</p>
  return (
    <figure class="raw">
      <figcaption class="faint">{claims.as_text}</figcaption>
      <pre>{visibleText(segment.content.slice(0, 20_000), true)}</pre>
    </figure>
  )
}
