/** The keys that tokens are made with. */

import type { OfferedKey } from "@jotkit/inspect"
import type { Jwk } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { keysOf } from "./keys.ts"
import { algorithmsOf } from "./policy.ts"
import { minimumBits } from "./strength.ts"

/** A key and what it signs with. */
export interface SigningKey {
  readonly jwk: Jwk
  readonly algorithm: string
}

/**
 * The one secret or private key of the command line.
 *
 * @param usual - The algorithms of a policy, where no flag names one.
 * @throws Failure `usage` for several keys, and where nothing says which algorithm; `key` for a public key, one of another kind, and one
 * that is too short.
 */
export async function signingKeyOf(session: Session, usual?: readonly string[]): Promise<SigningKey> {
  const { keys } = await keysOf(session)
  return oneSigner(keys, session.options.list("alg") ?? usual, session)
}

/** The one of these keys that signs, with the algorithm that was named or its own. */
export function oneSigner(
  keys: readonly OfferedKey[],
  names: readonly string[] | undefined,
  session: Session,
): SigningKey {
  const able = keys.filter(canSign)
  if (able.length > 1) throw new Failure("usage", "key_one", String(able.length))
  const named = algorithmsOf(names) ?? []
  if (named.length > 1) throw new Failure("usage", "alg_one")
  return signersAmong(able, named, session)[0] ?? notPrivate()
}

/** Every secret or private key of the command line. `--alg` names one algorithm for those without, or one for each key in turn. */
export async function signingKeysOf(session: Session): Promise<SigningKey[]> {
  const able = (await keysOf(session)).keys.filter(canSign)
  const named = algorithmsOf(session.options.list("alg")) ?? []
  if (able.length === 0) notPrivate()
  if (named.length > 1 && named.length !== able.length) throw new Failure("usage", "alg_each")
  return signersAmong(able, named, session)
}

function signersAmong(keys: readonly OfferedKey[], named: readonly string[], session: Session): SigningKey[] {
  return keys.flatMap((key, index) => {
    const { jwk } = key
    if (jwk === undefined) return []
    const shared = keys.length > 1 ? (jwk.algorithm ?? named[0]) : (named[0] ?? jwk.algorithm)
    const algorithm = named.length > 1 ? named[index] : shared
    if (algorithm === undefined) throw new Failure("usage", "alg_missing")
    if (algorithm.startsWith("HS") && !key.isSymmetric) throw new Failure("key", "key_not_secret", algorithm)
    refuseWeak(key, algorithm, session)
    return [{ jwk, algorithm }]
  })
}

function canSign({ jwk, isPrivate, isSymmetric }: OfferedKey): boolean {
  return jwk !== undefined && (isPrivate || isSymmetric)
}

function notPrivate(): never {
  throw new Failure("key", "key_not_private")
}

function refuseWeak(key: OfferedKey, algorithm: string, { options, say, tell }: Session): void {
  const least = minimumBits(algorithm)
  if (key.bits === undefined || least === undefined || key.bits >= least) return
  const details = [String(key.bits), algorithm, String(least)] as const
  if (!options.has("unsafe-weak-key")) throw new Failure("key", "key_weak_refused", ...details)
  tell({ level: "warning", text: say("key_weak", ...details) })
}
