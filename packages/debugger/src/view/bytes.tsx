/** The bytes of a part: as they were signed, as JSON in lines, in hexadecimal. What is pointed at stands out. */

import { formatJson, type Location, locate, type Segment, visibleText } from "@jotkit/inspect"
import { signal } from "@preact/signals"
import type { JSX } from "preact"
import { pointAway, pointed } from "../state/pointed.ts"
import { reading } from "../state/reading.ts"
import { prettyLines } from "../state/written.ts"
import { fill, sized, words } from "../words/words.ts"
import { CopyButton } from "./copy.tsx"
import { focusBefore } from "./focus.ts"
import "../style/bytes.css"
import "../style/fold.css"

const FORMS = ["raw", "pretty", "hex"] as const
/** Bytes of a line. */
const WIDTH = 16
/** How much is shown at first, and more by each click: characters, lines of JSON, bytes. */
const STEP = { raw: 4000, pretty: 200, hex: 1024 }

/** Characters of a line of JSON that are shown. */
const MAX_LINE = 2000

const isOpen = signal(false)
const form = signal<(typeof FORMS)[number]>("raw")
const chosen = signal("/payload")
const steps = signal(1)

/** The panel. */
export function Bytes(): JSX.Element | null {
  const { bytes } = words.value
  const { segments } = reading.value
  if (segments.length === 0) return null
  return (
    <section class="panel fold" aria-labelledby="bytes-title">
      <details
        class="byte-view"
        open={isOpen.value}
        onToggle={({ currentTarget }) => {
          isOpen.value = currentTarget.open
        }}
      >
        <summary>
          <h2 id="bytes-title">{bytes.title}</h2>
        </summary>
        {isOpen.value && <Content />}
      </details>
    </section>
  )
}

function Content(): JSX.Element | null {
  const { bytes, part } = words.value
  const { segments } = reading.value
  const segment = segments.find(({ path }) => path === chosen.value) ?? segments[0]
  if (segment === undefined) return null
  return (
    <div class="fold-body">
      <div class="bytes-choice">
        <label class="field">
          <span>{bytes.part}</span>
          <select value={segment.path} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {segments.slice(0, 60).map(({ path, name }) => (
              <option key={path} value={path}>
                {part[name]}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{bytes.form}</span>
          <select
            value={form.value}
            onChange={({ currentTarget: { value } }) => {
              form.value = FORMS.find((one) => one === value) ?? "raw"
              steps.value = 1
            }}
          >
            {FORMS.map((one) => (
              <option key={one} value={one}>
                {bytes[one]}
              </option>
            ))}
          </select>
        </label>
        <CopyButton
          id="bytes"
          name={bytes[form.value]}
          label={words.value.copying.label}
          text={() => written(segment)}
        />
      </div>
      <View segment={segment} />
    </div>
  )
}

function choose(path: string): void {
  chosen.value = path
  steps.value = 1
}

/** The whole of what is shown a piece of. */
function written(segment: Segment): string {
  if (form.peek() === "hex") return [...segment.bytes].map(hex).join("")
  if (form.peek() === "raw" || segment.json?.root === undefined) return segment.content ?? segment.text
  return formatJson(segment.json)
}

function View({ segment }: { readonly segment: Segment }): JSX.Element {
  const place = pointed.value === undefined ? undefined : locate(reading.value, pointed.value)
  const here = place?.segment === segment ? place : undefined
  if (form.value === "hex") return <Hex segment={segment} place={here} />
  if (form.value === "pretty" && segment.json?.root !== undefined) return <Pretty segment={segment} />
  return <Raw segment={segment} place={here} />
}

interface ViewProps {
  readonly segment: Segment
  readonly place: Location | undefined
}

function Raw({ segment, place }: ViewProps): JSX.Element {
  const text = segment.content ?? segment.text
  const [from, to] = segment.content === undefined || place === undefined ? [0, 0] : place.content
  const shown = STEP.raw * steps.value
  return (
    <>
      <pre class="bytes-text">
        {visibleText(text.slice(0, Math.min(from, shown)), true)}
        <b data-pointed={to > from || undefined}>{visibleText(text.slice(from, Math.min(to, shown)), true)}</b>
        {visibleText(text.slice(to, Math.max(to, shown)), true)}
      </pre>
      <More shown={shown} all={text.length} />
    </>
  )
}

function Pretty({ segment }: { readonly segment: Segment }): JSX.Element {
  const lines = prettyLines(segment)
  const shown = STEP.pretty * steps.value
  return (
    <>
      <ol class="bytes-text">
        {lines.slice(0, shown).map(({ path, text }, index) => (
          <li
            key={index}
            data-pointed={isWithin(path, pointed.value) || undefined}
            onMouseEnter={() => {
              pointed.value = path
            }}
            onMouseLeave={() => pointAway(path)}
          >
            {visibleText(text.slice(0, MAX_LINE)) + (text.length > MAX_LINE ? "…" : "")}
          </li>
        ))}
      </ol>
      <More shown={shown} all={lines.length} />
    </>
  )
}

/** Whether a path is what is pointed at, or in it. */
export function isWithin(path: string, target: string | undefined): boolean {
  return target !== undefined && (path === target || path.startsWith(`${target}/`))
}

function Hex({ segment: { bytes }, place }: ViewProps): JSX.Element {
  const shown = Math.min(bytes.length, STEP.hex * steps.value)
  const [from, to] = place?.bytes ?? [0, 0]
  const rows = Array.from({ length: Math.ceil(shown / WIDTH) }, (_, index) => index * WIDTH)
  return (
    <>
      <pre class="bytes-text">
        {rows.map((start) => {
          const row = bytes.subarray(start, start + WIDTH)
          const cut = (offset: number) => Math.min(Math.max(offset - start, 0), row.length)
          return (
            <span key={start}>
              <i>{start.toString(16).padStart(6, "0")}</i>
              {"  "}
              <Marked
                parts={partsOf(row, cut(from), cut(to), (part) => part.map((byte) => `${hex(byte)} `).join(""))}
              />
              {"   ".repeat(WIDTH - row.length)}{" "}
              <Marked parts={partsOf(row, cut(from), cut(to), (part) => part.map(ascii).join(""))} />
              {"\n"}
            </span>
          )
        })}
      </pre>
      <More shown={shown} all={bytes.length} />
    </>
  )
}

type Parts = readonly [before: string, pointedAt: string, after: string]

function partsOf(row: Uint8Array, from: number, to: number, write: (bytes: readonly number[]) => string): Parts {
  return [write([...row.subarray(0, from)]), write([...row.subarray(from, to)]), write([...row.subarray(to)])]
}

function Marked({ parts: [before, pointedAt, after] }: { readonly parts: Parts }): JSX.Element {
  return (
    <>
      {before}
      {pointedAt !== "" && <b data-pointed>{pointedAt}</b>}
      {after}
    </>
  )
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0")
}

function ascii(byte: number): string {
  return byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : "·"
}

function More({ shown, all }: { readonly shown: number; readonly all: number }): JSX.Element | null {
  const { bytes } = words.value
  if (shown >= all) return null
  return (
    <button
      type="button"
      class="button"
      onClick={({ currentTarget }) => {
        const step = shown / steps.value++
        if (shown + step >= all) focusBefore(currentTarget)
      }}
    >
      {fill(bytes.more, shown, form.value === "hex" ? sized(all, "byte") : all)}
    </button>
  )
}
