/** Makes a signed token. */

import { signJwsAsync } from "jotkit"
import type { Command, Session } from "../frame/session.ts"
import { draftOf } from "../input/payload.ts"
import { signingKeyOf } from "../input/signing-key.ts"

const FORMATS = ["compact", "flattened", "general"] as const

/** `jot sign`. */
export const command: Command = async (session) => {
  const { options, paint } = session
  const format = options.choice("format", FORMATS) ?? "compact"
  const { key, algorithm } = await signingKeyOf(session)
  const { content, header } = await draftOf(session)
  if (!header.has("typ") && !options.has("as-is") && !options.has("detached")) header.set("typ", '"JWT"')
  if (!header.has("kid") && key.keyId !== undefined) header.set("kid", JSON.stringify(key.keyId))
  const signed = await signJwsAsync(content, key.jwk ?? null, {
    algorithm,
    header: JSON.parse(header.toJson()) as Record<string, unknown>,
    format,
    detached: options.has("detached"),
  })
  const token = typeof signed === "string" ? signed : JSON.stringify(signed)
  return { code: "ok", members: { token }, text: `${typeof signed === "string" ? coloured(token, paint) : token}\n` }
}

/** The three parts, each in its colour. */
export function coloured(token: string, paint: Session["paint"]): string {
  const [header = "", payload = "", signature = ""] = token.split(".")
  return [paint("header", header), paint("payload", payload), paint("signature", signature)].join(".")
}
