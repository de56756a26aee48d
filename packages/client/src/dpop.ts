/**
 * Keys for servers that bind tokens to a key of the client (RFC 9449). The key is made on the device, is not extractable, and lies in
 * IndexedDB: a stolen token is worth nothing without it. A script in the page can still sign with it, as the page does.
 *
 * @module
 */

import type { ProofMaker } from "./core/client.ts"
import { inDatabase, onResult } from "./core/database.ts"
import { isReplayable } from "./core/request.ts"

type KeyPair = Awaited<ReturnType<typeof crypto.subtle.generateKey>> & {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}
type CryptoKey = Parameters<typeof crypto.subtle.exportKey>[1]

const MAX_REFUSALS = 2
const TOLERANCE_MS = 10_000
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }

/**
 * The key of this device, for the option `dpop`. It is made with the first login and thrown away with the logout. Where there is no
 * IndexedDB it lives as long as the program.
 *
 * @param name - One key for each name. Default `dpop`.
 */
export function dpopKeys(name = "dpop"): ProofMaker {
  /** Where there is no IndexedDB. Else it is read each time: another tab may have thrown the key away, and made a new one. */
  let unkept: Promise<KeyPair> | undefined
  let nonce: string | undefined
  let skew = 0

  async function findPair(): Promise<KeyPair> {
    const kept = await loadPair(name)
    if (kept) return kept
    unkept ??= makePair()
    return unkept
  }

  async function proof(method: string, url: string, token: string | undefined): Promise<string> {
    const { privateKey, publicKey } = await findPair()
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey)
    const header = encode({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })
    const claims = encode({
      jti: crypto.randomUUID(),
      htm: method,
      htu: url.replace(/[?#].*/, ""),
      iat: Math.floor((Date.now() + skew) / 1000),
      ath: token && base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))),
      nonce,
    })
    const input = `${header}.${claims}`
    const signature = await crypto.subtle.sign(ES256, privateKey, new TextEncoder().encode(input))
    return `${input}.${base64url(signature)}`
  }

  /** Takes the nonce of an answer, and the time of a refusal: proofs are good for a minute, by the server's clock. */
  function learn(response: Response): boolean {
    const wanted = response.headers.get("dpop-nonce") ?? nonce
    const served = Date.parse(response.headers.get("date") ?? "") - Date.now()
    const isOff = response.status === 401 && Math.abs(served - skew) > TOLERANCE_MS
    const hasLearned = isOff || wanted !== nonce
    nonce = wanted
    if (isOff) skew = served
    return hasLearned
  }

  return {
    async send(fetch, input, init) {
      const { method, headers } = init
      const [, token] = headers.get("authorization")?.split(" ") ?? []
      // A refusal may tell of the clock first, and of the nonce then.
      for (let left = MAX_REFUSALS; ; left--) {
        headers.set("dpop", await proof(method, "url" in input ? input.url : input.href, token))
        const response = await fetch("clone" in input ? input.clone() : input, init)
        const hasLearned = learn(response)
        if (response.status !== 401 || !hasLearned || left === 0 || !isReplayable(init)) return response
      }
    },
    async forget() {
      unkept = undefined
      await inDatabase<void>((store, answer) => onResult(store.delete(name), () => answer()))
    },
  }
}

/** The pair that is kept; else a new one, unless another tab is faster. Undefined: nothing can be kept. */
async function loadPair(name: string): Promise<KeyPair | undefined> {
  const kept = await inDatabase<KeyPair | null>((store, answer) =>
    onResult(store.get(name), (found) => answer((found as KeyPair | undefined) ?? null)),
  )
  if (kept !== null) return kept
  // A transaction does not wait for a key to be made.
  const made = await makePair()
  return inDatabase<KeyPair>((store, answer) => {
    onResult(store.get(name), (found) => {
      if (found) answer(found as KeyPair)
      else onResult(store.put(made, name), () => answer(made))
    })
  })
}

async function makePair(): Promise<KeyPair> {
  return (await crypto.subtle.generateKey(ES256, false, ["sign"])) as KeyPair
}

function encode(value: object): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)))
}

function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
}
