/** Keys as data: a JWK or a JWK Set that is, or may be, published. */

import { type JsonNode, memberOf, textMember } from "../read/json.ts"
import { leaks, memberWeaknesses } from "./algorithm.ts"
import { type Context, type Finding, finding, type LintRule } from "./context.ts"

const MANY = 100
const SIGNING = ["sign", "verify"]
const ENCRYPTING = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"]
const TYPES: ReadonlySet<string> = new Set(["EC", "RSA", "OKP", "oct", "AKP"])

/** JWKS-*, KEY-PRIVATE-LEAK of a key that stands alone, and the weaknesses of each key */
export const checkKeySet: LintRule = (context) => {
  const { form, segments } = context.reading
  const root = segments[0]?.json?.root
  // A key alone may be its owner's: nobody said that it is published.
  if (form === "jwk" && root !== undefined)
    return [...checkKey(context, root, ""), ...leaks(context, root, "", "KEY-PRIVATE-LEAK", "warning")]
  const list = form === "jwks" ? memberOf(root, "keys")?.value : undefined
  if (list?.type !== "array") return []
  if (list.items.length === 0) return [finding(context, "JWKS-EMPTY", "/keys")]
  const each = list.items.flatMap((key, index) => [
    ...checkKey(context, key, `/keys/${index}`),
    ...secrecy(context, key, `/keys/${index}`),
  ])
  return [...each, ...together(context, list.items)]
}

function checkKey(context: Context, key: JsonNode, path: string): Finding[] {
  const use = textMember(key, "use")
  const operations = memberOf(key, "key_ops")?.value
  const names =
    operations?.type === "array"
      ? operations.items.map((item) => (item.type === "string" ? String(item.value) : ""))
      : []
  const isOdd = names.some(
    (name) => (use === "sig" && ENCRYPTING.includes(name)) || (use === "enc" && SIGNING.includes(name)),
  )
  const isTwice = new Set(names).size !== names.length
  const found = memberWeaknesses(context, key, path)
  if (!TYPES.has(textMember(key, "kty") ?? "")) found.push(finding(context, "JWKS-UNREADABLE", path))
  return isOdd || isTwice
    ? [...found, finding(context, "JWKS-USE-OPS", `${path}/key_ops`, { variant: isOdd ? undefined : "twice" })]
    : found
}

function secrecy(context: Context, key: JsonNode, path: string): Finding[] {
  if (textMember(key, "kty") === "oct") return [finding(context, "JWKS-SYMMETRIC", path)]
  return leaks(context, key, path, "JWKS-PRIVATE")
}

/** What only shows where several keys stand side by side. */
function together(context: Context, keys: readonly JsonNode[]): Finding[] {
  const found: Finding[] = []
  const seen = new Set<string>()
  for (const [index, key] of keys.entries()) {
    const kid = textMember(key, "kid")
    if (kid === undefined && keys.length > 1) found.push(finding(context, "JWKS-NO-KID", `/keys/${index}`))
    if (kid !== undefined && seen.has(kid)) found.push(finding(context, "JWKS-DUP-KID", `/keys/${index}/kid`))
    if (kid !== undefined) seen.add(kid)
  }
  const named = keys.filter((key) => textMember(key, "alg") !== undefined).length
  if (named > 0 && named < keys.length) found.push(finding(context, "JWKS-MIXED-ALG", "/keys"))
  if (keys.length > MANY) found.push(finding(context, "JWKS-LONG", "/keys", { detail: String(keys.length) }))
  return found
}
