/** Makes a signed token. */

import { signJwsAsync } from "jotkit"
import type { Answer, Command, Session } from "../frame/session.ts"
import { type Draft, draftOf } from "../input/payload.ts"
import { type SigningKey, signingKeyOf } from "../input/signing-key.ts"

const FORMATS = ["compact", "flattened", "general"] as const

/** `jot sign`. */
export const command: Command = async (session) => {
  session.options.choice("format", FORMATS)
  const signer = await signingKeyOf(session)
  return signedAnswer(await draftOf(session), signer, session)
}

/** Signs a draft. `typ` is JWT unless something else was asked for; `kid` is the key's. */
export async function signedAnswer(
  { content, header }: Draft,
  { key, jwk, algorithm }: SigningKey,
  { options, paint }: Session,
): Promise<Answer> {
  const format = options.choice("format", FORMATS) ?? "compact"
  if (!header.has("typ") && !options.has("as-is") && !options.has("detached")) header.set("typ", '"JWT"')
  if (!header.has("kid") && key.keyId !== undefined) header.set("kid", JSON.stringify(key.keyId))
  const signed = await signJwsAsync(content, jwk, {
    algorithm,
    header: JSON.parse(header.toJson()) as Record<string, unknown>,
    format,
    detached: options.has("detached"),
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
