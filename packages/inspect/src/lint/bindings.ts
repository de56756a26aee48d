/** Hashes in a token of things that travel beside it (OpenID Connect Core 1.0, section 3.1.3.6; RFC 9449, section 4.2). */

import { type BuiltInAlgorithm, getAlgorithm } from "jotkit"
import { writeBase64Url } from "../read/base64url.ts"
import { memberOf, textMember } from "../read/json.ts"
import { type Context, type Finding, finding } from "./context.ts"

/** The hash of each signature algorithm that OpenID Connect names by it; Ed25519 hashes with SHA-512. */
const HASHED_BY: Readonly<Record<string, string>> = { EdDSA: "HS512", Ed25519: "HS512", ES256K: "HS256" }

/** CLM-HASH: `at_hash`, `c_hash`, `s_hash`, `ath`, `cnf.jkt`, each where the token has it and its counterpart is given. */
export async function checkBindings(context: Context): Promise<Finding[]> {
  const { accessToken, code, state, thumbprint } = context.options.counterparts ?? {}
  const halves = await Promise.all([
    checkHalf(context, "at_hash", accessToken),
    checkHalf(context, "c_hash", code),
    checkHalf(context, "s_hash", state),
    checkWhole(context, accessToken),
  ])
  const jkt = textMember(memberOf(context.claims, "cnf")?.value, "jkt")
  const isOther = jkt !== undefined && thumbprint !== undefined && jkt !== thumbprint
  return [
    ...halves.flat(),
    ...(isOther ? [finding(context, "CLM-HASH", "/payload/cnf/jkt", { detail: "cnf.jkt" })] : []),
  ]
}

async function checkHalf(context: Context, name: string, counterpart: string | undefined): Promise<Finding[]> {
  const said = textMember(context.claims, name)
  if (said === undefined || counterpart === undefined) return []
  const digest = await digestOf(context.alg ?? "", counterpart)
  if (digest === undefined) return []
  const expected = writeBase64Url(digest.subarray(0, digest.length / 2))
  return said === expected ? [] : [finding(context, "CLM-HASH", `/payload/${name}`, { detail: name })]
}

async function checkWhole(context: Context, accessToken: string | undefined): Promise<Finding[]> {
  const said = textMember(context.claims, "ath")
  if (said === undefined || accessToken === undefined) return []
  const digest = await digestOf("HS256", accessToken)
  return digest !== undefined && said !== writeBase64Url(digest)
    ? [finding(context, "CLM-HASH", "/payload/ath", { detail: "ath" })]
    : []
}

/** The hash that the algorithm uses; undefined where it has none. */
async function digestOf(alg: string, text: string): Promise<Uint8Array | undefined> {
  const name = (Object.hasOwn(HASHED_BY, alg) ? HASHED_BY[alg] : undefined) ?? alg
  if (!/^(?:HS|RS|PS|ES)\d{3}$/.test(name)) return undefined
  const algorithm = getAlgorithm(name)
  return isBuiltIn(algorithm) ? algorithm.digestAsync(new TextEncoder().encode(text)) : undefined
}

function isBuiltIn(algorithm: object): algorithm is BuiltInAlgorithm {
  return "digestAsync" in algorithm
}
