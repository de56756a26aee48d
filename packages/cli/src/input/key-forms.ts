/** Keys written out: as JWK, PEM or DER. */

import type { OfferedKey } from "@jotkit/inspect"
import type { Jwk, JwkObject } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Json } from "../frame/json.ts"

/** The forms that `--to` names. */
export const KEY_FORMS = ["jwk", "jwks", "pem", "der", "spki", "pkcs8"] as const

/** One of them. */
export type KeyFormName = (typeof KEY_FORMS)[number]

/** Keys, written. */
export interface Written {
  readonly data: string | Uint8Array
  /** For `--json`. */
  readonly json: Json
  readonly isSecret: boolean
}

/** The keys that can be used; at least one, or `readKeys` would have been refused. */
export function usable(keys: readonly OfferedKey[]): Jwk[] {
  return keys.flatMap(({ jwk }) => jwk ?? [])
}

/**
 * Writes keys. A private key stays private unless its form has no room for that: then it is refused, not dropped.
 *
 * @throws Failure `key` for a secret in a form that has none; `usage` for several keys in a form that holds one.
 */
export async function writeKeys(
  keys: readonly Jwk[],
  to: KeyFormName,
  passphrase: string | undefined,
): Promise<Written> {
  const isSecret = keys.some(({ isPrivate, isSymmetric }) => isPrivate || isSymmetric)
  if (to === "jwks") return document({ keys: keys.map(objectOf) }, isSecret)
  const [key, ...others] = keys
  if (key === undefined || others.length > 0) throw new Failure("usage", "key_form_one", to)
  if (to === "jwk") return document(objectOf(key), isSecret)
  if (key.isSymmetric) throw new Failure("key", "key_form_secret", to)
  if (to === "spki" && key.isPrivate) throw new Failure("usage", "key_form_private")
  if (to === "pkcs8" && !key.isPrivate) throw new Failure("key", "key_not_private")
  if (to === "der") return derOf(key, isSecret)
  const pem = key.isPrivate ? await key.toPrivatePemAsync(passphrase === undefined ? {} : { passphrase }) : key.toPem()
  return { data: pem.endsWith("\n") ? pem : `${pem}\n`, json: pem, isSecret }
}

function derOf(key: Jwk, isSecret: boolean): Written {
  const object = key.toKeyObject() as unknown as { export(options: object): Uint8Array }
  const data = object.export({ type: key.isPrivate ? "pkcs8" : "spki", format: "der" })
  return { data, json: Buffer.from(data).toString("base64"), isSecret }
}

function objectOf(key: Jwk): JwkObject {
  return key.isPrivate || key.isSymmetric ? key.toPrivateJSON() : key.toJSON()
}

function document(value: object, isSecret: boolean): Written {
  return { data: `${JSON.stringify(value, undefined, 2)}\n`, json: value as Json, isSecret }
}
