/** Claims: present, of the right type, and fit to be read by anyone who holds the token. */

import { privateMembers } from "../keys/private-members.ts"
import type { Kind } from "../kind/kind.ts"
import { type JsonNode, memberOf } from "../read/json.ts"
import { locationOf, walk } from "../read/locate.ts"
import { claimValue, type Finding, finding, isJwt, type LintRule } from "./context.ts"

const REQUIRED: Readonly<Partial<Record<Kind, string>>> = {
  id_token: "iss sub aud exp iat",
  access_token: "iss sub aud exp iat jti client_id",
  dpop_proof: "jti htm htu iat",
  logout_token: "iss aud iat jti events",
  security_event: "iss iat jti events",
  client_assertion: "iss sub aud exp jti",
  request_object: "iss aud client_id",
  apple_id: "iss sub aud exp iat",
  google_id: "iss sub aud exp iat",
  key_binding: "iat aud nonce sd_hash",
}
type Shape = "text" | "texts" | "textOrTexts" | "object"
const SHAPES: readonly (readonly [Shape, string])[] = [
  ["text", "iss sub jti azp nonce acr at_hash c_hash s_hash client_id sid email htm htu ath"],
  ["textOrTexts", "aud"],
  ["texts", "amr"],
  ["object", "cnf act may_act events address"],
]
const FITS: Readonly<Record<Shape, (node: JsonNode) => boolean>> = {
  text: (node) => node.type === "string",
  texts: isTexts,
  textOrTexts: (node) => node.type === "string" || isTexts(node),
  object: (node) => node.type === "object",
}
const SECRET_NAME =
  /^(?:.*[_.-])?(?:password|passwd|pwd|secret|api[_-]?key|apikey|private[_-]?key|client[_-]?secret|pin|cvv|ssn|credential)s?$/i
const POWER = /^(?:admin|administrator|root|superuser|super_admin|owner|sudo|\*|.*:\*|\*:.*)$/i
const POWER_NAMES: ReadonlySet<string> = new Set("admin is_admin isAdmin superuser is_superuser root sudo".split(" "))
const POWER_CLAIMS: ReadonlySet<string> = new Set(
  "role roles scope scp groups permissions entitlements authorities".split(" "),
)
/** The value of the first letter of an identity card number of Taiwan, from 10 on. */
const TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
const MAX_LOOKED_AT = 2048

/** CLM-MISSING */
export const checkPresence: LintRule = (context) => {
  const names = REQUIRED[context.kind]?.split(" ") ?? []
  if (!isJwt(context)) return []
  return names
    .filter((name) => claimValue(context, name) === undefined && name !== "exp")
    .map((name) => finding(context, "CLM-MISSING", "/payload", { detail: name }))
}

/** CLM-TYPE */
export const checkShapes: LintRule = (context) => {
  const found = SHAPES.flatMap(([shape, names]) =>
    names.split(" ").flatMap((name) => {
      const value = claimValue(context, name)
      const isRight = value === undefined || FITS[shape](value)
      return isRight ? [] : [finding(context, "CLM-TYPE", `/payload/${name}`, { variant: shape, detail: name })]
    }),
  )
  const aud = claimValue(context, "aud")
  if (aud?.type === "array" && aud.items.length === 0)
    found.push(finding(context, "CLM-TYPE", "/payload/aud", { variant: "aud_empty" }))
  if (textsOf(aud).includes("*")) found.push(finding(context, "CLM-TYPE", "/payload/aud", { variant: "aud_wildcard" }))
  return found
}

/** CLM-ISS-URL, CLM-AUD-MANY */
export const checkParties: LintRule = (context) => {
  const found: Finding[] = []
  const iss = claimValue(context, "iss")
  const issuer = iss?.type === "string" ? String(iss.value) : undefined
  if (issuer?.startsWith("http://")) found.push(finding(context, "CLM-ISS-URL", "/payload/iss"))
  if (issuer !== undefined && /^https:\/\/.*\/$/.test(issuer))
    found.push(finding(context, "CLM-ISS-URL", "/payload/iss", { variant: "slash" }))
  const isMany = textsOf(claimValue(context, "aud")).length > 1 && claimValue(context, "azp") === undefined
  if (isMany) found.push(finding(context, "CLM-AUD-MANY", "/payload/aud"))
  return found
}

/** CLM-SENSITIVE, CLM-PRIV */
export const checkContent: LintRule = (context) => {
  const { payload } = context.reading
  if (context.claims === undefined || payload === undefined) return []
  return [...walk(payload)].flatMap(([path, node]) => {
    const name = path.slice(path.lastIndexOf("/") + 1).slice(0, 64)
    const range = locationOf(payload, node).characters
    const sensitive = sensitivity(name, node)
    const found =
      sensitive === undefined ? [] : [finding(context, "CLM-SENSITIVE", path, { range, variant: sensitive })]
    return isPowerful(path, name, node) ? [...found, finding(context, "CLM-PRIV", path, { range })] : found
  })
}

/** Whether text is an identity card number of Taiwan: a letter, nine digits, and the last is right. Resident certificates count too. */
function isTaiwanId(text: string): boolean {
  if (!/^[A-Z][1289]\d{8}$/.test(text)) return false
  const first = TAIWAN_LETTERS.indexOf(text.charAt(0)) + 10
  const digits = [Math.floor(first / 10), first % 10, ...[...text.slice(1)].map(Number)]
  const weights = [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1]
  return digits.reduce((sum, digit, index) => sum + digit * (weights[index] ?? 0), 0) % 10 === 0
}

/** Whether digits are a card number by Luhn's check. */
function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, "")
  if (!/^[3-6]\d{12,18}$/.test(digits)) return false
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

function isTexts(node: JsonNode): boolean {
  return node.type === "array" && node.items.every((item) => item.type === "string")
}

/** The texts of a claim that is one, or several. */
function textsOf(node: JsonNode | undefined): string[] {
  if (node?.type === "string") return [String(node.value)]
  return node?.type === "array"
    ? node.items.flatMap((item) => (item.type === "string" ? [String(item.value)] : []))
    : []
}

function sensitivity(name: string, node: JsonNode): string | undefined {
  if (node.type === "object" || node.type === "array") return isPrivateKey(node) ? "private_key" : undefined
  if (SECRET_NAME.test(name) && node.type === "string" && node.value !== "") return "secret"
  if (node.type !== "string" && node.type !== "number") return undefined
  const text = String(node.value).slice(0, MAX_LOOKED_AT)
  if (isTaiwanId(text)) return "national_id"
  if (node.type === "number") return undefined
  if (/-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----/.test(text)) return "private_key"
  if (/^ey[\w-]{10,}\.[\w-]*\.[\w-]*/.test(text)) return "token"
  if (isCardNumber(text)) return "card"
  if (/^[^\s@]{1,64}@[^\s@.]{1,64}(?:\.[^\s@.]{1,64}){1,8}$/.test(text)) return "email"
  return /^(?:phone|phone_number|mobile|msisdn|tel)$/i.test(name) ? "phone" : undefined
}

function isPrivateKey(node: JsonNode): boolean {
  return memberOf(node, "kty") !== undefined && privateMembers(node).length > 0
}

function isPowerful(path: string, name: string, node: JsonNode): boolean {
  if (node.type === "boolean") return node.value === true && POWER_NAMES.has(name)
  if (node.type !== "string") return false
  const [, , claim = ""] = path.split("/")
  return (
    POWER_CLAIMS.has(claim) &&
    String(node.value)
      .slice(0, MAX_LOOKED_AT)
      .split(/\s+/)
      .some((word) => POWER.test(word))
  )
}
