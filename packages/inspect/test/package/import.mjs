// Run by scripts/check-package.mjs in a folder where the tarballs of jotkit and of this package are installed.
import assert from "node:assert/strict"
import { describeFinding, findTokens, judge, lint, read, readKeys, recognise } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import manifest from "@jotkit/inspect/package.json" with { type: "json" }
import { zhHant } from "@jotkit/inspect/zh-hant"
import { encode } from "jotkit"

const secret = "a secret of more than thirty-two bytes"
const token = encode({ sub: "u1", exp: 1_700_000_000 }, secret, { algorithm: "HS256" })
const [found] = findTokens(`Authorization: Bearer ${token}`).tokens
const reading = read(found.text)
assert.equal(recognise(reading).kind, "jwt")
const request = { now: 1, keys: await readKeys(secret), policy: { algorithms: ["HS256"] } }
assert.equal((await judge(reading, request)).code, "ok")
const findings = await lint(reading, { now: 1_800_000_000 })
const expired = findings.find(({ id }) => id === "TIME-EXPIRED")
assert.notEqual(describeFinding(expired, en).message, describeFinding(expired, zhHant).message)
assert.equal(manifest.name, "@jotkit/inspect")
// Node says that it is not exported, others that it is not there.
await assert.rejects(import("@jotkit/inspect/src/index.ts"), {
  code: /^ERR_(PACKAGE_PATH_NOT_EXPORTED|MODULE_NOT_FOUND)$/,
})
