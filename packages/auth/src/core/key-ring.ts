/** Keys that instances share through the store: one signs, all verify, and they change by plan. */

import {
  decryptJweAsync,
  encryptJweAsync,
  getUnverifiedHeader,
  Jwk,
  type JwkObject,
  JwkSet,
  JwtError,
  UsageError,
} from "jotkit"
import type { SharedDocument, Store } from "../store.ts"
import { type AuthKeys, type ClaimRules, type Verify, verifyWith } from "./keys.ts"
import {
  functionOption,
  invalidOption,
  knownOptions,
  type Lifetime,
  own,
  secondsOption,
  textOption,
  timeoutOption,
} from "./options.ts"
import { askStore } from "./store-access.ts"
import { headerOf } from "./token-header.ts"

/** What a {@link KeyRing} is made of. */
export interface KeyRingOptions {
  /** Where the keys are kept. */
  store: Store
  /** For new keys. Default ES256. */
  algorithm?: string | undefined
  /** Name of the document in the store. Default `keys`. */
  name?: string | undefined
  /**
   * 32 bytes, or their base64url: keys are encrypted with it before they reach the store, and others are not taken from there. False:
   * they lie there in the clear, and whoever reads the store can make tokens. Absent: so too, with a warning of the process, because
   * whoever tries a ring out has no secret at hand yet, and whoever runs a server should not overlook it.
   */
  encryptionKey?: Uint8Array | string | false | undefined
  /** How long before its first signature a new key is published, so that everyone knows it by then. Default 5 minutes. */
  announce?: Lifetime | undefined
  /** How long a key verifies after its last signature: at least as long as the longest token lives. Default 31 days. */
  overlap?: Lifetime | undefined
  /** Make a new key when the newest has signed for this long. Default: only when `rotate` is called. */
  rotateEvery?: Lifetime | undefined
  /** How old the list of keys may be; shorter than `announce`. Default 30 s. */
  reloadEvery?: Lifetime | undefined
  /** How long the store may take to answer. Default 2 s. */
  storeTimeout?: Lifetime | undefined
  /** The clock, in seconds since 1970. Default: the system's. */
  now?: (() => number) | undefined
}

/** A key as it is written down. */
interface Entry {
  readonly kid: string
  /** The first second in which it signs. */
  readonly signsFrom: number
  /** The JWK, or the JWE that holds it. */
  readonly key: JwkObject | string
}

interface RingKey extends Entry {
  readonly jwk: Jwk
  /** Its public half, or the secret itself. */
  readonly verifies: Jwk
}

interface Ring {
  readonly version: number
  /** Each signs from its own moment until the next one does. */
  readonly keys: readonly RingKey[]
  readonly readAt: number
}

const OPTIONS = [
  "store",
  "algorithm",
  "name",
  "encryptionKey",
  "announce",
  "overlap",
  "rotateEvery",
  "reloadEvery",
  "storeTimeout",
  "now",
]
const SEAL_BYTES = 32
const UNKNOWN_KEY_COOLDOWN_SECONDS = 5
const MAX_ATTEMPTS = 10

/** A ring of keys. Given to `createAuth` as `keyRing`; the first instance that needs a key makes it. */
export class KeyRing implements AuthKeys {
  readonly #options: ReturnType<typeof settle>
  #ring: Ring | undefined
  #pending: Promise<Ring> | undefined
  #unknownSince = Number.NEGATIVE_INFINITY

  /** @throws UsageError `option_unknown`, `option_invalid`, with the option's name. */
  constructor(options: KeyRingOptions) {
    this.#options = settle(options)
  }

