/** The token: where it is pasted, in the colours of its parts, and what each part is. */

import { locate, pathAt, type RemovalKind, type Segment, type SegmentNote, textOf, visibleText } from "@jotkit/inspect"
import type { JSX } from "preact"
import { showExample } from "../state/example.ts"
import { isForgotten } from "../state/forget.ts"
import {
  beforeCleaning,
  chosenToken,
  cleanToken,
  giveToken,
  maxCharacters,
  refused,
  restoreToken,
  shownText,
  tokenText,
} from "../state/input.ts"
import { characterAt, piecesOf } from "../state/pieces.ts"
import { pointed } from "../state/pointed.ts"
import { found, reading, search } from "../state/reading.ts"
import { canShare } from "../state/share.ts"
import { curlHeader } from "../state/written.ts"
import { catalogue, fill, sized, words } from "../words/words.ts"
import { CopyButton } from "./copy.tsx"
import { focusOn } from "./focus.ts"
import { PLAIN_TEXT, refuseLarge, tooLargeText } from "./plain-text.ts"
import { openShare } from "./share.tsx"
import "../style/token.css"

/** Longer texts, and those of more parts, are shown without colours: each keystroke would lay them out twice. */
const MAX_COLOURED = 200_000
const MAX_PARTS = 1000

/** The panel of the token. */
export function TokenBox(): JSX.Element {
  const { token } = words.value
  return (
    <section class="panel token" aria-labelledby="token-title">
      <div class="panel-head">
        <h2 id="token-title">
          <label for="token">{token.title}</label>
        </h2>
        <div class="actions">
          <Taking />
          {tokenText.value === "" ? (
            <button type="button" class="button" onClick={() => void showExample()}>
              {token.example}
            </button>
          ) : (
            <button type="button" class="button" onClick={() => giveToken("")}>
              {token.clear}
            </button>
          )}
        </div>
      </div>
      <TokenField />
      <p id="token-hint" class={tokenText.value === "" ? "hint" : "visually-hidden"}>
        {token.hint}
      </p>
      {shownText.value !== tokenText.value && <p class="chip">{token.cut}</p>}
      <Cleaning />
      <Choice />
      <Parts />
    </section>
  )
}

/** What can be taken away of the token. */
function Taking(): JSX.Element | null {
  if (!canShare.value) return null
  const { copying, share } = words.value
  const header = curlHeader(reading.value.text)
  return (
    <>
      {header !== undefined && <CopyButton id="curl" name={copying.curl} label={copying.curl} text={() => header} />}
      <button type="button" class="button" onClick={openShare}>
        {share.button}
      </button>
    </>
  )
}

/** A plain text area; the colours lie behind it, letter under letter. */
function TokenField(): JSX.Element {
  const text = shownText.value
  const isColoured = canColour()
  const pointedAt = pointed.value === undefined ? undefined : locate(reading.value, pointed.value)?.characters
  return (
    <div class="sheet" data-coloured={isColoured}>
      {isColoured && (
        <pre class="sheet-layer" aria-hidden="true">
          {piecesOf(text, found.value, reading.value, pointedAt).map(({ text: piece, part, isPointedAt }, index) => (
            <span key={index} data-part={part} data-pointed={isPointedAt || undefined}>
              {piece}
            </span>
          ))}{" "}
        </pre>
      )}
      <textarea
        id="token"
        class="sheet-text"
        {...PLAIN_TEXT}
        aria-describedby="token-hint"
        value={text}
        onKeyUp={({ currentTarget }) => pointAt(currentTarget.selectionStart)}
        onBlur={() => pointAt(undefined)}
        onMouseMove={({ clientX, clientY, currentTarget }) => pointAt(characterUnder(clientX, clientY, currentTarget))}
        onMouseLeave={() => pointAt(undefined)}
        onBeforeInput={(event) => refuseLarge(event)}
        onInput={({ currentTarget }) => {
          isForgotten.value = false
          giveToken(currentTarget.value)
        }}
      />
    </div>
  )
}

function canColour(): boolean {
  return tokenText.value.length <= MAX_COLOURED && reading.value.segments.length <= MAX_PARTS
}

/** Points at what the token says at a character of the box. */
function pointAt(character: number | undefined): void {
  const one = canColour() ? found.value : undefined
  const offset = character === undefined || one === undefined ? undefined : characterAt(tokenText.value, one, character)
  pointed.value = offset === undefined ? undefined : pathAt(reading.value, offset)
}

