/**
 * React: the client of a tree, and its claims.
 *
 * @module
 */

import { type Context, createContext, useContext, useSyncExternalStore } from "react"
import type { Client, UnverifiedClaims } from "./index.ts"

/** Where a tree finds its client: `<ClientContext value={client}>`. */
export const ClientContext: Context<Client | undefined> = createContext<Client | undefined>(undefined)

/** The client of the tree. @throws Error where no `ClientContext` is above. */
export function useClient(): Client {
  const client = useContext(ClientContext)
  if (client === undefined) throw new Error("useClient needs a ClientContext above it")
  return client
}

/**
 * Claims to show, there with the first drawing, and drawn anew when they change in any tab. None while a server renders.
 *
 * @param client - Gives them their type.
 */
export function useClaims<Claims = UnverifiedClaims>(client: Client<Claims>): Claims | undefined {
  return useSyncExternalStore(
    (listener) => client.onChange(listener),
    () => client.claims,
    () => undefined,
  )
}
