/** What each part of the token costs, against what cookies and headers may hold. */

import { sizesOf, visibleText } from "@jotkit/inspect"
import type { JSX } from "preact"
import { reading } from "../state/reading.ts"
import { fill, locale, words } from "../words/words.ts"
import { Fold } from "./fold.tsx"

const LIMITS = { cookie: 4096, header: 8192 } as const
const MAX_ROWS = 20

/** The panel of the sizes. */
export function Weight(): JSX.Element | null {
  const { weight } = words.value
  const { form, text } = reading.value
  if (form !== "jws" && form !== "jwe" && form !== "sd-jwt") return null
  return (
    <Fold id="weight" title={weight.title} note={fill(weight.summary, text.length)}>
      {(["cookie", "header"] as const).map((name) => (
        <p key={name}>
          <strong>{share(text.length / LIMITS[name])}</strong> {weight[name]}
        </p>
      ))}
      <Entries />
    </Fold>
  )
}

/** The largest first. */
function Entries(): JSX.Element {
  const { weight } = words.value
  return (
    <table class="plain" aria-label={weight.title}>
      <thead>
        <tr>
          <th scope="col">{weight.part}</th>
          <th scope="col" class="number">
            {weight.characters}
          </th>
          <th scope="col" class="number">
            {weight.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {sizesOf(reading.value)
          .slice(0, MAX_ROWS)
          .map(({ path, characters }, index) => (
            <tr key={index}>
              <th scope="row" class="code">
                {visibleText(path.slice(1, 80))}
              </th>
              <td class="number">{characters}</td>
              <td class="number">{share(characters / reading.value.text.length)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  )
}

function share(part: number): string {
  return new Intl.NumberFormat(locale.value, { style: "percent" }).format(part)
}
