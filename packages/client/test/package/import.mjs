// Run by scripts/check-package.mjs in a folder where the tarball is installed, and no framework.
import assert from "node:assert/strict"
import { ClientError, createClient, readClaims } from "@jotkit/client"
import { dpopKeys } from "@jotkit/client/dpop"
import manifest from "@jotkit/client/package.json" with { type: "json" }

assert.deepEqual(readClaims("e30.eyJuaWNrbmFtZSI6IuWwj-aelyJ9.c2ln"), { nickname: "小林" })
assert.throws(() => readClaims("e30"), ClientError)

const asked = []
const client = createClient({
  baseUrl: "https://api.example",
  mode: "bearer",
  async fetch(input, init) {
    asked.push([String(input), init.headers.get("authorization")])
    return Response.json({ access_token: "opaque", token_type: "Bearer", expires_in: 900 })
  },
})
assert.equal((await client.login({})).status, 200)
await client.fetch("/me")
assert.deepEqual(asked.at(-1), ["https://api.example/me", "Bearer opaque"])
client.close()

assert.equal(typeof dpopKeys().forget, "function")
assert.equal(manifest.dependencies, undefined)
// Node says that it is not exported, others that it is not there.
await assert.rejects(import("@jotkit/client/src/index.ts"), {
  code: /^ERR_(PACKAGE_PATH_NOT_EXPORTED|MODULE_NOT_FOUND)$/,
})
