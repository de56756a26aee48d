/** The moments of the token and now, on one line; and a look at other moments. */

import { isoTime, localTime, relativeTime } from "@jotkit/inspect"
import type { JSX } from "preact"
import { chosenMoment, now } from "../state/clock.ts"
import { at, type Moment, moments } from "../state/moment.ts"
import { leeway } from "../state/policy.ts"
import { chooseZone, zone } from "../state/settings.ts"
import { fill, locale, words } from "../words/words.ts"
import { focusOn } from "./focus.ts"
import "../style/timeline.css"

/** Room at both ends, in parts of the line. */
const MARGIN = 0.05
/** Steps of the slider from one end to the other. */
const STEPS = 200

/** A place on the line for each moment, and the ends of the line. */
interface Scale {
  readonly place: (seconds: number) => number
  readonly first: number
  readonly last: number
}

/** The panel of the times. */
export function Timeline(): JSX.Element | null {
  const { time } = words.value
  if (moments.value.length === 0) return null
  const all = [...moments.value, { name: "now", seconds: now.value }]
  if (chosenMoment.value !== undefined) all.push({ name: "chosen", seconds: chosenMoment.value })
  all.sort((one, other) => one.seconds - other.seconds)
  // The chosen moment does not stretch the line, or the slider would run away from the hand that moves it.
  const scale = scaleOf(all.filter(({ name }) => name !== "chosen"))
  return (
    <section class="panel times" aria-labelledby="times-title">
      <div class="panel-head">
        <h2 id="times-title">{time.title}</h2>
        <Countdown />
      </div>
      <div>
        <div class="line" aria-hidden="true">
          <Spans scale={scale} />
          {all.map(({ name, seconds }) => (
            <i key={name} data-name={name} style={{ left: percent(scale.place(seconds)) }} />
          ))}
        </div>
        <Slider scale={scale} />
      </div>
      <ol class="moments">
        {all.map((moment) => (
          <MomentLine key={moment.name} moment={moment} />
        ))}
      </ol>
      {leeway.value > 0 && <p class="faint">{fill(words.value.travel.skew, clock(leeway.value))}</p>}
      <ZoneField />
    </section>
  )
}

function MomentLine({ moment: { name, seconds } }: { readonly moment: Moment }): JSX.Element {
  const { time, travel } = words.value
  const said = name === "now" ? time.now : name === "chosen" ? travel.chosen : name
  const isFixed = name === "now" || name === "chosen"
  return (
    <li data-name={name}>
      <i aria-hidden="true" data-name={name} />
      {isFixed ? (
        <span class="code">{said}</span>
      ) : (
        <button type="button" class="moment" aria-label={fill(travel.moment, name)} onClick={() => go(seconds)}>
          {name}
        </button>
      )}
      {name !== "now" && <span>{relativeTime(seconds, now.value, locale.value)}</span>}
    </li>
  )
}

function go(seconds: number | undefined): void {
  chosenMoment.value = seconds
}

/** How long until the token may be used, or until it may not. */
function Countdown(): JSX.Element | null {
  const { travel } = words.value
  const { nbf, exp } = Object.fromEntries(moments.value.map(({ name, seconds }) => [name, seconds]))
  const begins = nbf === undefined ? 0 : nbf - leeway.value - at.value
  const expires = exp === undefined ? 0 : exp + leeway.value - at.value
  if (begins <= 0 && expires <= 0) return null
  return (
    <span class="countdown" role="timer">
      {begins > 0 ? fill(travel.begins, clock(begins)) : fill(travel.expires, clock(expires))}
    </span>
  )
}

/** A length of time as a clock counts it, such as `1 d 02:03:04`. */
function clock(seconds: number): string {
  const days = Math.floor(seconds / 86_400)
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0")
  const rest = `${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`
  if (days === 0) return rest
  const unit = new Intl.NumberFormat(locale.value, { style: "unit", unit: "day" })
  return `${unit.format(days)} ${rest}`
}

/** By keyboard as well as by hand, one two-hundredth of the line for each step. */
function Slider({ scale: { first, last } }: { readonly scale: Scale }): JSX.Element {
  const { travel } = words.value
  return (
    <input
      type="range"
      class="travel"
      aria-label={travel.slider}
      aria-valuetext={dated(at.value)}
      min={first}
      max={last}
      step={Math.max(1, Math.round((last - first) / STEPS))}
      value={at.value}
      onInput={({ currentTarget }) => go(Number(currentTarget.value))}
    />
  )
}

/** The zone in which all moments are shown. */
function ZoneField(): JSX.Element {
  const { travel } = words.value
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <label class="field-inline zone">
      <span>{travel.zone}</span>
      <select
        value={zone.value ?? ""}
        onChange={({ currentTarget: { value } }) => chooseZone(value === "" ? undefined : value)}
      >
        <option value="">{fill(travel.zone_own, own)}</option>
        {ZONES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

const ZONES: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")]

/** Whatever the clock says: a page that judges by another moment says so where the verdict stands. */
export function AsOf(): JSX.Element | null {
  const { travel } = words.value
  if (chosenMoment.value === undefined) return null
  return (
    <p class="chip as-of" data-tone="spent">
      <span>{fill(travel.as_of, dated(chosenMoment.value))}</span>
      <button type="button" class="button" onClick={backToNow}>
        {travel.back}
      </button>
    </p>
  )
}

function backToNow(): void {
  go(undefined)
  focusOn("verdict-title")
}

/** A moment in the zone that is chosen. */
function dated(seconds: number): string {
  const timeZone = zone.value ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return localTime(seconds, { locale: locale.value, timeZone }) ?? isoTime(seconds) ?? String(seconds)
}

/** The time in which the token may be used, and before and behind it the skew that is allowed. */
function Spans({ scale }: { readonly scale: Scale }): JSX.Element | null {
  const moment = (name: string) => moments.value.find((one) => one.name === name)?.seconds
  const [start, end] = [moment("nbf") ?? moment("iat"), moment("exp")]
  if (start === undefined && end === undefined) return null
  const from = start === undefined ? 0 : scale.place(start)
  const to = end === undefined ? 1 : scale.place(end)
  if (to <= from) return null
  const skew = leeway.value
  return (
    <>
      <b data-open={end === undefined || undefined} style={{ left: percent(from), width: percent(to - from) }} />
      {skew > 0 && start !== undefined && <Skew from={scale.place(start - skew)} to={from} />}
      {skew > 0 && end !== undefined && <Skew from={to} to={scale.place(end + skew)} />}
    </>
  )
}

/** At least so wide that it is seen. */
function Skew({ from, to }: { readonly from: number; readonly to: number }): JSX.Element {
  return <b data-skew style={{ left: percent(from), width: `max(3px, ${percent(to - from)})` }} />
}

function scaleOf(all: readonly Moment[]): Scale {
  const start = all.at(0)?.seconds ?? 0
  const length = Math.max((all.at(-1)?.seconds ?? 0) - start, 1)
  const margin = Math.max(1, (length * MARGIN) / (1 - 2 * MARGIN))
  const [first, last] = [Math.floor(start - margin), Math.ceil(start + length + margin)]
  return { first, last, place: (seconds) => Math.min(1, Math.max(0, (seconds - first) / (last - first))) }
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)}%`
}
