// @ts-check
// JWKs of every type: what we export the peer reads, and what it exports again is the same key, under the same thumbprint.
import { Jwk } from "jotkit"
import { privateJwk, secretJwk } from "./material.mjs"

/** Some readers want to know what a key is for. */
const ALGORITHM = new Map([
  ["oct", "HS256"],
  ["RSA", "RS256"],
  ["P-256", "ES256"],
  ["P-384", "ES384"],
  ["P-521", "ES512"],
  ["Ed25519", "EdDSA"],
])

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./tally.mjs").Tally} tally
 * @param {import("./peers.mjs").Covers} covers
 */
export async function exchangeKeys(peer, tally, { keys }) {
  for (const kind of keys) {
    const key = Jwk.from(kind === "oct" ? secretJwk(32) : privateJwk(kind))
    const halves = key.isSymmetric ? [key.toPrivateJSON()] : [key.toPrivateJSON(), key.toJSON()]
    for (const [index, jwk] of halves.entries()) {
      const half = ["private", "public"][index]
      const { value, ...refusal } = await peer.ask("key", { jwk, algorithm: ALGORITHM.get(kind) ?? "ECDH-ES" })
      await tally.same(`${kind}: reads our ${half} JWK`, refusal, {})
      if (value === undefined) continue
      await tally.same(`${kind}: has the same thumbprint`, value.thumbprint, key.thumbprint())
      const back = Jwk.from(value.jwk)
      await tally.same(`${kind}: its JWK is the same key`, back.thumbprint(), key.thumbprint())
      const again = half === "private" ? back.toPrivateJSON() : back.toJSON()
      await tally.same(`${kind}: its JWK has the same ${half} members`, { ...again, ...jwk }, again)
    }
  }
}
