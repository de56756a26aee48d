/** What travels beside a token, and whose hash the token may hold. */

import type { Counterparts } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { keysAt } from "./keys.ts"
import { isSource, readSource, textOf } from "./source.ts"

/**
 * The access token, code, state and proof key of the command line.
 *
 * @throws Failure `usage` for a bare word, which would stand in the list of processes; `input` for a proof key that is none.
 */
export async function counterpartsOf(session: Session): Promise<Counterparts> {
  const proofKey = session.options.text("proof-key")
  return {
    accessToken: await textAt("access-token", session),
    code: await textAt("code", session),
    state: await textAt("state", session),
    thumbprint: proofKey === undefined ? undefined : (await keysAt(proofKey, session)).keys[0]?.thumbprint,
  }
}

async function textAt(name: "access-token" | "code" | "state", session: Session): Promise<string | undefined> {
  const source = session.options.text(name)
  if (source === undefined) return undefined
  if (!isSource(source)) throw new Failure("usage", "bare_secret", name)
  return textOf(await readSource(source, session)).trim()
}
