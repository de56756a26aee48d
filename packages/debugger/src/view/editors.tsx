/** Header and payload as text: two views of the token, and what is signed next. */

import { readJson, textOf, visibleText } from "@jotkit/inspect"
import { batch, computed, type ReadonlySignal } from "@preact/signals"
import type { JSX } from "preact"
import { now } from "../state/clock.ts"
import {
  canRedo,
  canUndo,
  type DraftBox,
  draft,
  editDraft,
  headerMember,
  isTooLong,
  isUnsigned,
  MAX_EDITED,
  redo,
  setMember,
  undo,
} from "../state/draft.ts"
import { isForgotten } from "../state/forget.ts"
import { refused, tokenText } from "../state/input.ts"
import { laidOut } from "../state/json-edit.ts"
import { jsonPieces } from "../state/json-pieces.ts"
import { randomText } from "../state/making-keys.ts"
import { applyPreset, PRESET_NAMES } from "../state/presets.ts"
import {
  isAsked,
  isAsTyped,
  isWaived,
  jsonProblem,
  type Obstacle,
  obstacle,
  signDraft,
  signingAlgorithm,
  signingInput,
  testOnly,
  waive,
} from "../state/signing.ts"
import { catalogue, fill, sized, words } from "../words/words.ts"
import { focusOn } from "./focus.ts"
import { PLAIN_TEXT, refuseLarge } from "./plain-text.ts"
import "../style/making.css"

const BOXES: readonly DraftBox[] = ["header", "payload"]
/** Longer texts, and those of more pieces, are shown without colours. */
const MAX_COLOURED = 50_000
const MAX_PIECES = 3000
/** Bytes to be signed that are shown. */
const MAX_SHOWN = 20_000

/** The panel of the texts. */
export function Editors(): JSX.Element {
  const { make } = words.value
  return (
    <section class="panel editors" aria-labelledby="make-title">
      <div class="panel-head">
        <h2 id="make-title">{make.title}</h2>
        <div class="actions">
          <button type="button" class="button" aria-disabled={!canUndo.value} onClick={undo}>
            {make.undo}
          </button>
          <button type="button" class="button" aria-disabled={!canRedo.value} onClick={redo}>
            {make.redo}
          </button>
        </div>
      </div>
      {isTooLong.value ? (
        <p class="hint">{make.too_long}</p>
      ) : (
        <>
          <p class="hint">{make.hint}</p>
          <Presets />
          {BOXES.map((box) => (
            <Editor key={box} box={box} />
          ))}
          <Claims />
          <Signing />
        </>
      )}
    </section>
  )
}

