/** A token to look at for those who have none: made on the spot, with a key that nobody had before. */

import { batch } from "@preact/signals"
import { encodeAsync, Jwk } from "jotkit"
import { acceptedAlgorithm, giveKey, giveToken } from "./input.ts"

/** Makes a token that is good for a quarter of an hour, and shows it with the public half of its key. */
export async function showExample(): Promise<void> {
  const key = await Jwk.generateAsync("ES256", { keyId: "example-1" })
  const claims = { sub: "ada", name: "Ada Lovelace", scope: "read write" }
  const token = await encodeAsync(claims, key, {
    issuer: "https://issuer.example",
    audience: "https://api.example",
    expiresIn: "15m",
  })
  batch(() => {
    acceptedAlgorithm.value = ""
    giveToken(token)
    giveKey(JSON.stringify(key.toJSON(), undefined, 2))
  })
}
