/** What is told to other servers about a token: introspection (RFC 7662) and revocation (RFC 7009). */

import type { JwtClaims } from "jotkit"
import { boundTo } from "./dpop.ts"
import { Failure } from "./failure.ts"
import { tokenIds } from "./issuers.ts"
import { own } from "./options.ts"
import { endSession, presentedRefresh, revokeTokenOf, type SessionContext, storeOf } from "./sessions.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import { askStore, StoreUnavailableError } from "./store-access.ts"
import { type Genuine, verifyToken } from "./verify.ts"

/** What is known of a token (RFC 7662, section 2.2): its claims if it is good, nothing if it is not. */
export type Introspection =
  | { readonly active: false }
  | (JwtClaims & { readonly active: true; readonly token_type: string })

type Context = SessionContext<unknown, never>

/** Tells whether a token is good now: a refresh token of a session, whether it could be exchanged. */
export async function introspectToken(token: string, context: Context): Promise<Introspection> {
  const { revocation, settings } = context
  const genuine = await genuineOf(token, context)
  if (genuine === undefined || genuine.isExpired) return { active: false }
  const { claims } = genuine
  if ((await revocation.ask(claims)) || !(await isExchangeable(claims, settings))) return { active: false }
  // What belongs to cookies is nobody else's business.
  const { csrf: _, ...told } = claims
  return { ...told, active: true, token_type: boundTo(claims) === undefined ? "Bearer" : "DPoP" }
}

/** Whether a refresh token could be exchanged now. It is revoked on use, so that one which was used is no longer good. */
async function isExchangeable(claims: AuthClaims, settings: Settings): Promise<boolean> {
  const { store } = settings
  const presented = own(claims, "type") === "refresh" ? presentedRefresh(claims, settings) : undefined
  if (store === undefined || presented === undefined) return true
  return askStore(settings.storeTimeout, () => store.canRotate(presented))
}

/** Revokes a token: a refresh token with its whole session, any other alone. What is no token of ours needs no revoking. */
export async function revokeToken(token: string, context: Context): Promise<void> {
  const { settings, revocation } = context
  const store = storeOf(settings, "revokeToken")
  const genuine = await genuineOf(token, context)
  if (genuine === undefined) return
  const { claims } = genuine
  if (own(claims, "type") !== "refresh" || !(await endSession(claims, store, settings)))
    await revokeTokenOf(claims, store, settings)
  revocation.forget(tokenIds(claims, settings))
}

/** Undefined for what is no token of ours; whether it is one cannot be said while the keys are away. */
async function genuineOf(token: string, { settings, verify }: Context): Promise<Genuine | undefined> {
  const genuine = await verifyToken(token, verify, settings)
  if (!(genuine instanceof Failure)) return genuine
  if (genuine.reason === "store_down" || genuine.reason === "keys_down")
    throw new StoreUnavailableError("the keys cannot be had now")
  return undefined
}
