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
  settings.onRefused?.(failure, request)
  const responder = settings.responders[failure.code] ?? settings.responders.otherwise
  return responder === undefined ? refused : withAnswer(refused, responder, request)
}

function refusalOf(failure: Failure, settings: Settings): Refused {
  const [code, message] = REASONS[failure.reason]
  const status = REFUSAL_CODES[code]
  const challenge = status === 401 || code === "insufficient_scope" ? challengeOf(failure, settings) : undefined
  const headers: Record<string, string> = { "content-type": "application/json", "cache-control": "no-store" }
  if (challenge !== undefined) headers["www-authenticate"] = challenge
  if (status === 405) headers["allow"] = "POST"
  const body = { error: code, message }
  return {
    allowed: false,
    status,
    code,
    message,
    challenge,
    cookiesToClear: toClear(failure, settings),
    headers,
    body,
    failure,
  }
}

function compatRefusal(failure: Failure, settings: Settings): Refused {
  const { status, text } = compatAnswer(failure, settings)
  const headers = { "content-type": "application/json" }
  const told = { code: failure.code, message: text, challenge: undefined, body: { msg: text }, headers }
  return { allowed: false, status, ...told, cookiesToClear: toClear(failure, settings), failure }
}

/** RFC 6750, section 3: nothing but the scheme where nothing was sent, else what is wrong, or which scopes would be right. */
function challengeOf(failure: Failure, { header }: Settings): string {
  const scheme = header.scheme === "" ? "Bearer" : header.scheme
  if (failure.code === "missing_token") return scheme
  const { maxAge, scope } = failure.details
  if (scope !== undefined) return `${scheme} error="insufficient_scope", scope="${scope}"`
  const age = maxAge === undefined ? "" : `, max_age="${maxAge}"`
  return `${scheme} error="invalid_token", error_description="${failure.code}"${age}`
}

function toClear(failure: Failure, settings: Settings): readonly string[] {
  return failure.location === "cookie" && USELESS_COOKIE.has(failure.code) ? clearedCookies(settings) : []
}

async function withAnswer(refused: Refused, responder: Responder, request: AuthRequest): Promise<Refused> {
  const { code, failure } = refused
  const { header, claims } = failure.details
  const told = { code, reason: failure.reason, ...(header && { header }), ...(claims && { claims }) }
  const answer = await responder(told, request)
  if (answer === undefined) return refused
  return {
    ...refused,
    status: answer.status ?? refused.status,
    body: "body" in answer ? answer.body : refused.body,
    headers: { ...refused.headers, ...answer.headers },
  }
}
