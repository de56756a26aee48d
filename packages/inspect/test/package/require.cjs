// Run by scripts/check-package.mjs: CommonJS programs use the package too (Node 20.19 and later).
const assert = require("node:assert/strict")
const { read } = require("@jotkit/inspect")
const { zhHant } = require("@jotkit/inspect/zh-hant")

assert.equal(read("eyJhbGciOiJub25lIn0.e30.").form, "jws")
assert.equal(zhHant.language, "zh-Hant-TW")
