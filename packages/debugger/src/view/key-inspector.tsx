/** Keys in the token box: what they are, and what their members mean. */

import type { JSX } from "preact"
import { keysInTokenBox } from "../state/beside.ts"
import { reading } from "../state/reading.ts"
import { words } from "../words/words.ts"
import { KeyList } from "./key-line.tsx"
import { Members } from "./members.tsx"

/** The panel of the keys. */
export function KeyInspector(): JSX.Element | null {
  const { keyset } = words.value
  const keys = keysInTokenBox.value
  const [document] = reading.value.segments
  if (keys === undefined) return null
  return (
    <section class="panel" aria-labelledby="keyset-title">
      <h2 id="keyset-title">
        {keyset.title} <span class="count">{keys.filter(({ problem }) => problem !== "jwks_invalid").length}</span>
      </h2>
      <div class="summary">
        <KeyList text={reading.value.text} keys={keys} isWhole />
      </div>
      {reading.value.form === "jwk" && document !== undefined && (
        <Members label={keyset.members} segment={document} vocabulary="keyMembers" />
      )}
    </section>
  )
}
