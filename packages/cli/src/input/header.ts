/** Header parameters that flags ask for. Whoever sees a token sees its header: nothing private gets in. */

import { createHash, X509Certificate } from "node:crypto"
import { type JsonNode, memberOf, readJson } from "@jotkit/inspect"
import { Jwk } from "jotkit"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { type Assignment, assignmentOf, type Members } from "./claims.ts"
import { urlOf } from "./network.ts"
import { readPlace, textOf } from "./source.ts"

const PRIVATE_MEMBERS = ["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"]
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]{1,65536}-----END CERTIFICATE-----/g
/** Certificates that a chain may have. */
const MAX_CHAIN = 16

/**
 * Sets what flags ask for; a flag beats what is there already, and says so.
 *
 * @throws Failure `usage` for what is no assignment, address or certificate; `key` for a private key in `jwk`.
 */
export async function addHeaderFlags(header: Members, session: Session): Promise<void> {
  for (const assignment of await headerFlags(session)) replaceIn(header, "header", assignment, session)
  const jwk = header.get("jwk")
  if (jwk !== undefined) refusePrivate(jwk)
}

/** Sets a member by its name or JSON Pointer, and tells where something else was there. */
export function replaceIn(
  members: Members,
  kind: "claim" | "header",
  { name, json }: Assignment,
  { tell, say }: Session,
): void {
  const isPointer = name.startsWith("/")
  if (isPointer ? members.hasAt(name) : members.has(name))
    tell({ level: "warning", text: say(kind === "claim" ? "claim_replaced" : "header_replaced", name) })
  if (isPointer) members.setAt(name, json)
  else members.set(name, json)
}

async function headerFlags(session: Session): Promise<Assignment[]> {
  const { options } = session
  const texts = (["typ", "cty", "kid"] as const).flatMap((name) => {
    const text = options.text(name)
    return text === undefined ? [] : [{ name, json: JSON.stringify(text) }]
  })
  const jku = options.text("jku")
  const place = jku === undefined ? [] : [{ name: "jku", json: JSON.stringify(urlOf(jku).href) }]
  const crit = options.list("crit")
  const critical = crit === undefined ? [] : [{ name: "crit", json: JSON.stringify(crit) }]
  const free = (options.list("header") ?? []).map((text) => assignmentOf("header", text))
  return [...texts, ...place, ...(await chainMembers(session)), ...critical, ...free]
}

/** `x5c` (RFC 7515, section 4.1.6), and the thumbprint of its first certificate (section 4.1.8). */
async function chainMembers(session: Session): Promise<Assignment[]> {
  const source = session.options.text("x5c")
  const wantsThumbprint = session.options.has("x5t-s256")
  if (source === undefined && wantsThumbprint) throw new Failure("usage", "flag_needed", "x5c")
  if (source === undefined) return []
  const chain = await chainAt(source, session)
  const [leaf] = chain
  if (leaf === undefined) return []
  const thumbprint = createHash("sha256").update(leaf.raw).digest("base64url")
  return [
    { name: "x5c", json: JSON.stringify(chain.map(({ raw }) => raw.toString("base64"))) },
    ...(wantsThumbprint ? [{ name: "x5t#S256", json: JSON.stringify(thumbprint) }] : []),
  ]
}

async function chainAt(source: string, session: Session): Promise<X509Certificate[]> {
  const blocks = textOf(await readPlace(source, session)).match(CERTIFICATE) ?? []
  if (blocks.length === 0 || blocks.length > MAX_CHAIN) throw new Failure("input", "certificates_missing", source)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    throw new Failure("input", "certificates_missing", source)
  }
}

/**
 * The members of a header as values, which is how the library takes them.
 *
 * @throws Failure `usage` for a number that would become another one.
 */
export function headerValues(header: Members): Record<string, unknown> {
  const text = header.toJson()
  const { root } = readJson(text)
  if (root !== undefined) refuseRounded(root, text)
  return JSON.parse(text) as Record<string, unknown>
}

function refuseRounded(node: JsonNode, text: string): void {
  if (node.type === "array") for (const item of node.items) refuseRounded(item, text)
  if (node.type === "object") for (const { value } of node.members) refuseRounded(value, text)
  if (node.type !== "number") return
  const value = Number(node.value)
  if (!Number.isFinite(value) || decimalOf(text.slice(...node.range)) !== decimalOf(String(value)))
    throw new Failure("usage", "header_number")
}

/** A number as its digits and the power of ten of the last: the same for `1.0`, `1` and `10e-1`. */
function decimalOf(written: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written) ?? []
  const all = `${whole}${fraction}`.replace(/^0+/, "")
  const [digits] = /^.*[1-9]/.exec(all) ?? [""]
  return digits === "" ? "0" : `${sign}${digits}e${Number(exponent) - fraction.length + all.length - digits.length}`
}

/**
 * What a signature's own header has beside that of the draft: `kid` of the key, its public half where that was asked for.
 *
 * @throws Failure `key` for a secret, which has no public half, and for a certificate of another key.
 */
export function headerOfSigner(header: Members, jwk: Jwk, { options }: Session): Record<string, unknown> {
  const shared = headerValues(header)
  if (header.has("x5c")) refuseOtherKey(shared["x5c"], jwk)
  if (options.has("jwk") && jwk.isSymmetric) throw new Failure("key", "secret_not_public")
  const embedded = options.has("jwk") ? { jwk: jwk.toJSON() } : {}
  return { ...shared, ...embedded, ...(header.has("kid") || jwk.keyId === undefined ? {} : { kid: jwk.keyId }) }
}

/** The first certificate holds the key that signs (RFC 7515, section 4.1.6): a reader would refuse another. */
function refuseOtherKey(chain: unknown, jwk: Jwk): void {
  const [leaf] = Array.isArray(chain) ? (chain as unknown[]) : []
  if (typeof leaf !== "string" || jwk.isSymmetric) throw new Failure("key", "certificate_other_key")
  const lines = leaf.replaceAll(/(.{64})/g, "$1\n")
  const held = Jwk.fromPem(`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`)
  if (held.thumbprint() !== jwk.thumbprint()) throw new Failure("key", "certificate_other_key")
}

function refusePrivate(json: string): void {
  const { root } = readJson(json)
  if (PRIVATE_MEMBERS.some((name) => memberOf(root, name) !== undefined)) throw new Failure("key", "header_private")
}
