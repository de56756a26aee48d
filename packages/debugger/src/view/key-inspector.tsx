/** Keys in the token box: what they are, and what their members mean. */

import type { JSX } from "preact"
import { keysInTokenBox } from "../state/beside.ts"
import { giveKey, giveToken } from "../state/input.ts"
import { reading } from "../state/reading.ts"
import { words } from "../words/words.ts"
import { KeyList } from "./key-line.tsx"
import { Members } from "./members.tsx"

/** The panel of the keys. */
export function KeyInspector(): JSX.Element | null {
  const { keyset } = words.value
  const keys = keysInTokenBox.value
  const [document] = reading.value.segments
  if (keys === undefined || document === undefined) return null
  return (
    <section class="panel" aria-labelledby="keyset-title">
      <div class="panel-head">
        <h2 id="keyset-title">
          {keyset.title} <span class="count">{keys.length}</span>
        </h2>
        <button type="button" class="button" onClick={move}>
          {keyset.use}
        </button>
      </div>
      <div class="summary">
        <KeyList keys={keys} isWhole />
      </div>
      {reading.value.form === "jwk" && <Members label={keyset.members} segment={document} vocabulary="keyMembers" />}
    </section>
  )
}

/** A key that is looked at becomes the key that is used. */
function move(): void {
  giveKey(reading.peek().text)
  giveToken("")
}
