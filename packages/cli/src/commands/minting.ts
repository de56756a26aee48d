/** Tokens of a test issuer: a template of claims from the command line, and what a request adds to it. */

import { readJson } from "@jotkit/inspect"
import { signJwsAsync } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { Members } from "../input/claims.ts"
import { addClaims } from "../input/payload.ts"
import { textAt } from "../input/source.ts"
import type { RingSigner } from "./key-ring.ts"

const LIFETIME_SECONDS = 3600
/** Parameters of a token request (RFC 6749, section 4; RFC 7636; RFC 7521) that are no claims. */
const NOT_CLAIMS: ReadonlySet<string> = new Set([
  "grant_type",
  "client_secret",
  "client_assertion",
  "client_assertion_type",
  "assertion",
  "username",
  "password",
  "code",
  "code_verifier",
  "redirect_uri",
  "refresh_token",
])
/** Parameters that name the audience (RFC 8707). */
const AUDIENCES = ["audience", "resource"]

/** The answer of a token endpoint (RFC 6749, section 5.1). */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: "Bearer"
  readonly expires_in: number | undefined
}

/** Claims that every token has unless its request says otherwise. */
export class Template {
  readonly #text: string
  readonly #session: Session

  private constructor(text: string, session: Session) {
    this.#text = text
    this.#session = session
  }

  /**
   * Reads `--claims`, `--claim` and the flags of single claims.
   *
   * @throws Failure `input` for claims that are no JSON object.
   */
  static async of(session: Session): Promise<Template> {
    const text = await textAt(session.options.text("claims") ?? "{}", session)
    Members.read(text)
    return new Template(text, session)
  }

  /**
   * Makes a token.
   *
   * @param changes - Further claims as JSON; `null` takes one out.
   * @throws Failure `usage` for flags that cannot be read; JwtError for a key that does not fit.
   */
  async mint(signer: RingSigner, issuer: string, changes: readonly Change[]): Promise<TokenAnswer> {
    const now = Math.floor(Date.now() / 1000)
    const claims = this.#claims(issuer, now)
    for (const { name, json } of changes) {
      if (json === "null") claims.delete(name)
      else claims.set(name, json)
    }
    const { options } = this.#session
    const text = claims.toJson()
    const header = { typ: options.text("typ") ?? "JWT", kid: signer.key.keyId }
    const token = await signJwsAsync(text, signer.key, { algorithm: signer.algorithm, header })
    const { exp } = JSON.parse(text) as { exp?: unknown }
    return {
      access_token: String(token),
      token_type: "Bearer",
      expires_in: typeof exp === "number" ? exp - now : undefined,
    }
  }

  #claims(issuer: string, now: number): Members {
    const { options } = this.#session
    const claims = Members.read(this.#text)
    if (!claims.has("iss") && !options.has("iss")) claims.set("iss", JSON.stringify(issuer))
    if (!claims.has("exp") && !options.has("exp")) claims.set("exp", String(now + LIFETIME_SECONDS))
    addClaims(claims, { ...this.#session, now, tell: () => undefined })
    return claims
  }
}

/** A claim that a request sets. */
export interface Change {
  readonly name: string
  readonly json: string
}

/**
 * What a request asks for: the members of a JSON object, or the parameters of a form (RFC 6749, section 4).
 *
 * @throws Failure `input` for JSON that is no object, or names a member twice.
 */
export function changesOf(body: string, contentType: string): Change[] {
  if (body.trim() === "") return []
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return formChanges(new URLSearchParams(body))
  Members.read(body)
  const { root } = readJson(body)
  if (root?.type !== "object") throw new Failure("input", "json_not_object")
  return root.members.map(({ name, value }) => ({ name, json: body.slice(...value.range) }))
}

function formChanges(form: URLSearchParams): Change[] {
  const texts = [...form].filter(([name]) => !NOT_CLAIMS.has(name) && !AUDIENCES.includes(name))
  const audience = AUDIENCES.flatMap((name) => form.getAll(name))
  const client = form.get("client_id")
  // A client that asks for itself is the subject (RFC 9068, section 2.2).
  const subject = client === null || form.has("sub") ? [] : [{ name: "sub", json: JSON.stringify(client) }]
  return [
    ...subject,
    ...texts.map(([name, value]) => ({ name, json: JSON.stringify(value) })),
    ...(audience.length === 0
      ? []
      : [{ name: "aud", json: JSON.stringify(audience.length === 1 ? audience[0] : audience) }]),
  ]
}
