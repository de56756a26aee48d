/** Makes an encrypted token. */

import type { OfferedKey } from "@jotkit/inspect"
import { encryptJweAsync, type KeyInput, signJwsAsync } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { Members } from "../input/claims.ts"
import { isKeyManagement } from "../input/encryption.ts"
import { headerOfSigner, headerValues } from "../input/header.ts"
import { keysAt, optionalKeysOf, protectedText } from "../input/keys.ts"
import { type Draft, draftOf } from "../input/payload.ts"
import { oneSigner, type SigningKey } from "../input/signing-key.ts"
import { coloured } from "./sign.ts"

const FORMATS = ["compact", "flattened", "general"] as const
const PASSWORD_ALGORITHM = "PBES2-HS512+A256KW"
/** For `dir` the key is the content's, so its length decides. */
const BY_BITS: Readonly<Record<number, string>> = {
  128: "A128GCM",
  192: "A192GCM",
  256: "A256GCM",
  384: "A192CBC-HS384",
  512: "A256CBC-HS512",
}

interface Recipient {
  readonly key: KeyInput
  readonly algorithm: string
  readonly bits: number | undefined
}

/** `jot encrypt`. */
export const command: Command = async (session) => {
  const { options, paint } = session
  const recipients = await recipientsOf(session)
  const [first, ...others] = recipients
  if (first === undefined) throw new Failure("usage", "key_missing")
  const format = options.choice("format", FORMATS) ?? (others.length > 0 ? "general" : "compact")
  if (others.length > 0 && format !== "general") throw new Failure("usage", "recipients_general")
  const signer = await signerOf(session)
  const draft = typed(await draftOf(session), session)
  const { content, header } = signer === undefined ? draft : await nested(draft, signer, session)
  const common = {
    encryption: options.text("enc") ?? (first.algorithm === "dir" ? BY_BITS[first.bits ?? 0] : undefined) ?? "A256GCM",
    header: headerValues(header),
    zip: options.has("zip"),
    enforceMinimumKeyLength: true,
  }
  const made =
    others.length > 0
      ? await encryptJweAsync(content, null, {
          ...common,
          recipients: recipients.map(({ key, algorithm }) => ({ key, algorithm })),
        })
      : await encryptJweAsync(content, first.key, { ...common, algorithm: first.algorithm, format })
  const token = typeof made === "string" ? made : JSON.stringify(made)
  return { code: "ok", members: { token }, text: `${typeof made === "string" ? coloured(token, paint) : token}\n` }
}

function typed(draft: Draft, { options }: Session): Draft {
  if (!draft.header.has("typ") && !options.has("as-is")) draft.header.set("typ", '"JWT"')
  return draft
}

/** The key that signs what is then encrypted. */
async function signerOf(session: Session): Promise<SigningKey | undefined> {
  const { options } = session
  const source = options.text("sign-key")
  const names = options.list("sign-alg")
  if (source === undefined && names !== undefined) throw new Failure("usage", "flag_needed", "sign-key")
  return source === undefined ? undefined : oneSigner((await keysAt(source, session)).keys, names, session)
}

/** A signed token as content: the header that was asked for is its own, and the outer one says what is inside (RFC 7519, section 5.2). */
async function nested({ content, header }: Draft, { jwk, algorithm }: SigningKey, session: Session): Promise<Draft> {
  const signed = await signJwsAsync(content, jwk, { algorithm, header: headerOfSigner(header, jwk, session) })
  const outer = new Members()
  outer.set("cty", '"JWT"')
  return { content: signed, header: outer }
}

/** `--alg` names one algorithm for all, or one for each in turn; the password comes first. */
async function recipientsOf(session: Session): Promise<Recipient[]> {
  const named = session.options.list("alg") ?? []
  const password = await protectedText("password", session)
  const usable = (await optionalKeysOf(session)).keys.filter(({ jwk }) => jwk !== undefined)
  const count = usable.length + (password === undefined ? 0 : 1)
  if (named.length > 1 && named.length !== count) throw new Failure("usage", count === 1 ? "alg_one" : "alg_each")
  const at = (index: number) => (named.length > 1 ? named[index] : named[0])
  const secret =
    password === undefined ? [] : [{ key: password, algorithm: at(0) ?? PASSWORD_ALGORITHM, bits: undefined }]
  return [...secret, ...usable.flatMap((key, index) => recipientOf(key, at(index + secret.length)))]
}

/** The algorithm is the key's own, if it is one for encryption; otherwise it must be said. */
function recipientOf({ jwk, bits }: OfferedKey, named: string | undefined): Recipient[] {
  if (jwk === undefined) return []
  const own = jwk.algorithm
  const algorithm = named ?? (own !== undefined && isKeyManagement(own) ? own : undefined)
  if (algorithm === undefined) throw new Failure("usage", "alg_missing")
  return [{ key: jwk.isPrivate ? jwk.publicKey() : jwk, algorithm, bits }]
}
