// Run by scripts/check-package.mjs with a young generation of 1 MiB, so that garbage is collected all the time: in Node 20 a process
// stands still for ever when the job that generated a key is collected while the key is being exported.
import { generateKeyPairSync } from "node:crypto"
import { Jwk } from "jotkit"

for (let round = 0; round < 1000; round++) {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" })
  for (const key of [Jwk.generate("ES256"), await Jwk.generateAsync("ES256"), Jwk.from(pair.privateKey)]) {
    key.toPrivateJSON()
    key.publicKey().toJSON()
    key.thumbprint()
  }
  Jwk.from(pair.publicKey).toJSON()
}
