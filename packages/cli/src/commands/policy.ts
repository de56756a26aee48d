/** Policies: begun from a token, and tried on one. */

import { draftPolicy } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Json } from "../frame/json.ts"
import type { Command } from "../frame/session.ts"
import { oneToken } from "../input/token.ts"
import { command as verify } from "./verify.ts"

/** `jot policy init`: what a token says of itself, as a draft of what to expect. */
export const init: Command = async (session) => {
  const reading = await oneToken(session)
  if (reading.header?.json?.root?.type !== "object") throw new Failure("input", "header_unreadable")
  const policy = draftPolicy(reading)
  return {
    code: "ok",
    members: { policy: policy as Json },
    text: `${JSON.stringify(policy, undefined, 2)}\n`,
    notes: [{ level: "warning", text: session.say("policy_draft") }],
  }
}

/** `jot policy test`: `verify` with a policy that must be there. */
export const test: Command = async (session) => {
  if (!session.options.has("policy")) throw new Failure("usage", "flag_needed", "policy")
  return verify(session)
}
