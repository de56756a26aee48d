/** The one key that a token is made with. */

import type { OfferedKey } from "@jotkit/inspect"
import type { Jwk } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { keysOf } from "./keys.ts"
import { algorithmsOf } from "./policy.ts"
import { minimumBits } from "./strength.ts"

/** A key and what it signs with. */
export interface SigningKey {
  readonly key: OfferedKey
  readonly jwk: Jwk
  readonly algorithm: string
}

/**
 * The secret or private key of the command line.
 *
 * @param usual - The algorithms of a policy, where no flag names one.
 * @throws Failure `usage` for several keys, and where nothing says which algorithm; `key` for a public key, one of another kind, and one
 * that is too short.
 */
export async function signingKeyOf(session: Session, usual?: readonly string[]): Promise<SigningKey> {
  const { keys } = await keysOf(session)
  const able = keys.filter(({ jwk, isPrivate, isSymmetric }) => jwk !== undefined && (isPrivate || isSymmetric))
  const [key, ...others] = able
  if (key?.jwk === undefined) throw new Failure("key", "key_not_private")
  if (others.length > 0) throw new Failure("usage", "key_one", String(able.length))
  const named = algorithmsOf(session.options.list("alg") ?? usual)
  if ((named?.length ?? 0) > 1) throw new Failure("usage", "alg_one")
  const algorithm = named?.[0] ?? key.jwk?.algorithm
  if (algorithm === undefined) throw new Failure("usage", "alg_missing")
  if (algorithm.startsWith("HS") && !key.isSymmetric) throw new Failure("key", "key_not_secret", algorithm)
  refuseWeak(key, algorithm, session)
  return { key, jwk: key.jwk, algorithm }
}

function refuseWeak(key: OfferedKey, algorithm: string, { options, say, tell }: Session): void {
  const least = minimumBits(algorithm)
  if (key.bits === undefined || least === undefined || key.bits >= least) return
  const details = [String(key.bits), algorithm, String(least)] as const
  if (!options.has("unsafe-weak-key")) throw new Failure("key", "key_weak_refused", ...details)
  tell({ level: "warning", text: say("key_weak", ...details) })
}
