/** The parts of an SD-JWT that the issuer's signature does not cover by itself (RFC 9901): disclosures by their hashes, and key binding. */

import { listAlgorithms } from "jotkit"
import { readKeys } from "../keys/keys.ts"
import { type JsonNode, memberOf, plainValue, textMember } from "../read/json.ts"
import { read } from "../read/read.ts"
import type { Disclosure, Reading } from "../read/reading.ts"
import { type Check, failed, passed, skipped, unavailable } from "./check.ts"
import { sha2Text } from "./digest.ts"
import { checkSignature } from "./signature.ts"

/** What became of one disclosure. */
export interface DisclosureAnswer {
  readonly disclosure: Disclosure
  /** As the token has to hold it; undefined where its algorithm is not known. */
  readonly digest: string | undefined
  /** `matched`: the token holds its hash, so the issuer signed it too. `name_taken`: a claim of its name stands beside it. */
  readonly answer:
    | "matched"
    | "digest_absent"
    | "digest_twice"
    | "malformed"
    | "name_reserved"
    | "name_taken"
    | "hash_unknown"
}

/** What the tildes of an SD-JWT hold. */
export interface DisclosuresAnswer {
  readonly disclosures: readonly DisclosureAnswer[]
  /** Hashes that no disclosure belongs to: what is kept back, or decoys. */
  readonly undisclosed: number
  /** Whether the token holds some hash more than once, disclosed or not. */
  readonly isRepeated: boolean
  /** The claims with everything that is disclosed at the top of them; undefined where the payload is no object. */
  readonly claims: Readonly<Record<string, unknown>> | undefined
  /** Empty where there is no key binding. */
  readonly keyBinding: readonly KeyBindingCheck[]
}

/** One check of the key binding (RFC 9901, section 4.3). */
export interface KeyBindingCheck extends Omit<Check, "id"> {
  readonly id: "signature" | "sd_hash" | "typ" | "claims"
}

const BITS = { "sha-256": 256, "sha-384": 384, "sha-512": 512 } as const
const MAX_DISCLOSURES = 1000

/**
 * Compares each disclosure with the hashes that the token holds, also with those in other disclosures, by the rules of RFC 9901,
 * section 7.1, and checks the key binding.
 */
export async function checkDisclosures(reading: Reading): Promise<DisclosuresAnswer> {
  const claims = reading.payload?.json?.root
  const bits = bitsOf(claims)
  const disclosures = reading.disclosures.slice(0, MAX_DISCLOSURES)
  const digests = await Promise.all(
    disclosures.map(({ segment }) => (bits === undefined ? undefined : sha2Text(bits, segment.text))),
  )
  const held = placesIn(claims, disclosures, digests)
  const places = new Map<string | undefined, Place>()
  const repeated = new Set<string>()
  for (const place of held) {
    if (places.has(place.digest)) repeated.add(place.digest)
    places.set(place.digest, place)
  }
  const known = new Map<string | undefined, DisclosureAnswer["answer"]>()
  const answers = disclosures.map((disclosure, index): DisclosureAnswer => {
    const digest = digests[index]
    // The same text again says the same.
    const answer = known.get(digest) ?? answerTo(disclosure, digest, places.get(digest), repeated)
    if (digest !== undefined) known.set(digest, answer)
    return { disclosure, digest, answer }
  })
  return {
    disclosures: answers,
    undisclosed: held.filter(({ digest }) => !known.has(digest)).length,
    isRepeated: repeated.size > 0,
    claims: claims?.type === "object" ? disclosedClaims(claims, answers) : undefined,
    keyBinding: reading.keyBinding === undefined ? [] : await checkKeyBinding(reading, bits),
  }
}

function bitsOf(claims: JsonNode | undefined): 256 | 384 | 512 | undefined {
  const name = memberOf(claims, "_sd_alg") === undefined ? "sha-256" : textMember(claims, "_sd_alg")
  return name !== undefined && Object.hasOwn(BITS, name) ? BITS[name as keyof typeof BITS] : undefined
}

/** A hash in the token. */
interface Place {
  readonly digest: string
  /** The names of the claims beside it; undefined for an element of an array. */
  readonly names: Set<string> | undefined
}

function answerTo(
  { segment, name }: Disclosure,
  digest: string | undefined,
  place: Place | undefined,
  repeated: ReadonlySet<string>,
): DisclosureAnswer["answer"] {
  const items = itemsOf(segment.json?.root)
  const isNamed = items.length === 3 && name !== undefined
  if (segment.state !== "ok" || items[0]?.type !== "string" || (items.length !== 2 && !isNamed)) return "malformed"
  if (name === "_sd" || name === "...") return "name_reserved"
  if (digest === undefined) return "hash_unknown"
  if (place === undefined) return "digest_absent"
  if (repeated.has(digest)) return "digest_twice"
  if (isNamed !== (place.names !== undefined)) return "malformed"
  if (name === undefined) return "matched"
  if (place.names?.has(name)) return "name_taken"
  place.names?.add(name)
  return "matched"
}