function Presets(): JSX.Element {
  const { make } = words.value
  return (
    <label class="field">
      <span>{make.preset}</span>
      <select
        value=""
        onChange={({ currentTarget }) => {
          const name = PRESET_NAMES.find((one) => one === currentTarget.value)
          currentTarget.value = ""
          isForgotten.value = false
          if (name !== undefined) applyPreset(name)
        }}
      >
        <option value="">{make.preset_none}</option>
        {PRESET_NAMES.map((name) => (
          <option key={name} value={name}>
            {make[name]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What is wrong with each text; empty where nothing is. */
const problems = { header: computed(() => problemIn("header")), payload: computed(() => problemIn("payload")) }

/** What is wrong with what is being edited. */
export const draftProblem: ReadonlySignal<string> = computed(() =>
  isUnsigned.value || refused.value !== undefined ? problems.header.value || problems.payload.value : "",
)

function problemIn(box: DraftBox): string {
  return refused.value?.box === `draft-${box}` ? words.value.make.too_long : problemOf(draft.value[box])
}

/** A plain text area: the tab key leaves it. */
function Editor({ box }: { readonly box: DraftBox }): JSX.Element {
  const { part } = words.value
  const text = draft.value[box]
  const id = `draft-${box}`
  const problem = problems[box].value
  const pieces = text.length <= MAX_COLOURED ? jsonPieces(text) : undefined
  const coloured = pieces !== undefined && pieces.length <= MAX_PIECES ? pieces : undefined
  return (
    <div class="editor" data-part={box}>
      <div class="panel-head">
        <label for={id} class="editor-name">
          <i class="swatch" aria-hidden="true" /> {part[box]}
        </label>
        <Layouts box={box} />
      </div>
      <div class="sheet" data-coloured={coloured !== undefined}>
        {coloured !== undefined && (
          <pre class="sheet-layer" aria-hidden="true">
            {coloured.map(({ text: piece, kind }, index) => (
              <span key={index} data-json={kind}>
                {piece}
              </span>
            ))}{" "}
          </pre>
        )}
        <textarea
          id={id}
          class="sheet-text"
          {...PLAIN_TEXT}
          aria-describedby={`${id}-problem`}
          aria-invalid={problem !== ""}
          value={text}
          onBeforeInput={(event) => {
            refuseLarge(event, MAX_EDITED)
            if (event.inputType.startsWith("history")) takeBack(event, event.inputType === "historyRedo")
          }}
          onKeyDown={(event) => {
            const key = event.key.toLowerCase()
            const isRedo = key === "y" || (key === "z" && event.shiftKey)
            if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) takeBack(event, isRedo)
          }}
          onInput={(event) => {
            isForgotten.value = false
            editDraft({ [box]: event.currentTarget.value }, strokeOf(box, event))
          }}
        />
      </div>
      <p id={`${id}-problem`} class="note">
        {problem}
      </p>
    </div>
  )
}

/** Letters of one word are undone together, and so is what is deleted in one go. */
function strokeOf(box: DraftBox, { inputType, data }: InputEvent): string {
  if (inputType.startsWith("delete")) return `${box} delete`
  return data !== null && /^\w$/.test(data) ? `${box} insert` : ""
}

function takeBack(event: Event, isRedo: boolean): void {
  event.preventDefault()
  if (isRedo) redo()
  else undo()
}

function problemOf(text: string): string {
  const { make } = words.value
  const problem = jsonProblem(text)
  // What came as a token in a token, or as any other text, was never meant to be JSON.
  if (problem !== undefined && !isUnsigned.value && !/^\s*[{[]/.test(text)) return ""
  if (problem !== undefined)
    return fill(make.problem, problem.line, problem.column, textOf(catalogue.value, "json", problem.code))
  const { root } = readJson(text)
  const twice = root?.type === "object" ? root.members.filter(({ duplicate }) => duplicate) : []
  if (twice.length > 0) return fill(make.twice, visibleText(twice.map(({ name }) => name).join(", ")))
  const seen = text.replaceAll(/[\r\n\t]/g, "")
  return visibleText(seen) === seen ? "" : make.hidden
}

function Layouts({ box }: { readonly box: DraftBox }): JSX.Element {
  const { make, part } = words.value
  const text = draft.value[box]
  const layouts = [
    ["format", { isIndented: true }],
    ["compact", { isIndented: false }],
    ["sort", { isIndented: true, isSorted: true }],
  ] as const
  return (
    <div class="actions">
      {layouts.map(([name, layout]) => (
        <button
          key={name}
          type="button"
          class="button button-small"
          aria-label={fill(make.of, make[name], part[box])}
          aria-disabled={text.trim() === "" || jsonProblem(text) !== undefined}
          onClick={() => editDraft({ [box]: laidOut(text, layout) ?? text })}
        >
          {make[name]}
        </button>
      ))}
    </div>
  )
}

/** Claims that nobody wants to reckon out. */
function Claims(): JSX.Element {
  const { make } = words.value
  const at = (seconds: number) => now.peek() + seconds
  const all: readonly (readonly [label: string, name: string, value: () => unknown])[] = [
    [make.iat_now, "iat", () => at(0)],
    [make.exp_5, "exp", () => at(300)],
    [make.exp_60, "exp", () => at(3600)],
    [make.exp_day, "exp", () => at(86_400)],
    [make.jti, "jti", randomText],
  ]
  return (
    <fieldset class="claim-buttons">
      <legend class="visually-hidden">{make.claims}</legend>
      {all.map(([label, name, value]) => (
        <button
          key={label}
          type="button"
          class="button button-small"
          onClick={() => setMember("payload", name, value())}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}

function Signing(): JSX.Element {
  const { make } = words.value
  const against = obstacle.value
  const isTold = against !== undefined && (isAsked.value || (isUnsigned.value && draft.value.payload !== ""))
  const test = testOnly.value?.token === tokenText.value ? testOnly.value?.obstacle : undefined
  return (
    <>
      <Bytes />
      <div class="act">
        <button id="sign" type="button" class="button button-strong" onClick={() => void signDraft()}>
          {make.sign}
        </button>
        <label class="field-inline">
          <span class="visually-hidden">{make.layout}</span>
          <select
            value={String(isAsTyped.value)}
            onChange={({ currentTarget }) => {
              isAsTyped.value = currentTarget.value === "true"
            }}
          >
            <option value="false">{make.layout_compact}</option>
            <option value="true">{make.layout_typed}</option>
          </select>
        </label>
        {against === undefined && signingAlgorithm.value !== undefined && (
          <span class="hint">{fill(make.with, signingAlgorithm.value)}</span>
        )}
      </div>
      <output class="states">
        {isUnsigned.value && (
          <span class="chip" data-tone="spent" data-state="unsigned">
            {tokenText.value === "" ? make.unsigned_new : make.unsigned}
          </span>
        )}
        {isTold && against !== undefined && <Against obstacle={against} />}
        {test !== undefined && (
          <span class="chip" data-tone="bad" data-state="test-only">
            {fill(make.test_only, textOfObstacle(test))}
          </span>
        )}
      </output>
      {isTold && against?.isWaivable === true && (
        <label class="check">
          <input
            type="checkbox"
            checked={isWaived.value}
            onChange={({ currentTarget }) => waive(currentTarget.checked)}
          />
          {make.waive}
        </label>
      )}
    </>
  )
}

function Against({ obstacle: against }: { readonly obstacle: Obstacle }): JSX.Element {
  const { make } = words.value
  const algorithm = String(against.details[0] ?? "")
  return (
    <span class="chip" data-tone="bad" data-code={against.code}>
      <span>{textOfObstacle(against)}</span>
      {against.code === "header_alg" && (
        <button type="button" class="button button-small" onClick={() => writeAlgorithm(algorithm)}>
          {fill(make.set_alg, algorithm)}
        </button>
      )}
    </span>
  )
}

function writeAlgorithm(algorithm: string): void {
  batch(() => headerMember("alg") !== algorithm && setMember("header", "alg", algorithm))
  focusOn("sign")
}

function textOfObstacle({ code, details }: Obstacle): string {
  const { make } = words.value
  if (code === "refused") return fill(make.refused, textOf(catalogue.value, "check", String(details[0])))
  return fill(make[code], ...details)
}

/** No one should have to believe what is signed. */
function Bytes(): JSX.Element | null {
  const { make } = words.value
  if (draft.value.header === "" && draft.value.payload === "") return null
  const input = signingInput.value
  return (
    <details class="bytes">
      <summary>{fill(make.bytes, sized(input.length, "byte"))}</summary>
      <textarea class="key-text" readOnly rows={4} aria-label={make.bytes_name} value={input.slice(0, MAX_SHOWN)} />
    </details>
  )
}
