/** From a failure to the answer: status, body, challenge and headers. */

import { compatAnswer } from "./compat.ts"
import { type Failure, REASONS, REFUSAL_CODES, type RefusalCode } from "./failure.ts"
import type { AuthRequest } from "./request.ts"
import { clearedCookies } from "./set-cookie.ts"
import type { Responder, Settings } from "./settings.ts"
import type { Refused } from "./verdict.ts"

/** After these a cookie can only cause more of the same. */
const USELESS_COOKIE: ReadonlySet<RefusalCode> = new Set(["token_revoked", "refresh_token_reused", "user_not_found"])

/** Makes the answer, tells whoever listens, and lets the responders of the options have their say. */
export async function refuse(failure: Failure, request: AuthRequest, settings: Settings): Promise<Refused> {
  const refused = settings.isCompat ? compatRefusal(failure, settings) : refusalOf(failure, settings)
  await settings.onRefused?.(failure, request)
  const responder = settings.responders[failure.code] ?? settings.responders.otherwise
  return responder === undefined ? refused : withAnswer(refused, responder, request)
}

function refusalOf(failure: Failure, settings: Settings): Refused {
  const [code, message] = REASONS[failure.reason]
  const status = REFUSAL_CODES[code]
  const challenge = status === 401 || code === "insufficient_scope" ? challengeOf(failure, settings) : undefined
  const headers: Record<string, string> = { "content-type": "application/json", "cache-control": "no-store" }
  if (challenge !== undefined) headers["www-authenticate"] = challenge
  const nonce = code === "use_dpop_nonce" ? settings.dpop?.nonces?.(settings.now())[0] : undefined
  if (nonce !== undefined) headers["dpop-nonce"] = nonce
  if (status === 405) headers["allow"] = "POST"
  const body = { error: code, message }
  return {
    allowed: false,
    status,
    code,
    message,
    challenge,
    cookies: toClear(failure, settings),
    headers,
    body,
    failure,
  }
}

function compatRefusal(failure: Failure, settings: Settings): Refused {
  const { status, text } = compatAnswer(failure, settings)
  const headers = { "content-type": "application/json" }
  const told = { code: failure.code, message: text, challenge: undefined, body: { msg: text }, headers }
  return { allowed: false, status, ...told, cookies: toClear(failure, settings), failure }
}

/** For each scheme that would do: nothing more where nothing was sent, else what is wrong with the one that was (RFC 9449, section 7.1). */
function challengeOf(failure: Failure, { header, dpop, challenge }: Settings): string {
  const parameters = [challengeParameters(failure), challenge].filter((part) => part !== "").join(", ")
  const scheme = header.scheme === "" ? "Bearer" : header.scheme
  const ours = parameters === "" ? scheme : `${scheme} ${parameters}`
  if (dpop === undefined) return ours
  const algs = `algs="${dpop.algorithms.join(" ")}"`
  if (dpop.required || failure.details.isDpop === true)
    return parameters === "" ? `DPoP ${algs}` : `DPoP ${parameters}, ${algs}`
  return `${ours}, DPoP ${algs}`
}

/** RFC 6750, section 3; RFC 9449, section 7.1. */
function challengeParameters({ code, details: { maxAge, scope } }: Failure): string {
  if (code === "missing_token") return ""
  if (code === "use_dpop_nonce" || code === "invalid_dpop_proof") return `error="${code}"`
  if (scope !== undefined) return `error="insufficient_scope", scope="${scope}"`
  const age = maxAge === undefined ? "" : `, max_age="${maxAge}"`
  return `error="invalid_token", error_description="${code}"${age}`
}

function toClear(failure: Failure, settings: Settings): readonly string[] {
  return failure.location === "cookie" && USELESS_COOKIE.has(failure.code) ? clearedCookies(settings) : []
}

async function withAnswer(refused: Refused, responder: Responder, request: AuthRequest): Promise<Refused> {
  const { code, status, message, failure } = refused
  const { header, claims } = failure.details
  const told = { code, reason: failure.reason, status, message, ...(header && { header }), ...(claims && { claims }) }
  const answer = await responder(told, request)
  if (answer === undefined) return refused
  return {
    ...refused,
    status: answer.status ?? refused.status,
    body: answer.body === undefined ? refused.body : answer.body,
    headers: { ...refused.headers, ...answer.headers },
  }
}
