// @ts-check
/**
 * `npm start`: the main job on real input, in a few seconds: tokens made, read, trusted and refused. Needs no server and no account. Then
 * the debugger page, served to this machine until Ctrl+C; without a terminal, on CI and with `--once` it ends instead, and `--serve`
 * serves wherever it is.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { serveApp } from "./serve-app.mjs"
import { onCi } from "./shell.mjs"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const colour =
  process.env["NO_COLOR"] === undefined && (process.stdout.isTTY === true || process.env["FORCE_COLOR"] !== undefined)
/** Where an example server listens. */
const SERVER = "http://127.0.0.1:8787"
/** Where the page is, unless something else is there: at one address it remembers language and theme. */
const PAGE_PORT = 8786
/** Where the application is, unless something else is there: what a browser remembers belongs to an address. */
const APP_PORT = 8785
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

await converse()

title("What next")
say("npm test                       the whole suite, vectors and PyJWT included")
say("npm run bench                  speed beside jose, jsonwebtoken, fast-jwt and others")
say("docs/tutorial/first-token.md   the first token, step by step; from there to a server")
if (warnings.includes("InsecureKeyLengthWarning")) {
  say(
    paint("2", "(the first token's secret is 6 bytes long: jotkit warned; enforceMinimumKeyLength makes it an error)"),
  )
}

title("The debugger page")
if (stays()) await serve()
else {
  say("npm start -- --serve                        serves it to this machine; so does npm start in a terminal")
  say("packages/debugger/dist/jot-debugger.html    is the whole page in one file, for a browser")
  say("npm run example -- app                      an application that logs in: @jotkit/client on the Express example")
}

/** @returns {boolean} Whether someone is there to look at a page. */
function stays() {
  if (process.argv.includes("--serve")) return true
  return process.stdout.isTTY === true && !onCi && !process.argv.includes("--once")
}

/** Serves the page until the process is told to end. */
async function serve() {
  const { servePage } = await import("@jotkit/debugger/server")
  const folder = join(root, "packages/debugger/dist/site")
  const served = await servePage({ folder, port: PAGE_PORT }).catch(() => servePage({ folder }))
  say(`${paint("1", served.url)}   paste a token; nothing leaves this machine. Ctrl+C ends it.`)
  const app = await serveApp(APP_PORT).catch(() => serveApp(0))
  say(`${paint("1", app.url)}   an application that logs in: @jotkit/client on the Express example.`)
  const close = () => {
    app.close()
    void served.close()
  }
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, close)
}

/** What one asks a server with logins, and what it answers: the example server's own answers, without a connection. */
async function converse() {
  const [{ application }, { openAuth }, { memoryStore }] = await Promise.all([
    import("../examples/fetch/routes.mjs"),
    import("../examples/app/auth.mjs"),
    import("@jotkit/auth/memory"),
  ])
  const store = memoryStore()
  const respond = application(openAuth(store, SERVER, { REFRESH_GRACE: "0s" }), store)
  title("A server with logins: @jotkit/auth")
  say("In one terminal (REFRESH_GRACE=0s: a refresh token is good once; without it, once more for ten seconds):")
  say(paint("1", "REFRESH_GRACE=0s npm run example -- express"))
  say("In another:")

  /**
   * @param {string} curl The line to copy.
   * @param {string} path
   * @param {RequestInit} init The same request.
   */
  async function ask(curl, path, init) {
    say(paint("1", curl))
    const response = await respond(new Request(SERVER + path, init))
    const answer = /** @type {Record<string, string>} */ (await response.json())
    say(`  ${response.status} ${JSON.stringify(answer, shortToken)}`)
    return answer
  }
  const json = '{"username":"ada","password":"lovelace"}'
  const login = { method: "POST", headers: { "content-type": "application/json" }, body: json }
  const pair = await ask(
    `PAIR=$(curl -s ${SERVER}/login -H 'content-type: application/json' -d '${json}'); echo "$PAIR"`,
    "/login",
    login,
  )
  const me = await ask(`curl -s ${SERVER}/me ${bearer("access_token")}`, "/me", by(pair["access_token"]))
  check(me["sub"] === "ada", "the access token says who is asking")
  const refresh = `curl -s -X POST ${SERVER}/refresh ${bearer("refresh_token")}`
  const again = { method: "POST", ...by(pair["refresh_token"]) }
  const next = await ask(refresh, "/refresh", again)
  check(next["refresh_token"] !== pair["refresh_token"], "the refresh token is taken for a new pair")
  const reused = await ask(refresh, "/refresh", again)
  check(reused["error"] === "refresh_token_reused", "the same line once more: someone has a copy, so the session ends")
  say("Stop it with Ctrl+C. There are also fastify, fetch, hono, koa and nest; examples/README.md says more.")
}

/** @param {string} member */
function bearer(member) {
  return `-H "authorization: Bearer $(node -p 'JSON.parse(process.argv[1]).${member}' "$PAIR")"`
}

/** @param {string | undefined} token */
function by(token) {
  return { headers: { authorization: `Bearer ${token}` } }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function shortToken(name, value) {
  return name.endsWith("_token") && typeof value === "string" ? `${value.slice(0, 6)}…${value.slice(-6)}` : value
}

/** Builds the packages and the page unless their builds are newer than their sources. */
function buildIfNeeded() {
  if (
    !["packages/jotkit", "packages/auth", "packages/client", "packages/debugger"].every((folder) => isBuilt([folder]))
  ) {
    say("building …")
    node("node_modules/typescript/bin/tsc", "-b", "packages/auth", "packages/client", "packages/debugger")
  }
  const parts = ["packages/jotkit", "packages/inspect", "packages/debugger"]
  if (!isBuilt(parts, "packages/debugger/dist/jot-debugger.html")) node("packages/debugger/scripts/build.mjs")
}

/**
 * Runs a program that must succeed.
 *
 * @param {string} program
 * @param {...string} args
 */
function node(program, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, program), ...args], { cwd: root, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * @param {readonly string[]} folders
 * @param {string} [product] The compiler touches the default even where nothing had to be written anew.
 */
function isBuilt(folders, product = `${folders[0]}/dist/.tsbuildinfo`) {
  const built = join(root, product)
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder, "src"), { recursive: true, withFileTypes: true }).map(
      (entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs,
    ),
  )
  return existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)
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
