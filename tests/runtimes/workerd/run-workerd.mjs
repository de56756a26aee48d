// @ts-check
// The runtime of Cloudflare's workers: `node run-workerd.mjs <report>`. The engine is that of the web, as bundlers choose it for workers.
// A worker cannot wait without giving up its thread, so the synchronous suite cannot run there: instead it is asked all published
// vectors through the Async forms, and must answer what the package answers in Node, where the suite judges it.
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { argv } from "node:process"
import { fileURLToPath } from "node:url"
import { listAlgorithms } from "jotkit"
import { Miniflare } from "miniflare"
import { build } from "rolldown"
import { findFiles, readText } from "../../../scripts/files.mjs"
import { onCi, root } from "../../../scripts/shell.mjs"
import { answerTo } from "./answers.mjs"

/** @typedef {import("./answers.mjs").Case} Case */

const COMPATIBLE_WITH = "2026-04-01"
const ALGORITHMS = listAlgorithms().filter((name) => name !== "none")
const JWE_ALGORITHMS = [
  ...["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512", "dir", "ECDH-ES"],
  ...["128", "192", "256"].flatMap((bits) => [`A${bits}KW`, `A${bits}GCMKW`, `ECDH-ES+A${bits}KW`]),
  ...["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
]
const CONTENT = ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"]
/** Wycheproof's files of signatures, and the algorithm each is for. */
const PRIMITIVES = [
  ["ecdsa_secp256r1_sha256_p1363", "ES256"],
  ["ecdsa_secp384r1_sha384_p1363", "ES384"],
  ["ecdsa_secp521r1_sha512_p1363", "ES512"],
  ["ed25519", "Ed25519"],
  ["hmac_sha256", "HS256"],
  ["hmac_sha384", "HS384"],
  ["hmac_sha512", "HS512"],
  ["rsa_signature_2048_sha256", "RS256"],
  ["rsa_signature_2048_sha384", "RS384"],
  ["rsa_signature_2048_sha512", "RS512"],
  ["rsa_pss_2048_sha256_mgf1_32", "PS256"],
  ["rsa_pss_2048_sha384_mgf1_48", "PS384"],
  ["rsa_pss_4096_sha512_mgf1_64", "PS512"],
]

const hasVectors = existsSync(join(root, "../shared/vectors"))
if (!hasVectors && onCi) throw new Error("CI needs the shared folder vectors beside the checkout")

/** @param {string} name */
function groupsIn(name) {
  return /** @type {any[]} */ (JSON.parse(readText(`../shared/vectors/wycheproof/${name}_test.json`)).testGroups)
}

/**
 * @param {any} token
 * @param {any} key
 * @returns {Case}
 */
function tokenCase(token, key) {
  const isEncrypted = typeof token === "string" ? token.split(".").length === 5 : token?.ciphertext !== undefined
  return isEncrypted
    ? { kind: "jwe", token, key, algorithms: JWE_ALGORITHMS, encryptionAlgorithms: CONTENT }
    : { kind: "jws", token, key, algorithms: ALGORITHMS.filter((name) => !name.startsWith("ML-")) }
}

/** @returns {[name: string, cases: Case[]][]} */
function allCases() {
  const rfc = findFiles("packages/jotkit/test/vectors/rfc", /\.json$/).flatMap(
    (file) => JSON.parse(readText(file)).cases,
  )
  const made = JSON.parse(readText("packages/jotkit/test/vectors/made/sample.json")).cases
  return [
    ["RFC examples", rfc.filter(({ token }) => token).map(({ token, jwk }) => tokenCase(token, jwk ?? "none"))],
    [
      "made corpus",
      made
        .filter(({ token }) => token)
        .map(({ token, key }) => tokenCase(token, key?.jwk ?? key?.jwks ?? key?.pem ?? "x")),
    ],
    ...(hasVectors ? wycheproofCases() : []),
    ...[...ALGORITHMS, ...CONTENT, ...JWE_ALGORITHMS.filter((name) => name !== "dir")].map(
      (algorithm) => /** @type {[string, Case[]]} */ ([algorithm, [{ kind: "round-trip", algorithm }]]),
    ),
  ]
}

/** @returns {[name: string, cases: Case[]][]} */
function wycheproofCases() {
  const groups = ["json_web_signature", "json_web_crypto", "json_web_encryption"].flatMap(groupsIn)
  const jose = groups.flatMap((group) =>
    group.tests.map((/** @type {any} */ one) =>
      tokenCase(one.jws ?? one.jwe, one.private ?? group.private ?? one.public ?? group.public),
    ),
  )
  const others = PRIMITIVES.map(
    ([file = "", algorithm = ""]) =>
      /** @type {[string, Case[]]} */ ([`Wycheproof ${file}`, primitives(file, algorithm)]),
  )
  return [["Wycheproof JOSE", jose], ...others]
}

/**
 * @param {string} file
 * @param {string} algorithm
 * @returns {Case[]}
 */
function primitives(file, algorithm) {
  const whole = groupsIn(file).filter(({ tagSize = 0 }) => tagSize === 0 || tagSize === Number(algorithm.slice(2)))
  return whole.flatMap((group) =>
    group.tests.map((/** @type {any} */ { key, msg, sig, tag }) => ({
      kind: "primitive",
      algorithm,
      key: key ?? group.publicKeyPem,
      message: msg,
      signature: sig ?? tag,
    })),
  )
}

const { output } = await build({
  cwd: root,
  input: fileURLToPath(new URL("worker.mjs", import.meta.url)),
  platform: "browser",
  resolve: { conditionNames: ["@jotkit/source", "workerd", "worker", "import", "default"] },
  output: { format: "esm", codeSplitting: false },
  write: false,
})
const runtime = new Miniflare({ modules: true, script: output[0].code, compatibilityDate: COMPATIBLE_WITH })
/** @type {import("../runs.mjs").TestResult[]} */
const results = []

/**
 * @param {string} fullName
 * @param {number} count
 * @param {readonly string[]} problems
 */
function conclude(fullName, count, problems) {
  const passed = problems.length === 0 && count > 0
  const failureMessages = [`${problems.length} of ${count}: ${problems[0]}`]
  results.push({ fullName, status: passed ? "passed" : "failed", failureMessages })
}

for (const [name, cases] of allCases()) {
  const response = await runtime.dispatchFetch("http://localhost/", { method: "POST", body: JSON.stringify(cases) })
  const answers = /** @type {string[]} */ (response.ok ? await response.json() : [])
  const problems = []
  for (const [at, one] of cases.entries()) {
    const expected = one.kind === "round-trip" ? '{"a":1}' : await answerTo(one)
    if (answers[at] !== expected) problems.push(`case ${at}: ${answers[at]} instead of ${expected}`)
  }
  const isMissing = (/** @type {string} */ problem) => problem.includes(" algorithm_unavailable instead")
  const missing = problems.filter(isMissing)
  if (missing.length < cases.length)
    conclude(
      name,
      cases.length - missing.length,
      problems.filter((one) => !isMissing(one)),
    )
  if (missing.length > 0) conclude(`${name}: what the runtime lacks`, missing.length, missing)
}
await runtime.dispose()
const [, , report = join(root, "workerd.json")] = argv
writeFileSync(
  report,
  JSON.stringify({ testResults: [{ name: "workers", status: "passed", assertionResults: results }] }),
)