  /** The key that signs now. */
  async signing(): Promise<{ readonly key: Jwk; readonly algorithm: string }> {
    const { now, rotateEvery } = this.#options
    let current = signingKey(await this.#current(), now())
    if (rotateEvery !== undefined && isLast(this.#ring, current) && now() >= current.signsFrom + rotateEvery) {
      await this.#append(current.signsFrom)
      current = signingKey(await this.#current(), now())
    }
    return { key: current.jwk, algorithm: algorithmOf(current.jwk) }
  }

  /** Verifies with whichever key of the ring a token names; one that is not known yet is looked for in the store. */
  verifier(rules: ClaimRules): Verify {
    // One for each key: a key is for one algorithm, whatever the token says.
    const verifiers = new WeakMap<Jwk, Verify>()
    const verifierOf = (key: Jwk): Verify => {
      let verify = verifiers.get(key)
      if (verify === undefined) {
        verify = verifyWith(key, { ...rules, algorithms: [algorithmOf(key)], enforceMinimumKeyLength: true })
        verifiers.set(key, verify)
      }
      return verify
    }
    return (token) => {
      const ring = this.#fresh()
      const known = ring && this.#keyIn(ring, own(headerOf(token), "kid"))
      if (known !== undefined) return verifierOf(known)(token)
      return this.#find(getUnverifiedHeader(token).kid).then((key) => verifierOf(key)(token))
    }
  }

  /** The public keys that verify now or will sign soon; secrets are never among them. */
  async published(): Promise<{ keys: JwkObject[] }> {
    const keys = verifyingKeys(await this.#current(), this.#options.now(), this.#options.overlap)
    const publicKeys = keys.filter(({ jwk }) => !jwk.isSymmetric).map(({ jwk }) => jwk)
    return publicKeys.length === 0 ? { keys: [] } : JwkSet.from(publicKeys).toJSON()
  }

  /** Plans a new key: published at once, signing after the time of `announce`. Old keys go on verifying for the time of `overlap`. */
  async rotate(): Promise<void> {
    const ring = await this.#current()
    await this.#append(ring.keys.at(-1)?.signsFrom ?? 0)
  }

  #keyIn(ring: Ring, keyId: unknown): Jwk | undefined {
    const { now, overlap } = this.#options
    const at = now()
    return ring.keys.find(({ kid }, index) => kid === keyId && isVerifying(ring, index, at, overlap))?.verifies
  }

  async #find(keyId: unknown): Promise<Jwk> {
    const { now } = this.#options
    let found = this.#keyIn(await this.#current(), keyId)
    // Anyone can send tokens with names of keys that never were: the store is asked once in a while.
    if (found === undefined && !isLately(this.#unknownSince, now(), UNKNOWN_KEY_COOLDOWN_SECONDS)) {
      this.#unknownSince = now()
      found = this.#keyIn(await this.#load(), keyId)
    }
    if (found === undefined) throw new JwtError("key_not_found", "the ring has no key of this name")
    return found
  }

  /** The keys, where they were read lately. */
  #fresh(): Ring | undefined {
    const { now, reloadEvery } = this.#options
    return this.#ring !== undefined && isLately(this.#ring.readAt, now(), reloadEvery) ? this.#ring : undefined
  }

  /** The keys as they were read lately. While the store is away the known ones still do. */
  async #current(): Promise<Ring> {
    const ring = this.#ring
    if (ring === undefined) return this.#load()
    if (this.#fresh() !== undefined) return ring
    try {
      return await this.#load()
    } catch (error) {
      // An outage passes; a document that cannot be used waits for someone to look at it, at the latest until the next start.
      if (error instanceof JwtError) process.emitWarning(error.message, "KeyRingWarning")
      this.#ring = { ...ring, readAt: this.#options.now() }
      return ring
    }
  }

  #load(): Promise<Ring> {
    this.#pending ??= this.#read().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #read(): Promise<Ring> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const document = await this.#ask((store, name) => store.readDocument(name))
      if (document !== undefined) return this.#keep(document)
      await this.#write([await this.#newEntry(Math.floor(this.#options.now()))], 0)
    }
    throw new UsageError("callback_failed", "the store neither has the key ring nor keeps it")
  }

  async #keep({ text, version }: SharedDocument): Promise<Ring> {
    const keys =
      this.#ring?.version === version
        ? this.#ring.keys
        : await Promise.all(parseEntries(text).map((entry) => this.#open(entry)))
    this.#ring = { version, keys, readAt: this.#options.now() }
    return this.#ring
  }

  /** Adds a key, unless another instance has done so since: one plan is enough. */
  async #append(newestKnown: number): Promise<void> {
    const { now, announce, overlap } = this.#options
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const ring = await this.#load()
      if ((ring.keys.at(-1)?.signsFrom ?? 0) > newestKnown) return
      const kept = verifyingKeys(ring, now(), overlap).map(({ kid, signsFrom, key }) => ({ kid, signsFrom, key }))
      const next = await this.#newEntry(Math.max(Math.floor(now()), newestKnown) + Math.max(announce, 1))
      const written = await this.#write([...kept, next], ring.version)
      await this.#load()
      if (written) return
    }
    throw new UsageError("callback_failed", "the store does not keep the key ring")
  }

  #write(entries: readonly Entry[], version: number): Promise<boolean> {
    return this.#ask((store, name) => store.writeDocument(name, JSON.stringify({ keys: entries }), version))
  }

  #ask<T>(ask: (store: Store, name: string) => Promise<T>): Promise<T> {
    const { store, name, storeTimeout } = this.#options
    return askStore(storeTimeout, () => ask(store, name))
  }

  async #newEntry(signsFrom: number): Promise<Entry> {
    const kid = globalThis.crypto.randomUUID()
    const jwk = await Jwk.generateAsync(this.#options.algorithm, { keyId: kid })
    const members = jwk.toPrivateJSON()
    const { seal } = this.#options
    if (seal === undefined) return { kid, signsFrom, key: members }
    const key = await encryptJweAsync(JSON.stringify(members), seal, { algorithm: "dir", encryption: "A256GCM" })
    return { kid, signsFrom, key }
  }

  async #open(entry: Entry): Promise<RingKey> {
    const { seal } = this.#options
    if (typeof entry.key !== "string") {
      // Whoever can write to the store could put a key of their own there.
      if (seal !== undefined)
        throw unreadable("its keys lie there in the clear, but the option `encryptionKey` is given")
      return ringKey(entry, entry.key)
    }
    if (seal === undefined) throw unreadable("its keys are encrypted, and the option `encryptionKey` is not given")
    const rules = { algorithms: ["dir"], encryptionAlgorithms: ["A256GCM"] }
    const opened = await decryptJweAsync(entry.key, seal, rules).catch(() => undefined)
    if (opened === undefined) throw unreadable("the option `encryptionKey` does not open its keys")
    return ringKey(entry, new TextDecoder().decode(opened.plaintext))
  }
}

