/** What the token says about itself: how it was made, and with which key. */

import type { JSX } from "preact"
import { reading } from "../state/reading.ts"
import { words } from "../words/words.ts"
import { Members } from "./members.tsx"

/** The panel of the header's parameters. */
export function HeaderParameters(): JSX.Element | null {
  const { claims } = words.value
  const { header } = reading.value
  if (header === undefined) return null
  return (
    <section class="panel" aria-labelledby="headers-title">
      <h2 id="headers-title">{claims.headers}</h2>
      <Members label={claims.headers} segment={header} vocabulary="headers" />
    </section>
  )
}
