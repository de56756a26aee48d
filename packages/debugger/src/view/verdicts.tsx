/** Five verdicts, and the sentence that they amount to. They stand outside of anything that a token can write into. */

import { type Diagnosis, misfitOf, textMember, textOf, type Verdict } from "@jotkit/inspect"
import type { JSX } from "preact"
import { headline } from "../state/headline.ts"
import { moveToKey } from "../state/input.ts"
import { canSearch, isAwaited, judgment, search, startSearch } from "../state/judgment.ts"
import { hasKey, suppliedKeys } from "../state/keys.ts"
import { isKey, isReading, reading, recognition } from "../state/reading.ts"
import type { Judged } from "../state/tasks.ts"
import { isPatient, isStopped } from "../state/worker.ts"
import { catalogue, fill, words } from "../words/words.ts"
import { focusOn } from "./focus.ts"
import { useHeight } from "./hold.ts"
import { Mark, type MarkName } from "./mark.tsx"
import { AsOf } from "./timeline.tsx"
import "../style/verdicts.css"

/** The five, in their order. */
export const NAMES = ["structure", "signature", "time", "claims", "keyTrust"] as const

/** The panel of the verdicts. */
export function Verdicts(): JSX.Element {
  const { headline: texts, verdicts } = words.value
  const [name, tone] = headline.value
  const panel = useHeight<HTMLElement>(isAwaited.value)
  const head = useHeight<HTMLDivElement>(isAwaited.value)
  return (
    <section {...panel} class="panel verdicts" data-tone={tone} data-headline={name} aria-labelledby="verdict-title">
      <h2 id="verdict-title" class="visually-hidden">
        {verdicts.title}
      </h2>
      <div {...head} class="headline">
        <AsOf />
        <p class="headline-text">{texts[name]}</p>
        <p>{texts[`${name}_more`]}</p>
        <Kind />
      </div>
      <div class="verdict-list">
        {NAMES.map((one) => (
          <Row key={one} name={one} judgment={judgment.value} />
        ))}
      </div>
      <Remedies />
    </section>
  )
}

/** What kind of token it is, and by what that shows. */
function Kind(): JSX.Element | null {
  if (reading.value.text === "") return null
  const { kind, by, detail } = recognition.value
  if (kind === "unknown") return null
  return (
    <p class="kind">
      <strong>{catalogue.value.kinds[kind].split("|")[0]}</strong>
      <span class="faint">{textOf(catalogue.value, "reason", by, detail)}</span>
    </p>
  )
}

interface RowProps {
  readonly name: (typeof NAMES)[number]
  readonly judgment: Judged["judgment"] | undefined
}

function Row({ name, judgment: found }: RowProps): JSX.Element {
  const { verdicts } = words.value
  const verdict = found?.verdicts[name]
  const mark = isProofless(name, found) ? "spent" : markOf(name, verdict)
  const isGiven = (reading.value.text !== "" && !isKey(reading.value)) || isReading.value
  const isWaiting = isGiven && verdict === undefined && !isStopped.value && headline.value[0] !== "unread"
  const held = useHeight<HTMLOutputElement>(isWaiting)
  return (
    <output
      {...held}
      class="verdict"
      aria-live="off"
      aria-label={verdicts[name]}
      data-status={verdict?.status ?? "none"}
      data-code={verdict?.code}
    >
      <Mark key={verdict?.status} name={mark} />
      <span class="verdict-name">{verdicts[name]}</span>
      {verdict !== undefined && (
        <span class="verdict-status" data-mark={mark}>
          {statusText(name, found)}
        </span>
      )}
      {isWaiting && <span class="verdict-status waiting">{verdicts.waiting}</span>}
      <span class="verdict-reason">{isGiven ? reasonOf(name, found) : verdicts[`${name}_asks`]}</span>
    </output>
  )
}

/** A signature that holds with the token's own key is no pass, shown or said. */
function isProofless(name: RowProps["name"], found: RowProps["judgment"]): boolean {
  return name === "signature" && found?.verdicts.keyTrust.status === "fail"
}

/** The status of a verdict in words. */
export function statusText(name: RowProps["name"], found: RowProps["judgment"]): string {
  if (isProofless(name, found)) return words.value.verdicts.own_key
  return textOf(catalogue.value, "status", found?.verdicts[name].status ?? "not_checked")
}

