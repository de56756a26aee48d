/**
 * Vue: the client of an application, and its claims.
 *
 * @module
 */

import { type InjectionKey, inject, onScopeDispose, type ShallowRef, shallowRef } from "vue"
import type { Client, UnverifiedClaims } from "./index.ts"

/** Where components find the client: `app.provide(clientKey, client)`. */
export const clientKey: InjectionKey<Client> = Symbol("@jotkit/client")

/** The client of the application. @throws Error where none is provided. */
export function useClient(): Client
/** The same, with the type of its claims. @param key - One's own: `Symbol() as InjectionKey<typeof client>`. */
export function useClient<C extends Client<unknown>>(key: InjectionKey<C>): C
export function useClient(key: InjectionKey<Client> = clientKey): Client {
  const client = inject(key, undefined)
  if (!client) throw new Error("useClient needs app.provide(key, client): clientKey, or the one it was given")
  return client
}

/** Claims to show, there at once, and new when they change in any tab. It ends with the component. @param client - Gives them their type. */
export function useClaims<Claims = UnverifiedClaims>(client: Client<Claims>): Readonly<ShallowRef<Claims | undefined>> {
  const claims = shallowRef(client.claims)
  onScopeDispose(
    client.onChange((change) => {
      claims.value = change.claims
    }),
  )
  return claims
}
