/** Makes a signed token. */

import { signJwsAsync } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { headerOfSigner } from "../input/header.ts"
import { type Draft, draftOf } from "../input/payload.ts"
import { type SigningKey, signingKeyOf, signingKeysOf } from "../input/signing-key.ts"

const FORMATS = ["compact", "flattened", "general"] as const

/** `jot sign`. */
export const command: Command = async (session) => {
  const { options } = session
  const isGeneral = options.choice("format", FORMATS) === "general"
  const isAsked = options.choice("b64", ["true", "false"]) === "false"
  refuseInJwt(isAsked, session)
  const signers = isGeneral ? await signingKeysOf(session) : [await signingKeyOf(session)]
  const draft = await draftOf(session)
  const isUnencoded = isAsked || draft.header.get("b64") === "false"
  refuseInJwt(isUnencoded, session)
  if (isUnencoded && !options.has("detached") && (options.text("format") ?? "compact") === "compact")
    refuseUnprintable(draft.content)
  return signedAnswer(draft, signers, session)
}

/** RFC 7797, section 7, keeps a payload that is not encoded out of JWTs. */
function refuseInJwt(isUnencoded: boolean, { options }: Session): void {
  if (isUnencoded && !options.has("detached") && !options.has("as-is")) throw new Failure("usage", "b64_in_jwt")
}

/** RFC 7797, section 5.2: what may stand between the dots of a compact token as it is. */
function refuseUnprintable(content: Draft["content"]): void {
  const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1")
  if (!/^[ -\-/-~]*$/.test(text)) throw new Failure("usage", "b64_compact")
}

/** Signs a draft with each key. `typ` is JWT unless something else was asked for; `kid` is the key's. */
export async function signedAnswer(
  { content, header }: Draft,
  signers: readonly SigningKey[],
  session: Session,
): Promise<Answer> {
  const { options, paint } = session
  if (!header.has("typ") && !options.has("as-is") && !options.has("detached")) header.set("typ", '"JWT"')
  const unencoded = options.text("b64") === "false" ? { b64: false } : {}
  const signed = await signJwsAsync(content, null, {
    signers: signers.map(({ jwk, algorithm }) => ({
      key: jwk,
      algorithm,
      header: headerOfSigner(header, jwk, session),
    })),
    format: options.choice("format", FORMATS) ?? "compact",
    detached: options.has("detached"),
    ...unencoded,
  })
  const token = typeof signed === "string" ? signed : JSON.stringify(signed)
  return { code: "ok", members: { token }, text: `${typeof signed === "string" ? coloured(token, paint) : token}\n` }
}

/** The parts of a compact token, each in its colour. */
export function coloured(token: string, paint: Session["paint"]): string {
  const colours = ["header", "payload"] as const
  return token
    .split(".")
    .map((part, index) => paint(colours[index] ?? "signature", part))
    .join(".")
}
