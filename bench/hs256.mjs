// @ts-check
// HS256: sign and verify, prepared and one-shot, with and without cache, beside the others and the floor.
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import * as nodeRs from "@node-rs/jsonwebtoken"
import { createSigner, createVerifier } from "fast-jwt"
import { sign as honoSign, verify as honoVerify } from "hono/jwt"
import { jwtVerify, SignJWT } from "jose"
import { decode, encode, Signer, Verifier } from "jotkit"
import jsonwebtoken from "jsonwebtoken"
import { judge, microseconds, race, table } from "./measure.mjs"
import { AUDIENCE, claimSets, hs256Tokens, POOL, SECRET } from "./tokens.mjs"

// An enumeration that exists at compile time only, for TypeScript.
const RS_HS256 = /** @type {any} */ (nodeRs).Algorithm.HS256
const key = createSecretKey(Buffer.from(SECRET))
const joseKey = await crypto.subtle.importKey("raw", Buffer.from(SECRET), { name: "HMAC", hash: "SHA-256" }, false, [
  "sign",
  "verify",
])
const at = (/** @type {number} */ index) => index % POOL
/** @type {(index: number) => string} */
const token = (index) => hs256Tokens[at(index)] ?? ""
const claims = (/** @type {number} */ index) => claimSets[at(index)] ?? {}

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url")

const fastSigner = createSigner({ key: SECRET, algorithm: "HS256", noTimestamp: true })
const fastVerifier = createVerifier({ key: SECRET, algorithms: ["HS256"], allowedAud: AUDIENCE, cache: false })
const fastCached = createVerifier({ key: SECRET, algorithms: ["HS256"], allowedAud: AUDIENCE, cache: 10_000 })
const signer = new Signer({ key: SECRET, algorithm: "HS256" })
const verifier = new Verifier({ key: SECRET, algorithms: ["HS256"], audience: AUDIENCE })
const cached = new Verifier({ key: SECRET, algorithms: ["HS256"], audience: AUDIENCE, cache: { maxSize: 10_000 } })

const signing = {
  floor: (/** @type {number} */ index) => {
    const input = `${HEADER}.${Buffer.from(JSON.stringify(claims(index))).toString("base64url")}`
    return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`
  },
  "jotkit Signer": (/** @type {number} */ index) => signer.sign(claims(index)),
  "jotkit encode": (/** @type {number} */ index) => encode(claims(index), SECRET, { algorithm: "HS256" }),
  "fast-jwt": (/** @type {number} */ index) => fastSigner(claims(index)),
  "@node-rs/jsonwebtoken": (/** @type {number} */ index) =>
    nodeRs.signSync(/** @type {any} */ (claims(index)), SECRET, { algorithm: RS_HS256 }),
  jsonwebtoken: (/** @type {number} */ index) => jsonwebtoken.sign(claims(index), key, { noTimestamp: true }),
  "hono/jwt": (/** @type {number} */ index) => honoSign(claims(index), SECRET, "HS256"),
  jose: (/** @type {number} */ index) =>
    new SignJWT(claims(index)).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(joseKey),
}

const verifying = {
  floor: (/** @type {number} */ index) => {
    const text = token(index)
    const end = text.lastIndexOf(".")
    const mac = createHmac("sha256", key).update(text.slice(0, end)).digest()
    if (!timingSafeEqual(mac, Buffer.from(text.slice(end + 1), "base64url"))) throw new Error("not genuine")
    return JSON.parse(Buffer.from(text.slice(text.indexOf(".") + 1, end), "base64url").toString())
  },
  "jotkit Verifier": (/** @type {number} */ index) => verifier.verify(token(index)),
  "jotkit decode": (/** @type {number} */ index) =>
    decode(token(index), SECRET, { algorithms: ["HS256"], audience: AUDIENCE }),
  "jotkit Verifier, cache": (/** @type {number} */ index) => cached.verify(token(index)),
  "fast-jwt": (/** @type {number} */ index) => fastVerifier(token(index)),
  "fast-jwt, cache": (/** @type {number} */ index) => fastCached(token(index)),
  "@node-rs/jsonwebtoken": (/** @type {number} */ index) =>
    nodeRs.verifySync(token(index), SECRET, { algorithms: [RS_HS256], aud: [AUDIENCE] }),
  jsonwebtoken: (/** @type {number} */ index) =>
    jsonwebtoken.verify(token(index), key, { algorithms: ["HS256"], audience: AUDIENCE }),
  "hono/jwt": (/** @type {number} */ index) => honoVerify(token(index), SECRET, { alg: "HS256", aud: AUDIENCE }),
  jose: (/** @type {number} */ index) =>
    jwtVerify(token(index), joseKey, { algorithms: ["HS256"], audience: AUDIENCE }),
}

/**
 * @param {{ operations: number, rounds: number }} plan
 * @returns {Promise<string>}
 */
export async function run(plan) {
  const signed = await race(signing, plan)
  const verified = await race(verifying, plan)
  const ratio = (/** @type {typeof signed} */ times, /** @type {string} */ of, /** @type {string} */ by) =>
    (times.get(of)?.minimum ?? 0) / (times.get(by)?.minimum ?? 1)
  judge("Signer.sign HS256 against fast-jwt", ratio(signed, "fast-jwt", "jotkit Signer"), { atLeast: 1.8 })
  judge("encode HS256 against fast-jwt", ratio(signed, "fast-jwt", "jotkit encode"), { atLeast: 1.5 })
  judge("Verifier.verify HS256 against fast-jwt", ratio(verified, "fast-jwt", "jotkit Verifier"), { atLeast: 2 })
  judge("decode HS256 against fast-jwt", ratio(verified, "fast-jwt", "jotkit decode"), { atLeast: 1.5 })
  judge(
    "Verifier.verify HS256 with cache against fast-jwt with cache",
    ratio(verified, "fast-jwt, cache", "jotkit Verifier, cache"),
    { atLeast: 2 },
  )
  judge("Signer.sign HS256 against jose", ratio(signed, "jose", "jotkit Signer"), { atLeast: 10 })
  judge("Verifier.verify HS256 against jose", ratio(verified, "jose", "jotkit Verifier"), { atLeast: 10 })
  return rows("HS256 sign", signed) + rows("HS256 verify", verified)
}

/**
 * @param {string} title
 * @param {Map<string, import("./measure.mjs").Timing>} times
 */
function rows(title, times) {
  const base = times.get("fast-jwt")?.minimum ?? Number.NaN
  const lines = [...times].map(([name, { minimum, median }]) => [
    name,
    microseconds(minimum),
    microseconds(median),
    Math.round(1e9 / minimum).toLocaleString("en"),
    `${(base / minimum).toFixed(2)}×`,
  ])
  return `${table(`${title} (${hs256Tokens[0]?.length} characters, seven claims)`, ["", "least µs", "median µs", "per second", "against fast-jwt"], lines)}\n`
}
