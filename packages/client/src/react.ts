/**
 * React: the client of a tree, and its claims.
 *
 * @module
 */

import { type Context, createContext, useContext, useSyncExternalStore } from "react"
import type { Client, UnverifiedClaims } from "./index.ts"

/** Where a tree finds its client: `<ClientContext value={client}>`; in React 18 `<ClientContext.Provider value={client}>`. */
export const ClientContext: Context<Client | undefined> = createContext<Client | undefined>(undefined)

/** The client of the tree. @throws Error where no `ClientContext` is above. */
export function useClient(): Client
/** The same, with the type of its claims. @param context - One's own: `createContext<typeof client | undefined>(undefined)`. */
export function useClient<C extends Client<unknown> | null | undefined>(context: Context<C>): NonNullable<C>
export function useClient(context: Context<Client | undefined> = ClientContext): Client {
  const client = useContext(context)
  if (!client) throw new Error("useClient needs its context above it: ClientContext, or the one it was given")
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
