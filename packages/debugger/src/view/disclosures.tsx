/** The disclosures of an SD-JWT: what they say, and whether the issuer signed that too. */

import { type DisclosureAnswer, textOf, visibleText } from "@jotkit/inspect"
import type { JSX } from "preact"
import { disclosures } from "../state/beside.ts"
import { catalogue, fill, words } from "../words/words.ts"
import { Mark, type MarkName } from "./mark.tsx"

/** Characters of a value, and rows, that are shown. */
const MAX_CHARACTERS = 400
const MAX_ROWS = 100
const MARKS = { pass: "pass", fail: "fail", skipped: "not_checked", unavailable: "cannot_check" } as const

/** The panel of the disclosures. */
export function Disclosures(): JSX.Element | null {
  const { disclosure: texts } = words.value
  const read = disclosures.value
  if (read === undefined) return null
  return (
    <section class="panel" aria-labelledby="disclosures-title">
      <h2 id="disclosures-title">{texts.title}</h2>
      {read.disclosures.length > 0 && (
        <table class="plain" aria-label={texts.title}>
          <thead>
            <tr>
              <th scope="col">{texts.name}</th>
              <th scope="col">{texts.value}</th>
              <th scope="col">{texts.answer}</th>
            </tr>
          </thead>
          <tbody>
            {read.disclosures.slice(0, MAX_ROWS).map((one, index) => (
              <Row key={index} answered={one} />
            ))}
          </tbody>
        </table>
      )}
      <p class="hint">{fill(texts.undisclosed, read.undisclosed)}</p>
      <h3>{texts.binding}</h3>
      <KeyBinding />
    </section>
  )
}

function Row({ answered: { disclosure, answer } }: { readonly answered: DisclosureAnswer }): JSX.Element {
  const { disclosure: texts } = words.value
  const { segment, name } = disclosure
  const root = segment.json?.root
  const value = root?.type === "array" ? root.items.at(-1) : undefined
  const written = value === undefined ? "" : (segment.content ?? "").slice(...value.range)
  const mark: MarkName = answer === "matched" ? "pass" : answer === "hash_unknown" ? "cannot_check" : "fail"
  return (
    <tr data-answer={answer}>
      <th scope="row">{name === undefined ? <span class="faint">{texts.element}</span> : visibleText(name)}</th>
      <td class="code">{visibleText(written.slice(0, MAX_CHARACTERS), true)}</td>
      <td>
        <Mark name={mark} /> {textOf(catalogue.value, "disclosure", answer)}
      </td>
    </tr>
  )
}

function KeyBinding(): JSX.Element {
  const { disclosure: texts } = words.value
  const checks = disclosures.value?.keyBinding ?? []
  if (checks.length === 0) return <p class="hint">{texts.unbound}</p>
  return (
    <ul class="marked">
      {checks.map(({ id, status, code, detail }) => (
        <li key={id} data-check={id} data-status={status}>
          <Mark name={MARKS[status]} />
          <span>{code === undefined ? texts[id] : textOf(catalogue.value, "check", code, detail)}</span>
        </li>
      ))}
    </ul>
  )
}
