// Run by scripts/check-package.mjs: CommonJS programs use the package too (Node 20.19 and later).
const assert = require("node:assert/strict")
const { createAuth } = require("@jotkit/auth")
const { requireAuth } = require("@jotkit/auth/express")

const key = "a secret of more than thirty-two bytes"
const auth = createAuth({ key, issuer: "https://api.example", audience: "https://api.example" })
assert.equal(typeof requireAuth(auth), "function")
auth.createAccessToken("ada").then(async (token) => assert.equal((await auth.decodeToken(token)).sub, "ada"))
