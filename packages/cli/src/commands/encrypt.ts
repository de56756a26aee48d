/** Makes an encrypted token. */

import type { OfferedKey } from "@jotkit/inspect"
import { encryptJweAsync, type KeyInput } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Command, Session } from "../frame/session.ts"
import { isKeyManagement } from "../input/encryption.ts"
import { optionalKeysOf, protectedText } from "../input/keys.ts"
import { draftOf } from "../input/payload.ts"
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
  const { content, header } = await draftOf(session)
  if (!header.has("typ") && !options.has("as-is")) header.set("typ", '"JWT"')
  const encryption =
    options.text("enc") ?? (first.algorithm === "dir" ? BY_BITS[first.bits ?? 0] : undefined) ?? "A256GCM"
  const common = {
    encryption,
    header: JSON.parse(header.toJson()) as Record<string, unknown>,
    zip: options.has("zip"),
    enforceMinimumKeyLength: true,
  }
  const format = options.choice("format", FORMATS) ?? (others.length > 0 ? "general" : "compact")
  if (others.length > 0 && format !== "general") throw new Failure("usage", "recipients_general")
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

async function recipientsOf(session: Session): Promise<Recipient[]> {
  const [named, ...others] = session.options.list("alg") ?? []
  if (others.length > 0) throw new Failure("usage", "alg_one")
  const password = await protectedText("password", session)
  if (password === "") throw new Failure("key", "password_empty")
  const { keys } = await optionalKeysOf(session)
  const secret =
    password === undefined ? [] : [{ key: password, algorithm: named ?? PASSWORD_ALGORITHM, bits: undefined }]
  return [...secret, ...keys.flatMap((key) => recipientOf(key, named))]
}

/** The algorithm is the key's own, if it is one for encryption; otherwise it must be said. */
function recipientOf({ jwk, bits }: OfferedKey, named: string | undefined): Recipient[] {
  if (jwk === undefined) return []
  const own = jwk.algorithm
  const algorithm = named ?? (own !== undefined && isKeyManagement(own) ? own : undefined)
  if (algorithm === undefined) throw new Failure("usage", "alg_missing")
  return [{ key: jwk.isPrivate ? jwk.publicKey() : jwk, algorithm, bits }]
}