/** Every hash in the claims, and in those disclosures that are themselves held. */
function placesIn(
  claims: JsonNode | undefined,
  disclosures: readonly Disclosure[],
  digests: readonly (string | undefined)[],
): Place[] {
  const held: Place[] = []
  const waiting = [claims]
  const seen = new Set<number>()
  const hashes = new Set<string>()
  while (waiting.length > 0) {
    const before = held.length
    collect(waiting.pop(), held)
    for (const { digest } of held.slice(before)) hashes.add(digest)
    for (const [index, digest] of digests.entries()) {
      if (seen.has(index) || digest === undefined || !hashes.has(digest)) continue
      seen.add(index)
      waiting.push(itemsOf(disclosures[index]?.segment.json?.root).at(-1))
    }
  }
  return held
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.type === "array" ? node.items : []
}

/** Depth and size are those that the reader allows. */
function collect(node: JsonNode | undefined, held: Place[]): void {
  if (node?.type === "array") for (const item of node.items) collectItem(item, held)
  if (node?.type !== "object") return
  for (const { name, value } of node.members) {
    if (name !== "_sd" || value.type !== "array") collect(value, held)
    else collectTexts(value.items, new Set(node.members.map((member) => member.name)), held)
  }
}

/** One by one: a call takes only so many arguments. */
function collectTexts(items: readonly JsonNode[], names: Set<string>, held: Place[]): void {
  for (const item of items) if (item.type === "string") held.push({ digest: String(item.value), names })
}

function collectItem(item: JsonNode, held: Place[]): void {
  const digest = elementDigest(item)
  if (digest === undefined) collect(item, held)
  else held.push({ digest, names: undefined })
}

/** The hash that stands for an element of an array: nothing else may stand with it (RFC 9901, section 4.2.4.2). */
function elementDigest(item: JsonNode): string | undefined {
  return item.type === "object" && item.members.length === 1 ? textMember(item, "...") : undefined
}

/** What is disclosed deeper inside is left as it stands: no rule asks for it. */
function disclosedClaims(root: JsonNode, answers: readonly DisclosureAnswer[]): Readonly<Record<string, unknown>> {
  const claims = plainValue(root) as Record<string, unknown>
  const values = new Map<unknown, readonly [name: string | undefined, value: unknown]>()
  for (const { answer, digest, disclosure } of answers) {
    const value = itemsOf(disclosure.segment.json?.root).at(-1)
    if (answer === "matched" && value !== undefined) values.set(digest, [disclosure.name, plainValue(value)])
  }
  for (const [name, value] of Object.entries(claims))
    if (Array.isArray(value)) claims[name] = value.flatMap((item: unknown) => elementOf(item, values))
  for (const digest of itemsOf(memberOf(root, "_sd")?.value)) {
    const [name, value] = values.get(plainValue(digest)) ?? []
    if (name !== undefined) claims[name] = value
  }
  return claims
}

function elementOf(item: unknown, values: ReadonlyMap<unknown, readonly [name: string | undefined, value: unknown]>) {
  const digest = typeof item === "object" && item !== null && "..." in item ? item["..."] : undefined
  if (typeof digest !== "string") return [item]
  return (values.get(digest) ?? []).slice(1)
}

/** By the key that the issuer confirmed (`cnf.jwk`), over exactly what is presented. */
async function checkKeyBinding(reading: Reading, bits: 256 | 384 | 512 | undefined): Promise<KeyBindingCheck[]> {
  const { text, payload } = reading
  const start = text.lastIndexOf("~") + 1
  const binding = read(text.slice(start))
  const claims = binding.payload?.json?.root
  const missing = ["iat", "aud", "nonce"].filter((name) => memberOf(claims, name) === undefined)
  const typ = textMember(binding.header?.json?.root, "typ")
  const expected = bits === undefined ? undefined : await sha2Text(bits, text.slice(0, start))
  return [
    await checkHolder(binding, payload?.content, memberOf(memberOf(payload?.json?.root, "cnf")?.value, "jwk")?.value),
    renamed("sd_hash", hashCheck(expected, textMember(claims, "sd_hash"))),
    renamed("typ", typ === "kb+jwt" ? passed("typ", "typ") : failed("typ", "type_invalid", "typ")),
    renamed(
      "claims",
      missing.length === 0 ? passed("require") : failed("require", "claim_missing", missing.join(", ")),
    ),
  ]
}

function hashCheck(expected: string | undefined, said: string | undefined): Check {
  if (said === undefined) return failed("require", "claim_missing", "sd_hash")
  if (expected === undefined) return unavailable("require", "hash_unknown", "sd_hash")
  return said === expected ? passed("require", "sd_hash") : failed("require", "hash_differs", "sd_hash")
}

async function checkHolder(
  binding: Reading,
  content: string | undefined,
  jwk: JsonNode | undefined,
): Promise<KeyBindingCheck> {
  if (jwk?.type !== "object" || content === undefined) return renamed("signature", skipped("key", "no_key", "cnf.jwk"))
  const alg = textMember(binding.header?.json?.root, "alg") ?? ""
  const keys = await readKeys(content.slice(...jwk.range))
  const { key, signature } = await checkSignature(binding, {
    // A secret that stands in the token is none.
    keys: keys.filter(({ isSymmetric }) => !isSymmetric),
    // Which of them a key may be for, the key decides.
    algorithms: listAlgorithms().filter((name) => name === alg && name !== "none"),
    crit: [],
    detachedPayload: undefined,
  })
  return renamed("signature", key.status === "fail" ? key : signature)
}

function renamed(id: KeyBindingCheck["id"], { status, code, detail }: Check): KeyBindingCheck {
  return { id, status, code, detail }
}
