/** The button that fetches a key set, with the whole address beside it. */

import { visibleText } from "@jotkit/inspect"
import { effect, signal } from "@preact/signals"
import type { JSX } from "preact"
import {
  askedAddress,
  type FetchState,
  fetchKeys,
  fetchState,
  forgetFetch,
  MAX_BYTES,
  MAX_SECONDS,
} from "../state/fetch-keys.ts"
import { isForgotten } from "../state/forget.ts"
import { shellWord } from "../state/written.ts"
import { connectedWords } from "../words/connected.ts"
import { fill, sized } from "../words/words.ts"
import { PLAIN_TEXT } from "./plain-text.ts"

const typed = signal("")

effect(() => {
  if (!isForgotten.value) return
  typed.value = ""
  forgetFetch()
})

/** The panel. */
export function FetchKeys(): JSX.Element {
  const fetching = connectedWords.value
  const address = askedAddress(typed.value)
  return (
    <section class="panel" aria-labelledby="fetch-title">
      <h2 id="fetch-title">{fetching.title}</h2>
      <p class="hint">{fetching.pledge}</p>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault()
          if (fetchState.value.code === "busy") return
          if (address === undefined) fetchState.value = { code: "address_invalid" }
          else void fetchKeys(address)
        }}
      >
        <label class="field">
          <span>{fetching.address}</span>
          <input
            type="url"
            class="line-text"
            {...PLAIN_TEXT}
            value={typed.value}
            aria-describedby="fetch-hint fetch-state"
            onInput={({ currentTarget }) => {
              typed.value = currentTarget.value
              forgetFetch()
            }}
          />
        </label>
        <p id="fetch-hint" class="hint">
          {fetching.hint} {address !== undefined && <code class="code">{visibleText(address)}</code>}
        </p>
        <p>
          <button type="submit" class="button button-strong" aria-disabled={fetchState.value.code === "busy"}>
            {fetching.now}
          </button>
        </p>
      </form>
      <output id="fetch-state">{textOf(fetchState.value)}</output>
      {fetchState.value.code === "unreachable" && address !== undefined && (
        <code class="code command">{`curl -sS ${shellWord(address)}`}</code>
      )}
    </section>
  )
}

function textOf(state: FetchState): string {
  const fetching = connectedWords.value
  if (state.code === "idle") return ""
  if (state.code === "slow") return fill(fetching.slow, MAX_SECONDS)
  if (state.code === "large") return fill(fetching.large, sized(MAX_BYTES, "byte"))
  return fill(fetching[state.code], "detail" in state ? state.detail : "")
}
