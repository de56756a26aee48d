// @ts-check
// What a refused request is answered, reason by reason: asked of the package.
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { memoryStore } from "@jotkit/auth/memory"
import { root } from "../shell.mjs"

const core = (/** @type {string} */ file) => import(pathToFileURL(join(root, "packages/auth/dist/core", file)).href)
const { Failure, REASONS, REFUSAL_CODES } = await core("failure.js")
const { refuse } = await core("refuse.js")
const { settingsOf } = await core("settings.js")

export { REFUSAL_CODES }

const options = { key: new Uint8Array(32), issuer: "https://api.example", audience: "https://api.example" }
const settings = settingsOf(options)
const withDpop = settingsOf({ ...options, store: memoryStore(), dpop: { baseUrl: "https://api.example" } })
const compat = settingsOf({ ...options, compat: "flask-jwt-extended" })
const request = { method: "GET", url: "/", headers: () => [] }

/** What is known of a failure where the answer says it: names as they are by default. */
const DETAILS = {
  cookie_missing: { subject: compat.cookies.access.name },
  query_missing: { subject: compat.query.name },
  json_missing: { subject: compat.json.access },
  identity_missing: { subject: "sub" },
  not_fresh: { maxAge: settings.freshFor },
  scope_missing: { scope: "notes:write" },
  proof_invalid: { isDpop: true },
  proof_key: { isDpop: true },
  nonce_wanted: { isDpop: true },
  user_missing: { claims: { sub: "ada" } },
  unreadable: { text: "…" },
  invalid: { text: "…" },
  missing_everywhere: {
    places: ["header", "cookie"],
    parts: [new Failure("header_missing"), new Failure("cookie_missing", { subject: compat.cookies.access.name })],
  },
}

/** Reasons that only an auth with the option `dpop` has. */
const OF_DPOP = new Set(["bound", "unbound", "proof_invalid", "proof_key", "nonce_wanted"])

/** @returns {Promise<string[]>} The lines of a table. */
export async function failureRows() {
  const lines = []
  for (const reason of Object.keys(REASONS)) {
    const failure = new Failure(reason, DETAILS[/** @type {keyof DETAILS} */ (reason)] ?? {})
    const { status, code, message, challenge } = await refuse(
      failure,
      request,
      OF_DPOP.has(reason) ? withDpop : settings,
    )
    const there = await refuse(failure, request, compat)
    const told = challenge === undefined ? "" : `\`${challenge}\``
    lines.push(`| \`${reason}\` | ${status} | \`${code}\` | ${message} | ${told} | ${there.status} ${there.message} |`)
  }
  // By status and code, as clients see them; reasons keep their order.
  const key = (/** @type {string} */ line) => line.split(" | ").slice(1, 3).join()
  lines.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  const head = "| reason | status | `error` | `message` | `WWW-Authenticate` | with `compat` |"
  return [head, "| --- | --- | --- | --- | --- | --- |", ...lines]
}
