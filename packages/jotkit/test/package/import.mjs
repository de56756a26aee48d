// Run by scripts/check-package.mjs in a folder where the tarball is installed.
import assert from "node:assert/strict"
import { decode, encode } from "jotkit"
import * as algorithms from "jotkit/algorithms"
import * as claims from "jotkit/claims"
import { ExpiredSignatureError, JwtError } from "jotkit/errors"
import * as jwk from "jotkit/jwk"
import * as jwks from "jotkit/jwks"
import * as jws from "jotkit/jws"
import * as jwt from "jotkit/jwt"
import manifest from "jotkit/package.json" with { type: "json" }

const secret = "a secret of more than thirty-two bytes"
const token = encode({ sub: "u1", exp: 2_000 }, secret)
assert.equal(decode(token, secret, { algorithms: ["HS256"], now: 1_000 }).sub, "u1")
assert.throws(() => decode(token, secret, { algorithms: ["HS256"], now: 2_000 }), ExpiredSignatureError)
assert.ok(ExpiredSignatureError.prototype instanceof JwtError)
assert.equal(jwt.decode, decode)
for (const door of [algorithms, claims, jwk, jwks, jws]) assert.ok(Object.keys(door).length > 0)
assert.equal(manifest.name, "jotkit")
await assert.rejects(import("jotkit/src/index.ts"), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" })
