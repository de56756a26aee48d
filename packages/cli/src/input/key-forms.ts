/** Keys written out, in every form that they have. */

import type { OfferedKey } from "@jotkit/inspect"
import { encryptJweAsync, type Jwk, type JwkObject } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Json } from "../frame/json.ts"
import { openSshText } from "./openssh.ts"

/** The forms that `--to` names. `pem` and `der` are PKCS#8 of a private key, SPKI of a public one. */
export const KEY_FORMS = ["jwk", "jwks", "pem", "der", "spki", "pkcs8", "pkcs1", "sec1", "openssh"] as const

/** One of them. */
export type KeyFormName = (typeof KEY_FORMS)[number]

/** Keys, written. */
export interface Written {
  readonly data: string | Uint8Array
  /** For `--json`. */
  readonly json: Json
  readonly isSecret: boolean
}

/** Forms of private keys alone, with the one of their public halves. */
const PUBLIC_FORMS: Partial<Record<KeyFormName, KeyFormName>> = { pkcs8: "spki", sec1: "spki" }
/** Forms without encryption, or with one that nothing should use any more. */
const UNSEALED_FORMS: ReadonlySet<KeyFormName> = new Set(["pkcs1", "sec1", "openssh"])
const SEALED_WITH = { algorithm: "PBES2-HS512+A256KW", encryption: "A256GCM" }

/** The keys that can be used; at least one, or `readKeys` would have been refused. */
export function usable(keys: readonly OfferedKey[]): Jwk[] {
  return keys.flatMap(({ jwk }) => jwk ?? [])
}

/** The form of a public half, beside a private key in this form. */
export function publicForm(to: KeyFormName): KeyFormName {
  return PUBLIC_FORMS[to] ?? to
}

/**
 * Writes keys. A private key stays private unless its form has no room for that: then it is refused, not dropped.
 *
 * @param passphrase - Encrypts what is private: as PKCS#8, or as a JWE (RFC 7517, section 7).
 * @throws Failure `key` for a key that the form does not have; `usage` for several keys in a form that holds one, for a private half that it has
 * no room for, and for a passphrase where nothing can be encrypted.
 */
export async function writeKeys(
  keys: readonly Jwk[],
  to: KeyFormName,
  passphrase: string | undefined,
): Promise<Written> {
  const isSecret = keys.some(({ isPrivate, isSymmetric }) => isPrivate || isSymmetric)
  if (passphrase !== undefined && !isSecret) throw new Failure("usage", "nothing_sealed")
  if (to === "jwks") return document({ keys: keys.map(objectOf) }, isSecret, passphrase)
  const [key, ...others] = keys
  if (key === undefined || others.length > 0) throw new Failure("usage", "key_form_one", to)
  if (to === "jwk") return document(objectOf(key), isSecret, passphrase)
  refuseUnfit(key, to, passphrase !== undefined)
  if (to === "openssh") return text(openSshText(key), isSecret)
  if (to === "pkcs1" || to === "sec1") return text(traditional(key, to), isSecret)
  const pem = key.isPrivate ? await key.toPrivatePemAsync(passphrase === undefined ? {} : { passphrase }) : key.toPem()
  return to === "der" ? derOf(pem, isSecret) : text(pem, isSecret)
}

function refuseUnfit(key: Jwk, to: KeyFormName, isSealed: boolean): void {
  if (key.isSymmetric) throw new Failure("key", "key_form_secret", to)
  if (to === "spki" && key.isPrivate) throw new Failure("usage", "key_form_private")
  if (PUBLIC_FORMS[to] !== undefined && !key.isPrivate) throw new Failure("key", "key_form_public", to)
  if (isSealed && UNSEALED_FORMS.has(to)) throw new Failure("usage", "form_not_sealed", to)
}

/** What Node's KeyObject writes, as far as it is asked here. */
interface Exporting {
  readonly asymmetricKeyType?: string
  export(options: { readonly type: "pkcs1" | "sec1"; readonly format: "pem" }): string
}

/** RFC 8017, appendix A.1, and RFC 5915: forms of one kind of key each. */
function traditional(key: Jwk, type: "pkcs1" | "sec1"): string {
  const object = key.toKeyObject() as unknown as Exporting
  if (object.asymmetricKeyType !== (type === "pkcs1" ? "rsa" : "ec")) throw new Failure("key", "key_form_kind", type)
  return object.export({ type, format: "pem" })
}

function text(pem: string, isSecret: boolean): Written {
  return { data: pem.endsWith("\n") ? pem : `${pem}\n`, json: pem, isSecret }
}

/** What stands between the lines of PEM is DER. */
function derOf(pem: string, isSecret: boolean): Written {
  const data = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ""), "base64")
  return { data, json: data.toString("base64"), isSecret }
}

function objectOf(key: Jwk): JwkObject {
  return key.isPrivate || key.isSymmetric ? key.toPrivateJSON() : key.toJSON()
}

async function document(value: object, isSecret: boolean, passphrase: string | undefined): Promise<Written> {
  if (passphrase === undefined)
    return { data: `${JSON.stringify(value, undefined, 2)}\n`, json: value as Json, isSecret }
  const cty = Object.hasOwn(value, "keys") ? "jwk-set+json" : "jwk+json"
  const sealed = await encryptJweAsync(JSON.stringify(value), passphrase, {
    ...SEALED_WITH,
    header: { cty },
  })
  return text(String(sealed), isSecret)
}
