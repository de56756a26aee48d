// @ts-check
// 2,000 verifications of RS256 at once: decodeAsync beside the raw call on the thread pool.
import { createPublicKey, verify } from "node:crypto"
import { promisify } from "node:util"
import { decodeAsync, Jwk, Signer } from "jotkit"
import { judge, microseconds, summary, table } from "./measure.mjs"
import { AUDIENCE, claimSets, flat } from "./tokens.mjs"

/**
 * @param {{ rounds: number }} plan
 * @returns {Promise<string>}
 */
export async function run({ rounds }) {
  const jwk = await Jwk.generateAsync("RS256")
  const key = createPublicKey(jwk.toPem())
  const signer = new Signer({ key: jwk })
  const tokens = claimSets.map((claims) => flat(signer.sign(claims)))
  const parts = tokens.map((token) => {
    const end = token.lastIndexOf(".")
    return { input: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), "base64url") }
  })
  const verifyLater = promisify(verify)
  const options = { algorithms: ["RS256"], audience: AUDIENCE }
  /** @type {Record<string, () => Promise<unknown>>} */
  const contenders = {
    "raw, thread pool": () =>
      Promise.all(parts.map(({ input, signature }) => verifyLater("sha256", input, key, signature))),
    "jotkit decodeAsync": () => Promise.all(tokens.map((token) => decodeAsync(token, key, options))),
  }
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(contenders).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, call] of Object.entries(contenders)) {
      const start = process.hrtime.bigint()
      await call()
      if (round >= 0) times.get(name)?.push(Number(process.hrtime.bigint() - start))
    }
  }
  const least = (/** @type {string} */ name) => summary(times.get(name) ?? []).minimum
  judge(
    "2,000 concurrent decodeAsync RS256 against raw thread pool calls",
    least("jotkit decodeAsync") / least("raw, thread pool"),
    { atMost: 1.15 },
  )
  const rows = Object.keys(contenders).map((name) => [
    name,
    microseconds(least(name)),
    microseconds(least(name) / tokens.length),
  ])
  return `${table("2,000 RS256 tokens at once", ["", "least µs for all", "µs each"], rows)}\n`
}