/** What is over is marked otherwise than what is wrong. */
export function markOf(name: RowProps["name"], verdict: Verdict | undefined): MarkName {
  if (verdict === undefined) return "not_checked"
  return name === "time" && verdict.status === "fail" ? "spent" : verdict.status
}

/** Why; each is to be understood without the others. */
function reasonOf(name: RowProps["name"], found: RowProps["judgment"]): string {
  const code = found?.verdicts[name].code
  if (found === undefined || code === undefined) return ""
  if (name === "signature") {
    const particular = ofSignature(code, found)
    if (particular !== undefined) return particular
  }
  if (code === "ok") return ""
  if (code === "token_encrypted" && headline.value[0] === "opened") return words.value.inside.below
  return textOfCode(code, found)
}

/** A code of a verdict in words. */
export function textOfCode(code: string, found: RowProps["judgment"]): string {
  return textOf(catalogue.value, "check", code, found?.checks.find((check) => check.code === code)?.detail)
}

/** By which algorithm it was checked, and what came of it; of a key that does not fit, which one would. */
function ofSignature(code: string, { checks, verdicts: { keyTrust } }: Judged["judgment"]): string | undefined {
  const { verdicts } = words.value
  const detail = checks.find(({ id }) => id === "signature")?.detail ?? ""
  if (code === "signature_invalid") return fill(verdicts.signature_fails, detail)
  if (code === "ok") {
    const proof =
      keyTrust.status === "fail" ? textOf(catalogue.value, "check", keyTrust.code) : verdicts.signature_holds
    return fill(proof, detail)
  }
  const algorithm = textMember(reading.value.header?.json?.root, "alg") ?? ""
  const misfit = code.startsWith("key_") ? misfitOf(algorithm, suppliedKeys.value ?? []) : undefined
  return misfit && textOf(catalogue.value, "hint", "key_unfit", misfit)
}

/** What can be done next. */
function Remedies(): JSX.Element | null {
  const { verdicts, keyset } = words.value
  const { form, isUnsecured } = reading.value
  if (isStopped.value)
    return (
      <div class="remedies">
        <button type="button" class="button" onClick={goOn}>
          {verdicts.go_on}
        </button>
      </div>
    )
  if (canSearch.value)
    return (
      <div class="remedies">
        <button type="button" class="button button-strong" onClick={() => void startSearch()}>
          {verdicts.why}
        </button>
        <output class="hints">{search.value === undefined ? null : <Hints />}</output>
      </div>
    )
  const isHeld = isKey(reading.value)
  if (!isHeld && (hasKey.value || isUnsecured || (form !== "jws" && form !== "sd-jwt"))) return null
  const act = () => {
    if (isHeld) moveToKey(reading.value.text)
    focusOn(isHeld ? "token" : "key")
  }
  return (
    <div class="remedies">
      <button type="button" class="button button-strong" onClick={act}>
        {isHeld ? keyset.use : verdicts.give_key}
      </button>
    </div>
  )
}

function goOn(): void {
  isPatient.value = true
  isStopped.value = false
  focusOn("verdict-title")
}

function Hints(): JSX.Element {
  const { verdicts } = words.value
  const { diagnosis } = search.value ?? {}
  if (diagnosis === undefined) return <span>{verdicts.searching}</span>
  const { hints, tries, tried, exhausted } = diagnosis
  return (
    <>
      <span class={hints.length > 0 ? "faint" : undefined}>
        {hints.length > 0 ? verdicts.hints : fill(exhausted ? verdicts.exhausted : verdicts.no_hint, tries)}
      </span>
      {hints.map(({ code, detail }) => (
        <span class="hint-line" key={code} data-code={code}>
          {textOf(catalogue.value, "hint", code, detail)}
        </span>
      ))}
      <Tried codes={tried} />
    </>
  )
}

/** What was tried, by kind; the kind is the first word of a code. */
function Tried({ codes }: { readonly codes: Diagnosis["tried"] }): JSX.Element | null {
  const { tried } = words.value
  const kinds = new Set(codes.map((code) => code.replace(/_.*/, "")))
  const texts = [...kinds].flatMap((kind) =>
    Object.entries(tried).flatMap(([name, text]) => (name === kind ? text : [])),
  )
  if (texts.length === 0) return null
  return (
    <details class="tried">
      <summary>{tried.title}</summary>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </details>
  )
}
