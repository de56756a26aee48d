// Run by scripts/check-package.mjs in a folder where the tarball is installed, and no framework.
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { createAuth, REFUSAL_CODES } from "@jotkit/auth"
import { fetchRequest, withAuth } from "@jotkit/auth/fetch"
import { memoryStore } from "@jotkit/auth/memory"
import manifest from "@jotkit/auth/package.json" with { type: "json" }

const doors = Object.keys(manifest.exports).filter((door) => door !== "./package.json")
assert.ok(doors.length > 10)
for (const door of doors) {
  const entered = import(`@jotkit/auth${door.slice(1)}`)
  // The one door that runs code of its framework.
  await (door === "./nest" ? assert.rejects(entered, { code: "ERR_MODULE_NOT_FOUND" }) : entered)
}
// Node says that it is not exported, others that it is not there.
await assert.rejects(import("@jotkit/auth/src/index.ts"), {
  code: /^ERR_(PACKAGE_PATH_NOT_EXPORTED|MODULE_NOT_FOUND)$/,
})

const auth = createAuth({
  key: randomBytes(32),
  issuer: "https://api.example",
  audience: "https://api.example",
  store: memoryStore(),
})
const hello = withAuth(auth, (_, { identity }) => new Response(`hello ${identity}`))
const ask = (token) => new Request("https://api.example/", { headers: { authorization: `Bearer ${token}` } })

const { accessToken, refreshToken } = await auth.login("ada")
assert.equal(await (await hello(ask(accessToken))).text(), "hello ada")
const pair = await auth.refresh(fetchRequest(new Request(ask(refreshToken), { method: "POST" })))
assert.ok(pair.allowed)
assert.equal((await hello(ask(pair.accessToken))).status, 200)
await auth.revokeSubject("ada")
const refused = await hello(ask(accessToken))
assert.equal(refused.status, REFUSAL_CODES.token_revoked)
assert.equal((await refused.json()).error, "token_revoked")
