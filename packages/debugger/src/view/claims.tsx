/** What the token says about its subject. */

import type { JSX } from "preact"
import { reading } from "../state/reading.ts"
import { words } from "../words/words.ts"
import { Members } from "./members.tsx"

/** The panel of the claims. */
export function Claims(): JSX.Element | null {
  const { claims } = words.value
  const { payload } = reading.value
  if (payload === undefined || payload.text === "") return null
  return (
    <section class="panel" aria-labelledby="claims-title">
      <h2 id="claims-title">{claims.title}</h2>
      <Members label={claims.title} segment={payload} vocabulary="claims" />
    </section>
  )
}
