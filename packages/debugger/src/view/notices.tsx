/** What has to be said about the address and the link that led here, and the box in which a sealed token is opened. */

import { effect, signal } from "@preact/signals"
import type { JSX } from "preact"
import { giveToken, keyOrigin, keyText } from "../state/input.ts"
import { type LinkNotice, linkNotices, sealedToken } from "../state/link.ts"
import { unseal } from "../state/share.ts"
import { words } from "../words/words.ts"
import { focusOn } from "./focus.ts"
import { PLAIN_TEXT } from "./plain-text.ts"

const passphrase = signal("")
const state = signal<"closed" | "opening" | "refused">("closed")

// Another token has another passphrase, and none has none.
effect(() => {
  void sealedToken.value
  passphrase.value = ""
  state.value = "closed"
})

/** All of them. */
export function Notices(): JSX.Element | null {
  // What is said of the link's key is said of no other.
  const { text, provenance } = keyOrigin.value ?? {}
  const isLinkKey = text === keyText.value && provenance === "embedded"
  const notices = linkNotices.value.filter((notice) => notice !== "key" || isLinkKey)
  if (isSecureContext && notices.length === 0 && sealedToken.value === undefined) return null
  return (
    <div class="notices">
      {!isSecureContext && (
        <p class="chip" data-tone="spent" data-notice="insecure">
          {words.value.link.insecure}
        </p>
      )}
      {notices.map((notice) => (
        <Notice key={notice} notice={notice} />
      ))}
      {sealedToken.value !== undefined && <Seal sealed={sealedToken.value} />}
    </div>
  )
}

function Notice({ notice }: { readonly notice: LinkNotice }): JSX.Element {
  const { link } = words.value
  const putAway = () => {
    linkNotices.value = linkNotices.value.filter((one) => one !== notice)
    focusOn("token-title")
  }
  return (
    <p class="chip" data-tone="spent" data-notice={notice}>
      <span>{link[notice]}</span>
      <span class="actions">
        {notice === "key" && (
          <button
            type="button"
            class="button"
            onClick={() => {
              keyOrigin.value = undefined
              putAway()
            }}
          >
            {link.know_key}
          </button>
        )}
        <button type="button" class="button" onClick={putAway}>
          {link.put_away}
        </button>
      </span>
    </p>
  )
}

function Seal({ sealed }: { readonly sealed: string }): JSX.Element {
  const { link } = words.value
  return (
    <form
      class="chip seal"
      onSubmit={(event) => {
        event.preventDefault()
        void open(sealed)
      }}
    >
      <label class="field">
        <span>{link.sealed}</span>
        <input
          id="passphrase"
          class="line-text"
          type="text"
          {...PLAIN_TEXT}
          value={passphrase.value}
          aria-describedby="passphrase-state"
          onInput={({ currentTarget }) => {
            passphrase.value = currentTarget.value
            state.value = "closed"
          }}
        />
      </label>
      <span class="actions">
        <button type="submit" class="button button-strong">
          {link.open}
        </button>
        <button type="button" class="button" onClick={putAwaySeal}>
          {link.put_away}
        </button>
      </span>
      <output id="passphrase-state">{state.value === "closed" ? "" : link[state.value]}</output>
    </form>
  )
}

async function open(sealed: string): Promise<void> {
  state.value = "opening"
  const token = await unseal(sealed, passphrase.peek())
  if (sealedToken.peek() !== sealed) return
  if (token === undefined) {
    state.value = "refused"
    return
  }
  giveToken(token, true)
  putAwaySeal()
}

function putAwaySeal(): void {
  sealedToken.value = undefined
  // It may have taken a while to open it: who went on meanwhile is left alone.
  if (document.activeElement?.closest(".seal")) focusOn("token-title")
}
