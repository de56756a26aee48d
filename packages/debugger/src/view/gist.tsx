/** What is looked for first, in four lines. They stand apart from the verdicts, because a token writes there what it likes. */

import { explainTime, lookUp, memberOf, relativeTime, type Segment } from "@jotkit/inspect"
import type { JSX } from "preact"
import { now } from "../state/clock.ts"
import { opening } from "../state/opening.ts"
import { reading } from "../state/reading.ts"
import { isPersonal } from "../state/share.ts"
import { catalogue, locale, words } from "../words/words.ts"
import { Value } from "./members.tsx"

const FIRST = ["iss", "sub", "aud", "exp"] as const

/** The panel: who made it, about whom, for whom, and until when. */
export function Gist(): JSX.Element | null {
  const payload = shownPayload()
  const known = FIRST.filter((name) => memberOf(payload?.json?.root, name) !== undefined)
  if (known.length === 0) return null
  return (
    <section class="panel gist" aria-labelledby="gist-title">
      <h2 id="gist-title">{words.value.claims.gist}</h2>
      <dl class="facts">
        {known.map((name) => (
          <Line key={name} name={name} payload={payload} />
        ))}
      </dl>
    </section>
  )
}

/** That of the token; of an encrypted one what the key opened. */
function shownPayload(): Segment | undefined {
  const { value: opened } = opening
  if (opened?.state !== "opened") return reading.value.payload
  return (opened.inside.nested ?? opened.inside).payload
}

interface LineProps {
  readonly name: (typeof FIRST)[number]
  readonly payload: Segment | undefined
}

function Line({ name, payload }: LineProps): JSX.Element | null {
  const member = memberOf(payload?.json?.root, name)
  if (member === undefined) return null
  const { value } = member
  const { seconds } = name === "exp" ? explainTime(value) : {}
  return (
    <>
      <dt>{lookUp("claims", name, catalogue.value)?.label}</dt>
      <dd data-personal={isPersonal(member) || undefined}>
        {seconds === undefined ? (
          <Value node={value} content={payload?.content ?? ""} />
        ) : (
          relativeTime(seconds, now.value, locale.value)
        )}
      </dd>
    </>
  )
}
