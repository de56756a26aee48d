/** What is inside of a token: of an encrypted one what the key opened, and in any the token that it carries, with its own judgment. */

import { memberOf, type Reading, textOf } from "@jotkit/inspect"
import type { JSX } from "preact"
import { innerJudgment, innerKeyText } from "../state/inner.ts"
import { giveToken } from "../state/input.ts"
import { suppliedKeys } from "../state/keys.ts"
import { allowedCost, iterations, type Opening, opening, PBES2_CAP } from "../state/opening.ts"
import { reading } from "../state/reading.ts"
import { catalogue, fill, locale, words } from "../words/words.ts"
import { focusOn } from "./focus.ts"
import { Mark } from "./mark.tsx"
import { Members, type MembersProps } from "./members.tsx"
import { PLAIN_TEXT, refuseLarge } from "./plain-text.ts"
import { markOf, NAMES, textOfCode } from "./verdicts.tsx"
import "../style/making.css"

/** Tokens in tokens in tokens: nobody makes more. */
const MAX_DEPTH = 5

/** The panel of what is inside. */
export function Inside(): JSX.Element | null {
  const { inside } = words.value
  const { form, nested } = reading.value
  if (form !== "jwe") return nested === undefined ? null : <NestedPanel inner={nested} />
  const opened = opening.value
  if (opened === undefined) return null
  return (
    <section class="panel inside" aria-labelledby="inside-title" data-state={opened.state}>
      <h2 id="inside-title">{inside.title}</h2>
      <Cost />
      {opened.state === "opened" ? <Opened opened={opened} /> : <NotOpened opened={opened} />}
    </section>
  )
}

function NestedPanel({ inner }: { readonly inner: Reading }): JSX.Element {
  return (
    <section class="panel inside" aria-label={titleOf(inner)}>
      <Nested inner={inner} depth={1} />
    </section>
  )
}

function titleOf({ form }: Reading): string {
  const { inside } = words.value
  return form === "jwe" ? inside.nested_encrypted : inside.nested
}

/** How much work the token asks for. */
function Cost(): JSX.Element | null {
  const count = iterations.value
  if (count === 0) return null
  return <p class="hint">{fill(words.value.inside.iterations, numbered(count))}</p>
}

function numbered(count: number): string {
  return new Intl.NumberFormat(locale.value).format(count)
}

type Opened = Extract<Opening, { readonly state: "opened" }>

function Opened({ opened }: { readonly opened: Opened }): JSX.Element {
  const { inside, claims } = words.value
  const { inside: content, algorithm, encryption } = opened
  const isShared = suppliedKeys.value?.some(({ isSymmetric }) => isSymmetric) === true
  const isCompressed = memberOf(reading.value.header?.json?.root, "zip") !== undefined
  return (
    <>
      <p class="chip">
        <span>{fill(inside.opened, algorithm, encryption)}</span>
        <span>{isShared ? inside.opened_secret : inside.opened_public}</span>
        {isCompressed && <span>{inside.compressed}</span>}
      </p>
      {content.nested === undefined ? (
        content.payload !== undefined && (
          <>
            {content.payload.json?.root?.type === "object" && <InnerVerdicts names={["time", "claims"]} />}
            <Members label={claims.title} segment={content.payload} vocabulary="claims" />
          </>
        )
      ) : (
        <>
          <InnerKey inner={content.nested} />
          <Nested inner={content.nested} depth={1} />
        </>
      )}
    </>
  )
}

function NotOpened({ opened }: { readonly opened: Exclude<Opening, Opened> }): JSX.Element {
  const { inside } = words.value
  return (
    <p class="chip" data-tone={opened.state === "refused" ? "bad" : "spent"}>
      <span>{textOfRefusal(opened)}</span>
      {opened.state === "costly" && (
        <button
          type="button"
          class="button"
          onClick={() => {
            allowedCost.value = reading.value
            // The whole panel goes until it is opened.
            focusOn("verdict-title")
          }}
        >
          {inside.go_on}
        </button>
      )}
    </p>
  )
}

function textOfRefusal(opened: Exclude<Opening, Opened>): string {
  const { inside } = words.value
  if ("count" in opened) return fill(inside[opened.state], numbered(opened.count), numbered(PBES2_CAP))
  if (opened.state !== "refused") return inside[opened.state]
  if (opened.code === "decryption_failed") return inside.refused
  if (opened.code === "algorithm_unavailable") return inside.refused_absent
  return fill(inside.refused_other, textOf(catalogue.value, "check", opened.code))
}

function lookAt({ text }: Reading): void {
  giveToken(text)
  focusOn("token-title")
}

/** A token in a token: foldable, as deep as they go. */
function Nested({ inner, depth }: { readonly inner: Reading; readonly depth: number }): JSX.Element {
  const { inside, claims } = words.value
  const { header, payload, nested } = inner
  return (
    <details class="nested" open>
      <summary>{titleOf(inner)}</summary>
      <div class="nested-body">
        {header !== undefined && <Titled title={inside.headers} segment={header} vocabulary="headers" />}
        {nested === undefined && payload !== undefined && (
          <Titled title={claims.title} segment={payload} vocabulary="claims" />
        )}
        <div class="act">
          <button type="button" class="button" onClick={() => lookAt(inner)}>
            {inside.alone}
          </button>
        </div>
        {nested !== undefined && depth < MAX_DEPTH && <Nested inner={nested} depth={depth + 1} />}
      </div>
    </details>
  )
}

function Titled({
  title,
  ...part
}: { readonly title: string } & Pick<MembersProps, "segment" | "vocabulary">): JSX.Element {
  return (
    <>
      <h3>{title}</h3>
      <Members label={title} {...part} />
    </>
  )
}

/** Encryption says nothing of the sender: that is what the signature inside is for, and it has a key of its own. */
function InnerKey({ inner }: { readonly inner: Reading }): JSX.Element | null {
  const { inside } = words.value
  if (inner.form !== "jws") return null
  return (
    <div class="inner-key">
      <label class="field" for="inner-verifier">
        <span>{inside.verify}</span>
      </label>
      <textarea
        id="inner-verifier"
        class="key-text"
        {...PLAIN_TEXT}
        rows={3}
        aria-describedby="inner-verifier-hint"
        value={innerKeyText.value}
        onBeforeInput={(event) => refuseLarge(event)}
        onInput={({ currentTarget }) => {
          innerKeyText.value = currentTarget.value
        }}
      />
      <p id="inner-verifier-hint" class="hint">
        {inside.verify_hint}
      </p>
      <InnerVerdicts names={NAMES} />
    </div>
  )
}

/** One region of its own: the names of the five are theirs alone. */
function InnerVerdicts({ names }: { readonly names: readonly (typeof NAMES)[number][] }): JSX.Element {
  const { inside, verdicts } = words.value
  const judgment = innerJudgment.value
  return (
    <output aria-label={inside.verdict}>
      {names.map((name) => {
        const verdict = judgment?.verdicts[name]
        const mark = markOf(name, verdict)
        return (
          <span key={name} class="inner-verdict" data-name={name} data-status={verdict?.status ?? "none"}>
            <Mark name={mark} />
            <span>{verdicts[name]}</span>
            {verdict !== undefined && (
              <span data-mark={mark}>
                {textOf(catalogue.value, "status", verdict.status)}
                {verdict.code !== "ok" && `: ${textOfCode(verdict.code, judgment)}`}
              </span>
            )}
          </span>
        )
      })}
    </output>
  )
}
