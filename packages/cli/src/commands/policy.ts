/** Policies: begun from a token, and tried on one. */

import { memberOf, type Policy, type Reading, textMember } from "@jotkit/inspect"
import { listAlgorithms } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Json } from "../frame/json.ts"
import type { Command } from "../frame/session.ts"
import { oneToken } from "../input/token.ts"
import { command as verify } from "./verify.ts"

/** `jot policy init`: what a token says of itself, as a draft of what to expect. */
export const init: Command = async (session) => {
  const policy = draftOf(await oneToken(session))
  return {
    code: "ok",
    members: { policy: policy as Json },
    text: `${JSON.stringify(policy, undefined, 2)}\n`,
    notes: [{ level: "warning", text: session.say("policy_draft") }],
  }
}

function draftOf({ header, payload }: Reading): Policy {
  const head = header?.json?.root
  const claims = payload?.json?.root
  if (head?.type !== "object") throw new Failure("input", "header_unreadable")
  const algorithm = textMember(head, "alg")
  const entries: [keyof Policy, unknown][] = [
    ["algorithms", algorithm !== undefined && listAlgorithms().includes(algorithm) ? [algorithm] : undefined],
    ["issuer", textMember(claims, "iss")],
    ["audience", textMember(claims, "aud")],
    ["typ", textMember(head, "typ")],
    ["require", memberOf(claims, "exp") === undefined ? undefined : ["exp"]],
  ]
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Policy
}

/** `jot policy test`: `verify` with a policy that must be there. */
export const test: Command = async (session) => {
  if (!session.options.has("policy")) throw new Failure("usage", "flag_needed", "policy")
  return verify(session)
}
