/** The judgment as code. */

import type { JSX } from "preact"
import { policyFields } from "../state/input.ts"
import { hasSamples, isForSet, type Samples, samples } from "../state/samples.ts"
import { fill, words } from "../words/words.ts"
import { CopyButton } from "./copy.tsx"
import { Fold } from "./fold.tsx"

/** The panel of the samples. */
export function CodeSamples(): JSX.Element | null {
  const { keys, sample } = words.value
  if (!hasSamples.value) return null
  return (
    <Fold id="samples" title={sample.title}>
      {isForSet.value && <p class="hint">{fill(sample.set, keys.jwks_public)}</p>}
      {Object.entries(samples.value).map(([name, text]) => (
        <figure key={name} class="sample" data-sample={name}>
          <figcaption>
            <h3>{sample[name as keyof Samples]}</h3>
            <CopyButton
              id={`sample ${name}`}
              name={sample[name as keyof Samples]}
              label={words.value.copying.label}
              text={() => text}
            />
          </figcaption>
          <pre id={`sample-${name}`} data-personal={policyFields.value.subject !== "" || undefined}>
            {text}
          </pre>
        </figure>
      ))}
    </Fold>
  )
}
