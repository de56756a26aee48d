// Run by scripts/check-package.mjs: CommonJS programs use the package too (Node 20.19 and later).
const assert = require("node:assert/strict")
const { readClaims } = require("@jotkit/client")
const { dpopKeys } = require("@jotkit/client/dpop")

assert.equal(readClaims("e30.eyJzdWIiOiI3In0.c2ln").sub, "7")
assert.equal(typeof dpopKeys, "function")
