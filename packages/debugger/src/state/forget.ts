/** Forgetting: nothing of the visit remains, neither in the page nor in the browser. */

import { type Signal, signal } from "@preact/signals"
import { lastCopy } from "./clipboard.ts"
import { forgetDrafts } from "./draft.ts"
import { innerKeyText } from "./inner.ts"
import { clearInput } from "./input.ts"
import { refusedFile } from "./key-file.ts"
import { linkNotices, sealedToken } from "./link.ts"
import { commonName, formerKey, making, newPassphrase, typedKeyId } from "./making-keys.ts"
import { policyDraft } from "./policy.ts"
import { isAsked, testOnly, waive } from "./signing.ts"
import { eraseStored } from "./stored.ts"

/** Whether everything was forgotten since the last thing was given; said aloud. */
export const isForgotten: Signal<boolean> = signal(false)

/** Empties the page and what is remembered. Language, theme, time zone and stillness stay as they are until the page is left. */
export function forgetEverything(): void {
  // Whoever waits for it hears of it each time.
  isForgotten.value = false
  clearInput()
  forgetDrafts()
  refusedFile.value = undefined
  // A key that is on its way does not arrive.
  making.value = undefined
  formerKey.value = undefined
  typedKeyId.value = ""
  newPassphrase.value = ""
  commonName.value = ""
  innerKeyText.value = ""
  testOnly.value = undefined
  isAsked.value = false
  waive(false)
  lastCopy.value = undefined
  linkNotices.value = []
  sealedToken.value = undefined
  policyDraft.value = undefined
  eraseStored()
  isForgotten.value = true
}
