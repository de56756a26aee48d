/** The judgment as code. */

import type { JSX } from "preact"
import { hasSamples, samples } from "../state/samples.ts"
import { words } from "../words/words.ts"
import { CopyButton } from "./copy.tsx"
import { Fold } from "./fold.tsx"

/** The panel of the samples. */
export function CodeSamples(): JSX.Element | null {
  const { sample } = words.value
  if (!hasSamples.value) return null
  return (
    <Fold id="samples" title={sample.title}>
      {(["cli", "library", "server"] as const).map((name) => (
        <figure key={name} class="sample" data-sample={name}>
          <figcaption>
            <h3>{sample[name]}</h3>
            <CopyButton
              id={`sample ${name}`}
              name={sample[name]}
              label={words.value.copying.label}
              text={() => samples.value[name]}
            />
          </figcaption>
          <pre id={`sample-${name}`}>{samples.value[name]}</pre>
        </figure>
      ))}
    </Fold>
  )
}
