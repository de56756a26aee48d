// @ts-check
/** `npm start`: the main job on real input, in a few seconds: tokens made, read, trusted and refused. Needs no server and no account. */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const colour =
  process.env["NO_COLOR"] === undefined && (process.stdout.isTTY === true || process.env["FORCE_COLOR"] !== undefined)
/** The token that the contract of the core prints. */
const EXPECTED =
  "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJoZWxsbyI6IndvcmxkIn0.bqxXg9VwcbXKoiWtp-osd0WKPX307RjcN7EuXbdq-CE"

// The first token has a short secret, as in every tutorial; the warning about it is told in words below.
process.removeAllListeners("warning")
process.on("warning", (warning) => warnings.push(warning.name))
/** @type {string[]} */
const warnings = []

buildIfNeeded()
const { Jwk, JwkSet, JwtError, Verifier, decode, decodeAsync, decodeUnverified, encode } = await import("jotkit")

title("A token, made")
const token = encode({ hello: "world" }, "secret", { sortHeader: false })
say(parts(token))
check(token === EXPECTED, "it is the token that jotkit's contract and PyJWT make of the same input")

title("The same token, read without trusting it")
const read = decodeUnverified(token)
say(`${paint("31", "header   ")} ${JSON.stringify(read.header)}`)
say(`${paint("35", "payload  ")} ${JSON.stringify(read.payload)}`)
say(`${paint("36", "signature")} ${read.signature.length} bytes`)

title("Verified, then trusted")
const secret = Jwk.generate("HS256")
const login = encode({ sub: "user-1", nickname: "Ada" }, secret, {
  expiresIn: "15m",
  issuer: "https://issuer.example",
  audience: "api",
})
const rules = { algorithms: ["HS256"], issuer: "https://issuer.example", audience: "api" }
const claims = decode(login, secret, rules)
say(JSON.stringify(claims))
check(claims.sub === "user-1", "signature, expiry, issuer and audience hold")

title("One letter of the payload changed")
const [header, payload = "", signature] = login.split(".")
const forged = [
  header,
  payload.replace(/^(.{10})(.)/, (_, before, letter) => before + (letter === "A" ? "B" : "A")),
  signature,
].join(".")
refused(() => decode(forged, secret, rules), "signature_invalid")

title("The same token, an hour later")
const verifier = new Verifier({ key: secret, ...rules, now: () => Date.now() / 1000 + 3600 })
refused(() => verifier.verify(login), "token_expired")

for (const algorithm of ["RS256", "Ed25519"]) {
  title(`${algorithm}: signed with a private key, verified with the published one`)
  const key = await Jwk.generateAsync(algorithm, { keyId: `${algorithm.toLowerCase()}-1` })
  const published = JSON.stringify(JwkSet.from([key]))
  const signed = encode({ sub: "user-2" }, key, { expiresIn: "5m" })
  say(`${paint("2", "JWKS ")} ${short(published)}`)
  say(`${paint("2", "token")} ${short(signed)}`)
  const known = await decodeAsync(signed, JwkSet.from(published))
  check(known.sub === "user-2", `verified by key ${decodeUnverified(signed).header.kid}; nothing secret was published`)
}

title("What next")
say("npm test                       the whole suite, vectors and PyJWT included")
say("npm run bench                  speed beside jose, jsonwebtoken, fast-jwt and others")
say("docs/tutorial/first-token.md   the first token, step by step; from there to a server")
if (warnings.includes("InsecureKeyLengthWarning")) {
  say(
    paint("2", "(the first token's secret is 6 bytes long: jotkit warned; enforceMinimumKeyLength makes it an error)"),
  )
}

/** Builds the package unless its build is newer than its source. */
function buildIfNeeded() {
  const built = join(root, "packages/jotkit/dist/index.js")
  const source = join(root, "packages/jotkit/src")
  const newest = Math.max(
    ...readdirSync(source, { recursive: true, withFileTypes: true }).map(
      (entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs,
    ),
  )
  if (existsSync(built) && statSync(built).mtimeMs > newest) return
  say("building …")
  const { status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-b", "packages/jotkit"],
    { cwd: root, stdio: "inherit" },
  )
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * @param {() => unknown} call
 * @param {string} code
 */
function refused(call, code) {
  try {
    call()
  } catch (error) {
    if (error instanceof JwtError) {
      say(`${paint("31", error.name)} ${error.code}: ${error.message}`)
      return check(error.code === code, "refused")
    }
    throw error
  }
  check(false, "refused")
}

/**
 * @param {boolean} holds
 * @param {string} what
 */
function check(holds, what) {
  say(`${holds ? paint("32", "✓") : paint("31", "✗")} ${what}`)
  if (!holds) process.exitCode = 1
}

/** @param {string} text */
function title(text) {
  say(`\n${paint("1", text)}`)
}

/** @param {string} compact */
function parts(compact) {
  const [head = "", body = "", seal = ""] = compact.split(".")
  return [paint("31", head), paint("35", body), paint("36", seal)].join(".")
}

/** @param {string} text */
function short(text) {
  return text.length <= 100 ? text : `${text.slice(0, 72)} … ${text.slice(-24)}`
}

/**
 * @param {string} code
 * @param {string} text
 */
function paint(code, text) {
  return colour ? `\u001b[${code}m${text}\u001b[0m` : text
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`)
}
