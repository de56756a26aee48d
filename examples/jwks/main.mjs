// @ts-check
import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:http"
import { encode, Jwk, JwkSet, JwksClient, JwtError, Verifier } from "jotkit"

const issuer = "https://login.example"

// The issuer: signs, and publishes the public halves of its keys.
const keys = [Jwk.generate("EdDSA", { keyId: "2026-11" })]
let requests = 0
const server = createServer((_request, response) => {
  requests++
  response.setHeader("content-type", "application/jwk-set+json").end(JSON.stringify(JwkSet.from(keys)))
})
server.listen(0, "127.0.0.1")
await once(server, "listening")
const address = server.address()
assert(typeof address === "object" && address !== null)

/**
 * @param {string} subject
 * @param {Jwk} key
 */
function issue(subject, key) {
  return encode({ sub: subject }, key, { issuer, expiresIn: "15m" })
}

// The reader: knows the address and the name. A clock of its own stands for the minutes that pass.
let seconds = 0
const jwks = new JwksClient(`http://127.0.0.1:${address.port}/.well-known/jwks.json`, { now: () => seconds })
const verifier = new Verifier({ key: jwks, algorithms: ["EdDSA"], issuer })

const [first] = keys
assert(first !== undefined)
const token = issue("alice", first)
await accept("a token of the first key", token)
await accept("the same again, without a request", token)
assert.equal(requests, 1)

// A minute later: a second key is published and used.
seconds += 60
const second = Jwk.generate("EdDSA", { keyId: "2026-12" })
keys.push(second)
await accept("a token of the second key, found by one request", issue("bob", second))
assert.equal(requests, 2)

await refuse("a key nobody published", issue("mallory", Jwk.generate("EdDSA", { keyId: "made-up" })), "key_not_found")
await refuse(
  "a known id, another key",
  issue("mallory", Jwk.generate("EdDSA", { keyId: "2026-11" })),
  "signature_invalid",
)
assert.equal(requests, 2)

// The issuer goes away, and the set becomes too old.
server.close()
server.closeAllConnections()
seconds += 600
await accept("the issuer is down, the last good set is used", token)

/**
 * @param {string} what
 * @param {string} given
 */
async function accept(what, given) {
  const { sub } = await verifier.verifyAsync(given)
  console.log(`${what}: ${sub}`)
}

/**
 * @param {string} what
 * @param {string} given
 * @param {string} code
 */
async function refuse(what, given, code) {
  await assert.rejects(verifier.verifyAsync(given), (error) => error instanceof JwtError && error.code === code)
  console.log(`${what}: refused, ${code}`)
}
