/** Links to this page with a token in their fragment, which no server sees; whole, redacted, or sealed. Keys are never part of a link. */

import { type JsonMember, type JsonNode, memberOf, type Reading, type Segment } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { decryptJweAsync, encryptJweAsync } from "jotkit"
import { base64Url } from "./base64url.ts"
import { now } from "./clock.ts"
import { judged } from "./judgment.ts"
import { moments } from "./moment.ts"
import { reading } from "./reading.ts"
import { language } from "./settings.ts"

/** How a token is sealed: PBES2 with the iterations that the core takes for it (RFC 7518, section 4.8). */
const SEAL = { algorithm: "PBES2-HS256+A128KW", encryption: "A256GCM" } as const
/** What stands in place of a value. */
const MASK = '"…"'
/** Letters and digits that are not mistaken for each other: 32 of them, five bits each. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
const PASSPHRASE_LENGTH = 25

/** Names of claims about a person (OpenID Connect Core 1.0, section 5.1, and what issuers add). */
const PERSONAL =
  /^(?!.*_verified$)(?:sub(?:_id)?|[osu]id|upn|ipaddr|profile|picture|website|gender|address|actor|identities|nationalities|also_known_as|location|orig|dest|rcd|jcard|(?:.*_|nick)?name|.*(?:mail|phone|msisdn|birth|user|login).*)$/i
/** Members of a key that are not public. */
const SECRET = /^(?:[dkpq]|d[pq]|qi|oth|priv)$/

/** A private key in a text, as PEM. */
const PRIVATE_PEM = /PRIVATE KEY-/

/** Whether a member says something about a person, or has a secret in it, however deep. */
export function isPersonal({ name, value }: JsonMember): boolean {
  return PERSONAL.test(name) || holds(value, isPersonal)
}

/** Whether a member has a private key or a secret in it, however deep. */
function hasSecret({ value }: JsonMember): boolean {
  return holds(value, hasSecret)
}

/** Whether a member of a key is not for everyone. */
export function isSecret({ name }: JsonMember): boolean {
  return SECRET.test(name)
}

/** Whether somewhere in a value there is a secret, or such a member. */
function holds(node: JsonNode, isSuch: (member: JsonMember) => boolean): boolean {
  if (node.type === "array") return node.items.some((item) => holds(item, isSuch))
  if (node.type !== "object") return PRIVATE_PEM.test(String(node.value))
  const { members } = node
  return members.some(isSuch) || (memberOf(node, "kty") !== undefined && members.some(isSecret))
}

/** Whether what is in the box is a token, and can be shared. */
export const canShare: ReadonlySignal<boolean> = computed(() => ["jws", "jwe", "sd-jwt"].includes(reading.value.form))

/** Whether someone who gets the token could use it: it is not known to have expired, or its signature holds. */
export const isLive: ReadonlySignal<boolean> = computed(() => {
  const end = moments.value.find(({ name }) => name === "exp")?.seconds
  return end === undefined || end > now.value || judged.value?.judgment.verdicts.signature.status === "pass"
})

/** The names of the claims, each once. */
export const claimNames: ReadonlySignal<readonly string[]> = computed(() => [
  ...new Set(membersOf(reading.value.payload).map(({ name }) => name)),
])

/** Those that say something about a person. */
export const personalNames: ReadonlySignal<ReadonlySet<string>> = computed(
  () => new Set(membersOf(reading.value.payload).flatMap((member) => (isPersonal(member) ? member.name : []))),
)

/** Whether a private key or a secret can be read in the token, or in the one inside: it is then shared without. */
export function isSecretive({ document, segments, nested }: Reading): boolean {
  const documents = [document, ...segments.map(({ json }) => json)]
  return (
    documents.some((json) => json?.root !== undefined && holds(json.root, hasSecret)) ||
    (nested !== undefined && isSecretive(nested))
  )
}

/** All members of a part; none where it is not JSON to its end, because what was not read cannot be masked. */
function membersOf(segment: Segment | undefined): readonly JsonMember[] {
  const { root, problem } = segment?.json ?? {}
  return root?.type === "object" && problem === undefined ? root.members : []
}

/** Whether links to this page lead to a file or a server of this machine, which nobody else has. */
export const isLocal: boolean = /^(?:file:|http:\/\/(?:127\.|localhost\b))/.test(location.href)

/** A link to this page that brings a text along. */
export function linkTo(name: "token" | "sealed", text: string): string {
  const [page] = location.href.split(/[?#]/)
  return `${page}#${new URLSearchParams({ lang: language.value, [name]: text })}`
}

/**
 * The token without its signature, and without the values of some claims. What cannot be masked is left out: disclosures, the token in a
 * token, everything that is encrypted, what is not JSON.
 */
export function redacted({ header, payload, form }: Reading, masked: ReadonlySet<string>): string {
  const head = base64Url(withMasks(header, isPersonal))
  return form === "jwe" ? `${head}....` : `${head}.${base64Url(withMasks(payload, ({ name }) => masked.has(name)))}.`
}

function withMasks(segment: Segment | undefined, isMasked: (member: JsonMember) => boolean): string {
  const members = membersOf(segment)
  const content = members.length === 0 ? "" : (segment?.content ?? "")
  let [text, from] = ["", 0]
  for (const { value } of members.filter((member) => isMasked(member) || hasSecret(member))) {
    text += content.slice(from, value.range[0]) + MASK
    from = value.range[1]
  }
  return text + content.slice(from)
}

/** A text that only the passphrase opens. */
export interface Sealed {
  readonly text: string
  readonly passphrase: string
}

/** Seals a token under a new passphrase of 125 bits. */
export async function seal(token: string): Promise<Sealed> {
  const passphrase = newPassphrase()
  return { text: await encryptJweAsync(token, passphrase, SEAL), passphrase }
}

/** @returns The token; undefined if the passphrase is another one, or the text is not sealed so. */
export async function unseal(text: string, passphrase: string): Promise<string | undefined> {
  try {
    const rules = { algorithms: [SEAL.algorithm], encryptionAlgorithms: [SEAL.encryption], maxTokenLength: 1_500_000 }
    const { plaintext } = await decryptJweAsync(text, passphrase.trim(), rules)
    return new TextDecoder("utf-8", { fatal: true }).decode(plaintext)
  } catch {
    return undefined
  }
}

function newPassphrase(): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(PASSPHRASE_LENGTH))].map((byte) => ALPHABET[byte % 32])
  return letters.join("").replaceAll(/.{5}(?=.)/g, "$&-")
}
