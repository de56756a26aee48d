/** Keys as data: a JWK or a JWK Set that is, or may be, published. */

import { privateMembers } from "../keys/private-members.ts"
import { type JsonNode, memberOf, textMember } from "../read/json.ts"
import { memberWeaknesses } from "./algorithm.ts"
import { type Context, type Finding, finding, type LintRule } from "./context.ts"

const MANY = 100
const SIGNING = ["sign", "verify"]
const ENCRYPTING = ["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"]
const TYPES: ReadonlySet<string> = new Set(["EC", "RSA", "OKP", "oct", "AKP"])

/** JWKS-*, and the weaknesses of each key */
export const checkKeySet: LintRule = (context) => {
  const { form, segments } = context.reading
  const root = segments[0]?.json?.root
  if (form === "jwk" && root !== undefined) return checkKey(context, root, "")
  const list = form === "jwks" ? memberOf(root, "keys")?.value : undefined
  if (list?.type !== "array") return []
  const each = list.items.flatMap((key, index) => [
    ...checkKey(context, key, `/keys/${index}`),
    ...(isReadable(key) ? [] : [finding(context, "JWKS-UNREADABLE", `/keys/${index}`)]),
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
  return isOdd || isTwice
    ? [...found, finding(context, "JWKS-USE-OPS", `${path}/key_ops`, { variant: isOdd ? undefined : "twice" })]
    : found
}

function secrecy(context: Context, key: JsonNode, path: string): Finding[] {
  if (textMember(key, "kty") === "oct") return [finding(context, "JWKS-SYMMETRIC", path)]
  const names = privateMembers(key).map(({ name }) => name)
  return names.length > 0 ? [finding(context, "JWKS-PRIVATE", path, { detail: names.join(", ") })] : []
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

function isReadable(key: JsonNode): boolean {
  return TYPES.has(textMember(key, "kty") ?? "")
}
