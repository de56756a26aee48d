/** The moments of the token and now, on one line. */

import { relativeTime } from "@jotkit/inspect"
import type { JSX } from "preact"
import { now } from "../state/clock.ts"
import { type Moment, moments } from "../state/reading.ts"
import { locale, words } from "../words/words.ts"
import "../style/timeline.css"

/** Room at both ends, in parts of the line. */
const MARGIN = 0.05

/** The panel of the times. */
export function Timeline(): JSX.Element | null {
  const { time } = words.value
  if (moments.value.length === 0) return null
  const here: Moment = { name: "now", seconds: now.value }
  const all = [...moments.value, here].sort((one, other) => one.seconds - other.seconds)
  const place = scaleOf(all)
  return (
    <section class="panel times" aria-labelledby="times-title">
      <h2 id="times-title">{time.title}</h2>
      <div class="line" aria-hidden="true">
        <Span place={place} />
        {all.map(({ name, seconds }) => (
          <i key={name} data-name={name} style={{ left: percent(place(seconds)) }} />
        ))}
      </div>
      <ol class="moments">
        {all.map(({ name, seconds }) => (
          <li key={name} data-name={name}>
            <i aria-hidden="true" data-name={name} />
            <span class="code">{name === "now" ? time.now : name}</span>
            {name !== "now" && <span>{relativeTime(seconds, now.value, locale.value)}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The time in which the token may be used. */
function Span({ place }: { readonly place: (seconds: number) => number }): JSX.Element | null {
  const at = (name: string) => moments.value.find((moment) => moment.name === name)?.seconds
  const [start, end] = [at("nbf") ?? at("iat"), at("exp")]
  if (start === undefined && end === undefined) return null
  const from = start === undefined ? 0 : place(start)
  const to = end === undefined ? 1 : place(end)
  if (to <= from) return null
  return <b data-open={end === undefined || undefined} style={{ left: percent(from), width: percent(to - from) }} />
}

function scaleOf(all: readonly Moment[]): (seconds: number) => number {
  const first = all.at(0)?.seconds ?? 0
  const length = (all.at(-1)?.seconds ?? 0) - first
  return (seconds) => (length === 0 ? 0.5 : MARGIN + ((1 - 2 * MARGIN) * (seconds - first)) / length)
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)}%`
}