/** The character under the mouse; undefined where the browser does not tell. */
function characterUnder(x: number, y: number, box: HTMLTextAreaElement): number | undefined {
  if (!("caretPositionFromPoint" in document)) return undefined
  const place = document.caretPositionFromPoint(x, y)
  return place?.offsetNode === box ? place.offset : undefined
}

/** What was left out when reading, and how to be rid of it. */
function Cleaning(): JSX.Element | null {
  const { token } = words.value
  const before = beforeCleaning.value
  const refusal = refused.value?.box === "token" ? refused.value.text : undefined
  const tooLong = refusal ?? (search.value.tooLarge ? tokenText.value : undefined)
  if (tooLong !== undefined) return <TooLarge text={tooLong} />
  if (before !== undefined)
    return (
      <p class="chip">
        <span>{fill(token.cleaned, listed(before.removed))}</span>
        <button type="button" class="button" onClick={() => restoreToken(before)}>
          {token.restore}
        </button>
      </p>
    )
  const one = found.value
  if (one === undefined || one.removed.length === 0 || reading.value.form === "unknown") return null
  return (
    <p class="chip">
      <span>{fill(token.left_out, listed(one.removed))}</span>
      <button type="button" class="button" onClick={() => cleanToken(one)}>
        {token.clean}
      </button>
    </p>
  )
}

/** What is too large is read when the user insists. */
function TooLarge({ text }: { readonly text: string }): JSX.Element {
  const { large } = words.value
  return (
    <p class="chip" data-tone="bad">
      <span>{tooLargeText(text)}</span>
      <button
        type="button"
        class="button"
        onClick={() => {
          maxCharacters.value = Math.max(text.length, maxCharacters.value)
          giveToken(text)
          focusOn("token-title")
        }}
      >
        {large.read}
      </button>
    </p>
  )
}

function listed(removed: readonly RemovalKind[]): string {
  const names = removed.map((kind) => textOf(catalogue.value, "removed", kind))
  return new Intl.ListFormat(catalogue.value.language, { style: "narrow" }).format(names)
}

/** The tokens that were found, where there are several. */
function Choice(): JSX.Element | null {
  const { token } = words.value
  const { tokens } = search.value
  if (tokens.length < 2) return null
  return (
    <fieldset class="choice">
      <legend>{fill(token.several, tokens.length)}</legend>
      {tokens.slice(0, 100).map(({ label, text }, index) => (
        <label key={`${index} ${text}`}>
          <input
            type="radio"
            name="chosen-token"
            checked={chosenToken.value === index}
            onChange={() => {
              chosenToken.value = index
            }}
          />
          <span class="code">{visibleText(label ?? token.nameless)}</span>
          <span class="code faint">{`${text.slice(0, 10)}…${text.slice(-6)}`}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Each part by name, so that no one needs its colour, with its size and what is wrong with it. */
function Parts(): JSX.Element | null {
  const { token } = words.value
  const { segments } = reading.value
  if (segments.length === 0) return null
  return (
    <ul class="parts" aria-label={token.parts}>
      {segments.slice(0, 60).map((segment, index) => (
        <Part key={segment.path} segment={segment} place={index + 1} />
      ))}
    </ul>
  )
}

function Part({ segment, place }: { readonly segment: Segment; readonly place: number }): JSX.Element {
  const { part, copying } = words.value
  return (
    <li data-part={segment.name} data-state={segment.state}>
      <i class="swatch" aria-hidden="true" />
      <span class="part-name">{part[segment.name]}</span>
      <span class="faint">{sized(segment.bytes.length, "byte")}</span>
      <CopyButton id={segment.path} name={fill(copying.part, place)} text={() => segment.text} />
      {segment.notes.map((note) => (
        <span class="part-note" key={note.state}>
          {`${textOf(catalogue.value, "state", note.state)} (${placeOf(note, segment)})`}
        </span>
      ))}
    </li>
  )
}

function placeOf({ line, column, range }: SegmentNote, segment: Segment): string {
  const { token } = words.value
  if (line !== undefined && column !== undefined) return fill(token.line, line, column)
  return fill(token.place, range[0] - segment.range[0] + 1)
}
