/** Times: past, future, in the wrong unit, in the wrong order. */

import { TIME_CLAIMS } from "../time/times.ts"
import { explainTime, isNumericDate } from "../time/words.ts"
import { type Context, claimValue, type Finding, finding, isJwt, type LintRule } from "./context.ts"

const DAY = 86_400
const HOUR = 3600
const ID_TOKENS: ReadonlySet<string> = new Set([
  "id_token",
  "apple_id",
  "google_id",
  "entra_id",
  "cognito_id",
  "logout_token",
])
/** Kinds that live by something else than `exp`. */
const WITHOUT_EXP: ReadonlySet<string> = new Set([
  "dpop_proof",
  "security_event",
  "passport",
  "status_list",
  "key_binding",
  "sd_jwt",
  "verifiable_credential",
  "introspection",
])

/** TIME-EXPIRED, TIME-EARLY, TIME-MISSING-EXP */
export const checkValidity: LintRule = (context) => {
  if (!isJwt(context)) return []
  const { now, leeway = 0 } = context.options
  const exp = secondsOf(context, "exp")
  const nbf = secondsOf(context, "nbf")
  const found: Finding[] = []
  if (exp !== undefined && now >= exp + leeway) found.push(finding(context, "TIME-EXPIRED", "/payload/exp"))
  if (nbf !== undefined && now < nbf - leeway) found.push(finding(context, "TIME-EARLY", "/payload/nbf"))
  const isMissing = claimValue(context, "exp") === undefined && !WITHOUT_EXP.has(context.kind)
  if (isMissing) found.push(finding(context, "TIME-MISSING-EXP", "/payload"))
  return found
}

/** TIME-UNIT */
export const checkUnits: LintRule = (context) =>
  TIME_CLAIMS.flatMap((name) => {
    const value = claimValue(context, name)
    if (value === undefined) return []
    const time = explainTime(value)
    return isNumericDate(time)
      ? []
      : [finding(context, "TIME-UNIT", `/payload/${name}`, { variant: time.kind, detail: name })]
  })

/** TIME-LONG, TIME-ORDER */
export const checkLifetime: LintRule = (context) => {
  const { now, leeway = 0, maxLifetime } = context.options
  const [exp, nbf, iat] = ["exp", "nbf", "iat"].map((name) => secondsOf(context, name))
  const found: Finding[] = []
  const order = (variant: string, path: string) => found.push(finding(context, "TIME-ORDER", path, { variant }))
  if (iat !== undefined && exp !== undefined && iat > exp) order("iat_exp", "/payload/iat")
  if (nbf !== undefined && exp !== undefined && nbf > exp) order("nbf_exp", "/payload/nbf")
  if (iat !== undefined && iat > now + leeway) order("iat_future", "/payload/iat")
  const most = maxLifetime ?? (ID_TOKENS.has(context.kind) ? HOUR : DAY)
  const start = iat ?? nbf
  if (exp !== undefined && start !== undefined && exp - start > most)
    found.push(finding(context, "TIME-LONG", "/payload/exp", { detail: `${Math.round(exp - start)}, ${most}` }))
  return found
}

/** A time that is written as it must be. */
function secondsOf(context: Context, name: string): number | undefined {
  const value = claimValue(context, name)
  if (value === undefined) return undefined
  const time = explainTime(value)
  return isNumericDate(time) ? time.seconds : undefined
}
