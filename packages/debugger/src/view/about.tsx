/** About the page, and the proof of what it promises: which program runs, what it may do, what it asked the network for. */

import { textOf } from "@jotkit/inspect"
import { signal } from "@preact/signals"
import type { JSX } from "preact"
import { type Proof, proofOf } from "../state/proof.ts"
import { type Trial, testItself } from "../state/self-test.ts"
import { chooseStill, isStill } from "../state/settings.ts"
import { catalogue, fill, words } from "../words/words.ts"
import { isAboutOpen } from "./about-window.ts"
import { Dialog } from "./dialog.tsx"
import { Mark } from "./mark.tsx"
import { Shortcuts } from "./shortcuts.tsx"
import "../style/about.css"

/** Of the manifest; the build puts it in place of the name. */
declare const PAGE_VERSION: string

const proof = signal<Proof | undefined>(undefined)
const trials = signal<readonly Trial[] | undefined>(undefined)

/** The window. */
export function About(): JSX.Element | null {
  const { about } = words.value
  if (!isAboutOpen.value) return null
  return (
    <Dialog
      title={about.title}
      onClose={() => {
        isAboutOpen.value = false
      }}
    >
      <p>{fill(about.version, PAGE_VERSION)}</p>
      <h3>{about.shortcuts}</h3>
      <Shortcuts />
      <label class="check">
        <input
          type="checkbox"
          checked={isStill.value}
          onChange={({ currentTarget }) => chooseStill(currentTarget.checked)}
        />
        {about.still}
      </label>
      <h3>{about.prove}</h3>
      <p class="hint">{about.prove_more}</p>
      <p>
        <button type="button" class="button button-strong" onClick={() => void prove()}>
          {about.prove_now}
        </button>
      </p>
      {proof.value !== undefined && <Proven proof={proof.value} />}
    </Dialog>
  )
}

async function prove(): Promise<void> {
  proof.value = await proofOf()
  trials.value = await testItself()
}

function Proven({ proof: { program, isAsNamed, policy, requests } }: { readonly proof: Proof }): JSX.Element {
  const { about } = words.value
  return (
    <dl class="proof">
      {program !== undefined && (
        <>
          <dt>{about.program}</dt>
          <dd>
            <span class="code">{program}</span>{" "}
            <span data-mark={isAsNamed ? "pass" : "fail"}>{isAsNamed ? about.program_named : about.program_other}</span>
          </dd>
        </>
      )}
      <dt>{about.requests}</dt>
      <dd>
        {requests.length === 0 ? about.requests_none : fill(about.requests_some, requests.length)}
        {requests.slice(0, 20).map((url, index) => (
          <span class="code" key={index}>
            {url}
          </span>
        ))}
      </dd>
      <dt>{about.policy}</dt>
      <dd>
        <ul class="code">
          {policy.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      </dd>
      <dt>{about.trials}</dt>
      <dd>
        <ul class="trials">
          {trials.value?.map(({ source, algorithm, result }) => (
            <li key={source} data-result={result}>
              <Mark name={result} /> {`${algorithm}, ${source}: ${textOf(catalogue.value, "status", result)}`}
            </li>
          ))}
        </ul>
      </dd>
    </dl>
  )
}
