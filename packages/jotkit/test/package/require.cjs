// Run by scripts/check-package.mjs: CommonJS programs use the package too (Node 20.19 and later).
const assert = require("node:assert/strict")
const { decode, encode } = require("jotkit")
const { ExpiredSignatureError } = require("jotkit/errors")

const secret = "a secret of more than thirty-two bytes"
const token = encode({ sub: "u1", exp: 2_000 }, secret)
assert.equal(decode(token, secret, { algorithms: ["HS256"], now: 1_000 }).sub, "u1")
assert.throws(() => decode(token, secret, { algorithms: ["HS256"], now: 2_000 }), ExpiredSignatureError)
