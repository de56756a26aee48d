/**
 * Svelte: claims as a store.
 *
 * @module
 */

import { type Readable, readable } from "svelte/store"
import type { Client, UnverifiedClaims } from "./index.ts"

/** Claims to show, there at once, and new when they change in any tab: `$claims`. @param client - Gives them their type. */
export function claimsStore<Claims = UnverifiedClaims>(client: Client<Claims>): Readable<Claims | undefined> {
  return readable<Claims | undefined>(client.claims, (set) => {
    set(client.claims)
    return client.onChange((change) => set(change.claims))
  })
}
