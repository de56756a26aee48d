// @ts-check
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { InvalidClaimsError, Signer, Verifier } from "jotkit"
import { z } from "zod"

const Session = z.object({
  sub: z.string().min(1),
  role: z.enum(["reader", "editor"]),
  theme: z.string().default("light"),
})

const key = randomBytes(32)
const signer = new Signer({ key, expiresIn: "15m" })
const verifier = new Verifier({ key, algorithms: ["HS256"], require: ["exp"], schema: Session })

/** @type {z.infer<typeof Session>} */
const session = verifier.verify(signer.sign({ sub: "alice", role: "editor", internal: 1 }))
console.log("verified:", session)
assert.deepEqual(session, { sub: "alice", role: "editor", theme: "light" })

try {
  verifier.verify(signer.sign({ sub: "mallory", role: "root" }))
  assert.fail("the schema accepted an unknown role")
} catch (error) {
  if (!(error instanceof InvalidClaimsError)) throw error
  for (const { path, message } of error.issues) console.log(`refused: ${path?.join(".")}: ${message}`)
  assert.deepEqual(
    error.issues.map(({ path }) => path?.join(".")),
    ["role"],
  )
}
