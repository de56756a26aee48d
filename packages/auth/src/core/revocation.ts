/** Whether a token was revoked: asked of the store, or of what it said a moment ago. */

import { own } from "./options.ts"
import type { AuthClaims, Settings } from "./settings.ts"
import { askStore } from "./store-access.ts"

/** Answers whether a token was revoked; rejects with StoreUnavailableError. */
export type RevocationCheck = (claims: AuthClaims) => Promise<boolean>

/** A check, and what makes it forget what it was told. */
export interface Revocation {
  /** As the options want it: every time, only at a refresh, or from memory. */
  readonly isRevoked: RevocationCheck
  /** Asked of the store in any case. */
  readonly ask: RevocationCheck
  /** Something was revoked here: ask again. */
  forget(): void
}

/** Answers that are remembered at most; then all are forgotten and asked for again. */
const MAX_REMEMBERED = 100_000

/** The check that the options ask for. */
export function revocationOf(settings: Settings): Revocation {
  const { store, check } = settings
  if (store === undefined) return { isRevoked: never, ask: never, forget: () => undefined }
  const ask: RevocationCheck = (claims) =>
    askStore(settings.storeTimeout, () => store.isRevoked(presented(claims, settings.now())))
  const remembered = check.cachedFor > 0 ? remembering(ask, check.cachedFor, settings.now) : undefined
  return {
    ask,
    // What is not asked of an access token is asked when it is renewed.
    isRevoked: (claims) => {
      if (!check.access && own(claims, "type") === "access") return Promise.resolve(false)
      return (remembered?.isRevoked ?? ask)(claims)
    },
    forget: () => remembered?.forget(),
  }
}

function never(): Promise<boolean> {
  return Promise.resolve(false)
}

function remembering(ask: RevocationCheck, seconds: number, now: () => number): Omit<Revocation, "ask"> {
  const answers = new Map<string, { readonly revoked: boolean; readonly until: number }>()
  return {
    async isRevoked(claims) {
      const id = own(claims, "jti")
      if (typeof id !== "string") return ask(claims)
      const known = answers.get(id)
      if (known !== undefined && now() < known.until) return known.revoked
      const revoked = await ask(claims)
      if (answers.size >= MAX_REMEMBERED) answers.clear()
      answers.set(id, { revoked, until: now() + seconds })
      return revoked
    },
    forget: () => answers.clear(),
  }
}

function presented(claims: AuthClaims, now: number) {
  const id = own(claims, "jti")
  const sessionId = own(claims, "sid")
  const issuedAt = own(claims, "iat")
  return {
    tokenId: typeof id === "string" ? id : undefined,
    sessionId: typeof sessionId === "string" ? sessionId : undefined,
    subject: claims.sub,
    // A token that does not say when it was made was made before everything.
    issuedAt: typeof issuedAt === "number" ? Math.floor(issuedAt) : 0,
    now: Math.floor(now),
  }
}
