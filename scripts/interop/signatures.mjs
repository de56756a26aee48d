// @ts-check
// Signatures both ways, for each algorithm that the peer has.
import { signJws, signJwsAsync, verifyJws, verifyJwsAsync } from "jotkit"
import { privateJwk, publicJwk, secretJwk } from "./material.mjs"
import { resultOf } from "./tally.mjs"

const CURVES = new Map([
  ["ES256", "P-256"],
  ["ES384", "P-384"],
  ["ES512", "P-521"],
  ["ES256K", "secp256k1"],
  ["EdDSA", "Ed25519"],
])
const PAYLOADS = ["", "Ada Łovelace 你好 👋", `{"sub":"alice"}`]

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./tally.mjs").Tally} tally
 * @param {import("./peers.mjs").Covers} covers
 */
export async function exchangeSigned(peer, tally, { signatures }) {
  for (const alg of signatures) {
    const key = alg.startsWith("HS") ? secretJwk(Number(alg.slice(2)) / 8) : privateJwk(kindFor(alg))
    const open = publicJwk(key)
    for (const payload of PAYLOADS) {
      const bytes = Buffer.from(payload)
      const text = bytes.toString("base64url")
      for (const token of [signJws(bytes, key, { algorithm: alg }), await signJwsAsync(bytes, key, { algorithm: alg })])
        await tally.same(`${alg}: verifies ours`, peer.ask("verify", { token, key: open, algorithm: alg }), text)
      const { value: theirs, ...refusal } = await peer.ask("sign", { protected: { alg }, payload: text, key })
      await tally.same(`${alg}: signs`, refusal, {})
      for (const verify of [verifyJws, verifyJwsAsync]) {
        const found = await resultOf(async () => {
          const verified = await verify(theirs ?? "", open, { algorithms: [alg] })
          return Buffer.from(verified.payload).toString()
        })
        await tally.same(`${alg}: we verify theirs with ${verify.name}`, found, payload)
      }
    }
    await refusesForgeries(peer, tally, alg, key)
  }
}

/**
 * One changed bit in the middle of the signature.
 *
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./tally.mjs").Tally} tally
 * @param {string} alg
 * @param {import("jotkit").JwkObject} key
 */
async function refusesForgeries(peer, tally, alg, key) {
  const [input = "", signature = ""] = signJws("forged", key, { algorithm: alg }).split(/\.(?=[^.]*$)/)
  const bytes = Buffer.from(signature, "base64url")
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  const token = `${input}.${bytes.toString("base64url")}`
  const { value } = await peer.ask("verify", { token, key: publicJwk(key), algorithm: alg })
  await tally.same(`${alg}: refuses a forgery`, value, undefined)
  const found = await resultOf(() => verifyJws(token, publicJwk(key), { algorithms: [alg] }))
  await tally.same(`${alg}: we refuse a forgery`, found, "InvalidSignatureError: the signature does not hold")
}

/** @param {string} alg */
function kindFor(alg) {
  return /^[RP]S/.test(alg) ? "RSA" : (CURVES.get(alg) ?? alg)
}
