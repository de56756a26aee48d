/** What is expected of a token: the policy file, and the flags, which win. */

import { type Policy, parseDuration, readPolicy, textOf as wordsFor } from "@jotkit/inspect"
import { listAlgorithms } from "jotkit"
import { Failure } from "../frame/failure.ts"
import { nearest } from "../frame/nearest.ts"
import type { Session } from "../frame/session.ts"
import { catalogueOf } from "./catalogue.ts"
import { readPlace, textOf } from "./source.ts"
import { durationOf } from "./time.ts"

/** The longest leeway that the library takes. */
const MAX_LEEWAY = 600

/**
 * The policy of a command line.
 *
 * @param algorithms - What a flag names.
 * @throws Failure `usage` for a policy with a member that is not known, and for values that cannot be.
 */
export async function policyOf(session: Session, algorithms: readonly string[] | undefined): Promise<Policy> {
  const { options } = session
  const base = await filePolicy(session)
  const leeway = durationOf("leeway", options.text("leeway"))
  if ((leeway ?? 0) > MAX_LEEWAY) throw new Failure("usage", "leeway_too_long")
  const flags: Policy = {
    algorithms: algorithmsOf(algorithms),
    issuer: options.list("iss"),
    audience: options.list("aud"),
    subject: options.text("sub"),
    typ: options.text("typ"),
    require: options.list("require"),
    maxAge: durationOf("max-age", options.text("max-age")),
    leeway,
  }
  return { ...base, ...Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined)) }
}

/** The leeway of a policy in seconds. */
export function leewaySeconds({ leeway }: Policy): number {
  if (typeof leeway !== "string") return typeof leeway === "number" ? leeway : 0
  const read = parseDuration(leeway)
  return read.ok ? read.seconds : 0
}

/**
 * Names of signature algorithms.
 *
 * @throws Failure `usage` for a name that does not exist, and for `none`, which never verifies.
 */
export function algorithmsOf(names: readonly string[] | undefined): readonly string[] | undefined {
  const known = listAlgorithms()
  for (const name of names ?? []) {
    if (name.toLowerCase() === "none") throw new Failure("usage", "alg_none")
    if (!known.includes(name)) throw unknownAlgorithm(name, known)
  }
  return names
}

function unknownAlgorithm(name: string, known: readonly string[]): Failure {
  const near = known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, known)
  return near === undefined ? new Failure("usage", "alg_unknown") : new Failure("usage", "alg_unknown_near", near)
}

async function filePolicy(session: Session): Promise<Policy> {
  const source = session.options.text("policy")
  if (source === undefined) return {}
  const reading = readPolicy(textOf(await readPlace(source, session)))
  if (reading.ok) return reading.policy
  const catalogue = await catalogueOf(session)
  const problems = reading.problems.map(({ code, member, nearest: near }) => {
    const text = wordsFor(catalogue, "policy", code, member)
    return near === undefined ? text : `${text} (${session.say("did_you_mean", near)})`
  })
  throw new Failure("usage", "policy_invalid", source, problems.join("; "))
}
