/** What the user gave of what travels beside the token. */

import { type Counterparts, proofThumbprint } from "@jotkit/inspect"
import type { BesideFields } from "./input.ts"

/** What hashes in the token are of, as far as it was given. */
export async function counterpartsOf({ accessToken, code, state, proof }: BesideFields): Promise<Counterparts> {
  const given = (text: string) => (text.trim() === "" ? undefined : text.trim())
  return {
    accessToken: given(accessToken),
    code: given(code),
    state: given(state),
    // What shows no key is the proof of none.
    thumbprint: given(proof) && ((await proofThumbprint(proof)) ?? ""),
  }
}
