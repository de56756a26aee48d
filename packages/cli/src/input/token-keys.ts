/** Keys that a token names or brings along. Nothing here happens unless the user asked for it, and says which machines may be asked. */

import { memberOf, type OfferedKey, type Provenance, type Reading, readKeys, textMember } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import { keySetAddress } from "./discovery.ts"
import { fetchText, urlOf } from "./network.ts"

/** Answers of this run, so that a batch asks each address once. */
export type Fetched = Map<string, Promise<string>>

/** Whether a token may bring or name keys at all. */
export function mayBringKeys({ options }: Session): boolean {
  return options.has("discover") || options.has("trust-embedded")
}

/**
 * The keys of a token: with `--trust-embedded` those in its header, with `--discover` those of its issuer and of the places that it
 * names, as far as the list of machines goes.
 *
 * @throws Failure `network` for what cannot be fetched; `usage` for what is no name of a machine.
 */
export async function keysByToken(reading: Reading, session: Session, fetched: Fetched): Promise<OfferedKey[]> {
  if (!mayBringKeys(session)) return []
  const embedded = session.options.has("trust-embedded") ? await embeddedKeys(reading, session) : []
  return [...embedded, ...(await namedKeys(reading, session, fetched))]
}

async function embeddedKeys({ header }: Reading, { tell, say }: Session): Promise<OfferedKey[]> {
  const { json } = header ?? {}
  const jwk = memberOf(json?.root, "jwk")?.value
  const chain = memberOf(json?.root, "x5c")?.value
  const leaf = chain?.type === "array" ? chain.items[0] : undefined
  const texts = [
    ...(jwk?.type === "object" ? [(json?.text ?? "").slice(...jwk.range)] : []),
    ...(leaf?.type === "string" ? [pemOf(String(leaf.value))] : []),
  ]
  if (texts.length > 0) tell({ level: "warning", text: say("embedded_banner"), isAlways: true })
  return keysIn(texts, "embedded")
}

function pemOf(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----`
}

/** A secret that others can read is none, and a page that is no key must not become one. */
async function keysIn(texts: readonly string[], provenance: Provenance): Promise<OfferedKey[]> {
  const keys = (await Promise.all(texts.map((text) => readKeys(text, { provenance })))).flat()
  return keys.filter(({ isSymmetric }) => !isSymmetric)
}

async function namedKeys(reading: Reading, session: Session, fetched: Fetched): Promise<OfferedKey[]> {
  const hosts = hostsOf(session)
  if (hosts.length === 0) return []
  const head = reading.header?.json?.root
  const isAllowed = (address: string | undefined): address is string => mayAsk(address, hosts, session)
  const ask = (address: string) => {
    const answer = fetched.get(address) ?? fetchText(address, session)
    fetched.set(address, answer)
    return answer
  }
  const issuer = textMember(reading.payload?.json?.root, "iss")
  const expected = session.options.list("iss")
  // No issuer has a query or fragment (RFC 8414, section 2).
  const isIssuer = issuer !== undefined && !/[?#]/.test(issuer)
  const isExpected = isIssuer && (expected === undefined || expected.includes(issuer))
  const set = isExpected && isAllowed(issuer) ? await keySetAddress(issuer, ask) : undefined
  const named = [textMember(head, "jku"), textMember(head, "x5u")].filter(isAllowed)
  return [
    ...(isAllowed(set) ? await keysIn([await ask(set)], "issuer") : []),
    ...(await keysIn(await Promise.all(named.map(ask)), "named")),
  ]
}

/** Whether a machine is on the list. One that is not is told, never asked. */
function mayAsk(address: string | undefined, hosts: readonly string[], { tell, say }: Session): boolean {
  const host = address === undefined ? undefined : hostOf(address)
  if (host === undefined) return false
  if (!hosts.includes(host)) tell({ level: "warning", text: say("host_not_listed", host), isAlways: true })
  return hosts.includes(host)
}

/** The machine that an address names; undefined where it may not be asked at all: what a token says is no mistake of the user. */
function hostOf(address: string): string | undefined {
  try {
    return urlOf(address).host
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** The machines of `--discover`, as they stand in addresses. */
function hostsOf({ options }: Session): string[] {
  return (options.list("discover") ?? [])
    .flatMap((text) => text.split(","))
    .map((text) => {
      const address = `https://${text.trim()}`
      if (!/^[^/?#@\s]+$/.test(text.trim()) || !URL.canParse(address)) throw new Failure("usage", "host_invalid")
      return urlOf(address).host
    })
}