/** No fault of a token's: guards answer that the keys are away. */
function unreadable(why: string): JwtError {
  return new JwtError("jwks_response_invalid", `the key ring in the store cannot be used: ${why}`)
}

function warnOfClearKeys(): void {
  const message =
    "keys lie in the store in the clear; give the key ring an `encryptionKey`, or `false` where that is meant"
  process.emitWarning(message, "ClearKeysWarning")
}

function settle(options: KeyRingOptions) {
  const given = knownOptions(options, OPTIONS, "KeyRing")
  const { store } = given
  if (typeof store?.writeDocument !== "function") throw invalidOption("store", "a Store")
  const announce = secondsOption("announce", given.announce, 300)
  const reloadEvery = secondsOption("reloadEvery", given.reloadEvery, Math.min(30, announce / 2))
  if (reloadEvery > announce)
    throw invalidOption("reloadEvery", "no longer than `announce`, or a new key would sign unknown")
  const rotateEvery =
    given.rotateEvery === undefined ? undefined : secondsOption("rotateEvery", given.rotateEvery, 0, 1)
  return Object.freeze({
    store,
    announce,
    reloadEvery,
    rotateEvery,
    algorithm: textOption("algorithm", given.algorithm) ?? "ES256",
    name: textOption("name", given.name) ?? "keys",
    seal: sealOf(given.encryptionKey, store),
    overlap: secondsOption("overlap", given.overlap, 2_678_400, 1),
    storeTimeout: timeoutOption("storeTimeout", given.storeTimeout),
    now: functionOption("now", given.now) ?? (() => Date.now() / 1000),
  })
}

function sealOf(value: KeyRingOptions["encryptionKey"], { kind }: Store): Jwk | undefined {
  // What is in the memory of this process is nowhere else.
  if (value === undefined && kind !== "memory") warnOfClearKeys()
  if (value === undefined || value === false) return undefined
  const bytes = typeof value === "string" ? Buffer.from(value, "base64url") : value
  if (!(bytes instanceof Uint8Array) || bytes.length !== SEAL_BYTES)
    throw invalidOption("encryptionKey", `${SEAL_BYTES} bytes, or their base64url`)
  return Jwk.from({ kty: "oct", k: Buffer.from(bytes).toString("base64url") })
}

function parseEntries(text: string): Entry[] {
  const document = parseJson(text)
  const keys = typeof document === "object" && document !== null ? own(document, "keys") : undefined
  if (Array.isArray(keys) && keys.length > 0 && keys.every(isEntry)) return keys
  throw unreadable("the document of this name is none")
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is said of it would hold a piece of it.
    return undefined
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false
  const key = own(value, "key")
  const isKey = typeof key === "string" || (typeof key === "object" && key !== null)
  return isKey && typeof own(value, "kid") === "string" && typeof own(value, "signsFrom") === "number"
}

function ringKey(entry: Entry, key: JwkObject | string): RingKey {
  const jwk = jwkOf(key)
  if (jwk.keyId !== entry.kid) throw unreadable("a key is not the one that its entry names")
  return { ...entry, jwk, verifies: jwk.isSymmetric ? jwk : jwk.publicKey() }
}

function jwkOf(key: JwkObject | string): Jwk {
  try {
    return Jwk.from(key)
  } catch (cause) {
    if (!(cause instanceof JwtError)) throw cause
    throw unreadable(`a key is not valid (${cause.code})`)
  }
}

function algorithmOf(jwk: Jwk): string {
  if (jwk.algorithm !== undefined) return jwk.algorithm
  throw unreadable("a key does not name its algorithm")
}

/** A moment that is yet to come was taken from a clock that has been put back since, and says nothing. */
function isLately(moment: number, now: number, seconds: number): boolean {
  return moment <= now && now < moment + seconds
}

function isLast(ring: Ring | undefined, key: RingKey): boolean {
  return ring?.keys.at(-1) === key
}

/** The newest key whose time has come. The oldest one where no time has: clocks differ. */
function signingKey(ring: Ring, now: number): RingKey {
  const key = ring.keys.filter(({ signsFrom }) => signsFrom <= now).at(-1) ?? ring.keys[0]
  if (key === undefined) throw new UsageError("option_invalid", "the key ring is empty")
  return key
}

/** Keys that sign, will sign, or have signed not too long ago. */
function verifyingKeys(ring: Ring, now: number, overlap: number): readonly RingKey[] {
  return ring.keys.filter((_, index) => isVerifying(ring, index, now, overlap))
}

function isVerifying({ keys }: Ring, index: number, now: number, overlap: number): boolean {
  const successor = keys[index + 1]
  return successor === undefined || now < successor.signsFrom + overlap
}
