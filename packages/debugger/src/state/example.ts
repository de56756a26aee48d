/** A token to look at for those who have none: made on the spot, with a key that nobody had before. */

import { batch } from "@preact/signals"
import { getAlgorithm, Jwk } from "jotkit"
import { base64Url } from "./base64url.ts"
import { now } from "./clock.ts"
import { acceptedAlgorithm, giveKey, giveToken } from "./input.ts"

const [ALGORITHM, KEY_ID] = ["ES256", "example-1"]

/** Makes a token that is good for a quarter of an hour, and shows it with the public half of its key. */
export async function showExample(): Promise<void> {
  const key = await Jwk.generateAsync(ALGORITHM, { keyId: KEY_ID })
  const iat = now.peek()
  const claims = {
    iss: "https://issuer.example",
    sub: "ada",
    aud: "https://api.example",
    iat,
    exp: iat + 900,
    name: "Ada Lovelace",
    scope: "read write",
  }
  const input = [{ alg: ALGORITHM, kid: KEY_ID, typ: "JWT" }, claims]
    .map((part) => base64Url(JSON.stringify(part)))
    .join(".")
  const signature = await getAlgorithm(ALGORITHM).sign(new TextEncoder().encode(input), key)
  batch(() => {
    acceptedAlgorithm.value = ""
    giveToken(`${input}.${base64Url(signature)}`)
    giveKey(JSON.stringify(key.toJSON(), undefined, 2))
  })
}
