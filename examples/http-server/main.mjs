// @ts-check
import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer } from "node:http"
import { Jwk, JwtError, Signer, Verifier } from "jotkit"

const issuer = "https://login.example"
const audience = "https://api.example"
const key = Jwk.generate("ES256", { keyId: "2026-11" })

const verifier = new Verifier({
  key: key.publicKey(),
  algorithms: ["ES256"],
  issuer,
  audience,
  require: ["exp", "sub"],
  leeway: "30s",
})

const server = createServer((request, response) => {
  const [, token] = /^Bearer ([^ ]+)$/i.exec(request.headers.authorization ?? "") ?? []
  if (token === undefined) {
    response.writeHead(401, { "www-authenticate": "Bearer" }).end()
    return
  }
  try {
    const { sub } = verifier.verify(token)
    response.setHeader("content-type", "application/json").end(JSON.stringify({ hello: sub }))
  } catch (error) {
    refuse(response, error)
  }
})

/**
 * @param {import("node:http").ServerResponse} response
 * @param {unknown} error
 */
function refuse(response, error) {
  if (error instanceof JwtError && (error.fault === "token" || error.code === "key_not_found")) {
    console.log(`  log: refused, ${error.code}`)
    response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end()
    return
  }
  console.error("  log: our fault", error)
  response.writeHead(500).end()
}

server.listen(0, "127.0.0.1")
await once(server, "listening")
const address = server.address()
assert(typeof address === "object" && address !== null)

const signer = new Signer({ key, issuer, audience, expiresIn: "15m" })
const stale = new Signer({ key, issuer, audience, expiresIn: "15m", now: 0 })
const good = signer.sign({ sub: "alice" })

await expectStatus("a good token", `Bearer ${good}`, 200)
await expectStatus("no token", undefined, 401)
await expectStatus("a changed token", `Bearer ${good.slice(0, -4)}AAAA`, 401)
await expectStatus("an expired token", `Bearer ${stale.sign({ sub: "alice" })}`, 401)
await expectStatus("a token without sub", `Bearer ${signer.sign({})}`, 401)
server.close()

/**
 * @param {string} what
 * @param {string | undefined} authorization
 * @param {number} expected
 */
async function expectStatus(what, authorization, expected) {
  assert(typeof address === "object" && address !== null)
  const headers = authorization === undefined ? {} : { authorization }
  const response = await fetch(`http://127.0.0.1:${address.port}`, { headers })
  console.log(`${what}: ${response.status} ${await response.text()}`)
  assert.equal(response.status, expected)
}
