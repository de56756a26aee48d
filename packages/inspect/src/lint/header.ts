/** Header members: keys and places that the sender names, extensions, types. */

import { CORE_PARAMETERS } from "../dictionary/names.ts"
import { type JsonNode, memberOf, textMember } from "../read/json.ts"
import { leaks, memberWeaknesses } from "./algorithm.ts"
import { type Context, type Finding, finding, headerValue, type LintRule } from "./context.ts"

const TYPED_KINDS: Readonly<Record<string, string>> = {
  dpop_proof: "dpop+jwt",
  security_event: "secevent+jwt",
  logout_token: "logout+jwt",
  access_token: "at+jwt",
}
const MAX_KID = 256
const MAX_CRIT = 100
/** What turns a key id into a path, an address, a query or a command. */
const KID_SHAPES: readonly (readonly [string, RegExp])[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  ["control", /[\u0000-\u001f\u007f-\u009f]/],
  ["url", /^[a-z][a-z0-9+.-]{1,20}:\/\//i],
  ["path", /\.\.[/\\]|^[/\\]|\/(?:etc|dev|proc|var|tmp)\//i],
  ["sql", /['"]\s*(?:or|and|union|;|--)|\bunion\s+select\b|--\s*$/i],
  ["shell", /[|;`<>]|\$\(|&&/],
]
const PBES2_LEAST = 1000
const PBES2_MOST = 1_200_000

/** HDR-EMBEDDED-KEY, KEY-PRIVATE-LEAK, KEY-WEAK-RSA and KEY-EXPONENT of the key in the header */
export const checkEmbeddedKeys: LintRule = (context) => {
  const found: Finding[] = []
  const jwk = headerValue(context, "jwk")
  const isProof = context.kind === "dpop_proof"
  for (const name of ["jwk", "x5c"]) {
    if (headerValue(context, name) !== undefined && !isProof)
      found.push(finding(context, "HDR-EMBEDDED-KEY", `/header/${name}`, { detail: name }))
  }
  if (jwk === undefined) return found
  const path = "/header/jwk"
  return [...found, ...leaks(context, jwk, path, "KEY-PRIVATE-LEAK"), ...memberWeaknesses(context, jwk, path)]
}

/** HDR-REMOTE-KEY */
export const checkRemoteKeys: LintRule = (context) =>
  ["jku", "x5u"].flatMap((name) => {
    const address = textMember(context.header, name)
    if (address === undefined) return []
    const variant = addressProblem(address, textMember(context.claims, "iss"))
    const severity = variant === undefined ? {} : { variant, severity: "error" as const }
    return [finding(context, "HDR-REMOTE-KEY", `/header/${name}`, { detail: name, ...severity })]
  })

/** HDR-KID-SHAPE */
export const checkKeyId: LintRule = (context) => {
  const value = headerValue(context, "kid")
  if (value === undefined) return []
  const at = (variant: string) => [finding(context, "HDR-KID-SHAPE", "/header/kid", { variant })]
  if (value.type !== "string") return at("type")
  const kid = String(value.value)
  if (kid.length > MAX_KID) return at("long")
  const shape = KID_SHAPES.find(([, pattern]) => pattern.test(kid))
  return shape === undefined ? [] : at(shape[0])
}

/** HDR-CRIT, HDR-B64 */
export const checkCritical: LintRule = (context) => {
  const { reading, claims } = context
  const value = headerValue(context, "crit")
  const b64 = headerValue(context, "b64")
  const found = value === undefined ? [] : critProblems(context, value)
  if (reading.isUnencoded && claims !== undefined && !reading.isDetached)
    found.push(finding(context, "HDR-B64", "/header/b64"))
  const isListed = value?.type === "array" && value.items.some((item) => item.type === "string" && item.value === "b64")
  if (b64 !== undefined && !isListed && reading.form !== "jwe")
    found.push(finding(context, "HDR-B64", "/header/b64", { variant: "crit" }))
  return found
}

/** HDR-TYP, HDR-CTY */
export const checkTypes: LintRule = (context) => {
  const { reading, kind, claims, header } = context
  if (header?.type !== "object") return []
  const typ = textMember(header, "typ")
    ?.toLowerCase()
    .replace(/^application\//, "")
  const wanted = Object.hasOwn(TYPED_KINDS, kind) ? TYPED_KINDS[kind] : undefined
  const found: Finding[] = []
  if (wanted !== undefined && typ !== wanted)
    found.push(finding(context, "HDR-TYP", typ === undefined ? "/header" : "/header/typ", { detail: wanted }))
  const isOther = reading.form === "jws" && claims === undefined && reading.nested === undefined && !reading.isDetached
  if (typ === "jwt" && isOther) found.push(finding(context, "HDR-TYP", "/header/typ", { variant: "not_jwt" }))
  const cty = textMember(header, "cty")?.toLowerCase()
  if (reading.nested !== undefined && cty !== "jwt" && cty !== "application/jwt")
    found.push(finding(context, "HDR-CTY", "/header"))
  return found
}

/** HDR-ZIP, ENC-CRIME, ENC-RSA15, ENC-PBES2 */
export const checkEncryption: LintRule = (context) => {
  const { alg, reading } = context
  const found: Finding[] = []
  if (headerValue(context, "zip") !== undefined) {
    found.push(finding(context, "HDR-ZIP", "/header/zip"))
    if (reading.form === "jwe") found.push(finding(context, "ENC-CRIME", "/header/zip"))
  }
  if (alg === "RSA1_5") found.push(finding(context, "ENC-RSA15", "/header/alg"))
  const count = headerValue(context, "p2c")
  if (count?.type !== "number") return found
  const iterations = Number(count.value)
  if (iterations < PBES2_LEAST)
    found.push(finding(context, "ENC-PBES2", "/header/p2c", { detail: String(PBES2_LEAST) }))
  if (iterations > PBES2_MOST)
    found.push(finding(context, "ENC-PBES2", "/header/p2c", { variant: "high", detail: String(PBES2_MOST) }))
  return found
}

/** ENC-CLAIM-MIRROR */
export const checkMirroredClaims: LintRule = (context) => {
  const { header, claims, reading } = context
  if (header === undefined || claims === undefined) return []
  return ["iss", "sub", "aud"].flatMap((name) => {
    const above = memberOf(header, name)?.value
    const below = memberOf(claims, name)?.value
    if (above === undefined) return []
    const text = (node: JsonNode | undefined, content = "") => (node === undefined ? "" : content.slice(...node.range))
    const isSame = text(above, reading.header?.content) === text(below, reading.payload?.content)
    return isSame ? [] : [finding(context, "ENC-CLAIM-MIRROR", `/header/${name}`, { detail: name })]
  })
}

function critProblems(context: Context, value: JsonNode): Finding[] {
  const at = (variant: string, path = "/header/crit", detail = "") =>
    finding(context, "HDR-CRIT", path, { variant, detail })
  if (value.type !== "array") return [at("type")]
  if (value.items.length === 0) return [at("empty")]
  const seen = new Set<string>()
  return value.items.slice(0, MAX_CRIT).flatMap((item, index) => {
    const path = `/header/crit/${index}`
    if (item.type !== "string") return [at("type", path)]
    const name = String(item.value)
    const variant = critProblem(context, name, seen)
    seen.add(name)
    return variant === undefined ? [] : [at(variant, path, name.slice(0, 64))]
  })
}

function critProblem(context: Context, name: string, seen: ReadonlySet<string>): string | undefined {
  if (CORE_PARAMETERS.has(name)) return "registered"
  if (seen.has(name)) return "twice"
  if (memberOf(context.header, name) === undefined) return "absent"
  return name === "b64" ? undefined : "unknown"
}

function addressProblem(address: string, issuer: string | undefined): string | undefined {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return "not_url"
  }
  if (url.protocol !== "https:") return "not_https"
  if (isPrivateHost(url.hostname)) return "private"
  const home = hostOf(issuer)
  return home !== undefined && !isAkin(url.hostname, home) ? "other_host" : undefined
}

function hostOf(issuer: string | undefined): string | undefined {
  try {
    return issuer === undefined ? undefined : new URL(issuer).hostname
  } catch {
    return undefined
  }
}

function isPrivateHost(host: string): boolean {
  return (
    /^(?:localhost|.*\.(?:local|internal|localhost|lan|home\.arpa))$/.test(host) ||
    /^(?:0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(
      host,
    ) ||
    /^\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*|::ffff:.*)\]$/.test(host)
  )
}

/** The same host, or one below it. */
function isAkin(host: string, home: string): boolean {
  return host === home || host.endsWith(`.${home}`) || home.endsWith(`.${host}`)
}
