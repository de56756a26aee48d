/** One key: what was read of it, and what became of it. */

import { countKeys, type KeyAnswerCode, MAX_KEYS, type OfferedKey, textOf, visibleText } from "@jotkit/inspect"
import type { JSX } from "preact"
import { judged } from "../state/judgment.ts"
import { catalogue, fill, sized, words } from "../words/words.ts"
import { Mark } from "./mark.tsx"

/** Keys of a set that are listed. */
const MAX_LISTED = 50
/** As many stand there at once. */
const MAX_OPEN = 3

interface KeyListProps {
  /** What they were read of. */
  readonly text: string
  readonly keys: readonly OfferedKey[]
  /** Whether all of many stand there at once. */
  readonly isWhole?: boolean
}

/** The keys, the one that made the signature first. */
export function KeyList({ text, keys, isWhole = false }: KeyListProps): JSX.Element {
  const { keyset } = words.value
  const total = keys.length < MAX_KEYS ? keys.length : countKeys(text)
  const sorted = [...keys].sort((one, other) => rankOf(one) - rankOf(other)).slice(0, MAX_LISTED)
  const [open, folded] = sorted.length > MAX_OPEN && !isWhole ? [sorted.slice(0, 1), sorted.slice(1)] : [sorted, []]
  return (
    <>
      <ul>
        {open.map((one) => (
          <KeyLine key={one.index} offered={one} />
        ))}
      </ul>
      {folded.length > 0 && (
        <details>
          <summary>{fill(keyset.others, total - 1)}</summary>
          <ul>
            {folded.map((one) => (
              <KeyLine key={one.index} offered={one} />
            ))}
          </ul>
        </details>
      )}
      {total > MAX_LISTED && <p class="note">{fill(keyset.listed, MAX_LISTED, total, MAX_KEYS)}</p>}
    </>
  )
}

function rankOf(key: OfferedKey): number {
  const answer = answerOf(key)
  return answer === "matched" ? 0 : answer === "no_match" ? 1 : 2
}

function answerOf(key: OfferedKey): KeyAnswerCode | undefined {
  return judged.value?.judgment.keys.find((one) => one.key === key)?.answer
}

function KeyLine({ offered }: { readonly offered: OfferedKey }): JSX.Element {
  const { key } = words.value
  const { form, problem, thumbprint, keyId } = offered
  if (problem !== undefined)
    return (
      <li data-problem={problem}>
        <strong>{key[`form_${form}`]}</strong>
        <span class="note">{textOf(catalogue.value, "check", problem)}</span>
      </li>
    )
  return (
    <li>
      <strong>{key[`form_${form}`]}</strong>
      <span class="key-facts">
        {factsOf(offered).map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
        {keyId !== undefined && <span class="code">kid {visibleText(keyId).slice(0, 80)}</span>}
      </span>
      {thumbprint !== undefined && (
        <span class="thumbprint">
          <span class="faint">{key.thumbprint}</span> <span class="code">{thumbprint}</span>
        </span>
      )}
      <Answer answer={answerOf(offered)} />
    </li>
  )
}

/** Why it was or was not chosen, and what came of trying it. */
function Answer({ answer }: { readonly answer: KeyAnswerCode | undefined }): JSX.Element | null {
  if (answer === undefined) return null
  const mark = answer === "matched" ? "pass" : answer === "no_match" ? "fail" : "not_checked"
  return (
    <span data-answer={answer} data-mark={mark}>
      <Mark name={mark} /> {textOf(catalogue.value, "answer", answer)}
    </span>
  )
}

function factsOf({ keyType, curve, algorithm, bits, isPrivate, isSymmetric }: OfferedKey): string[] {
  const { key } = words.value
  const lengths = bits === undefined ? [] : [sized(bits, "bit")]
  if (bits !== undefined && isSymmetric) lengths.unshift(sized(Math.ceil(bits / 8), "byte"))
  const kind = isSymmetric ? key.secret : isPrivate ? key.private : key.public
  return [keyType, curve, algorithm].filter((fact) => fact !== undefined).concat(lengths, kind)
}
