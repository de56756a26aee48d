// @ts-check
// The command line beside other programs: tokens and keys travel as files and pipes, as people send them.
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Jwk } from "jotkit"
import { bundleJot, program } from "../bundle-jot.mjs"
import { privateJwk, publicJwk, secretJwk } from "./material.mjs"

/** @typedef {import("jotkit").JwkObject} JwkObject */
/** @typedef {import("./peer.mjs").Peer} Peer */
/** @typedef {import("./tally.mjs").Tally} Tally */

/**
 * @typedef {object} JotCovers What is exchanged with `jot`.
 * @property {readonly string[]} signatures
 * @property {readonly (readonly [algorithm: string, encryption: string])[]} encryptions
 * @property {number} [mostRounds] How often the peer is ready to count for a password; without it as often as it takes.
 */

/** Nobody makes another number of this, and nobody other letters. */
const CLAIMS = '{"sub":"alice","name":"Ada Łovelace 你好","n":9007199254740991,"list":[1,null,true]}'
const PASSWORD = "correct horse battery staple"
const EC_CURVES = new Map([
  ["ES256", "P-256"],
  ["ES384", "P-384"],
  ["ES512", "P-521"],
  ["ES256K", "secp256k1"],
  ["EdDSA", "Ed25519"],
])

/** @type {Promise<void> | undefined} */
let built

/** A folder for one exchange, and `jot` in it. */
class Place {
  folder = mkdtempSync(join(tmpdir(), "interop-jot-"))

  /**
   * @param {string} name
   * @param {string | Uint8Array | object} content
   */
  file(name, content) {
    const path = join(this.folder, name.replaceAll(/[^\w.-]/g, "_"))
    const isText = typeof content === "string" || content instanceof Uint8Array
    writeFileSync(path, isText ? content : JSON.stringify(content), { mode: 0o600 })
    return path
  }

  /**
   * What `jot` prints; with what it says, where it fails.
   *
   * @param {readonly string[]} args
   * @param {string} [input]
   * @returns {Promise<string>}
   */
  async jot(args, input = "") {
    built ??= bundleJot()
    await built
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [program, ...args, "-q"], { cwd: this.folder })
      const chunks = { stdout: "", stderr: "" }
      for (const name of /** @type {const} */ (["stdout", "stderr"]))
        child[name].setEncoding("utf8").on("data", (text) => {
          chunks[name] += text
        })
      child.stdin.on("error", () => undefined).end(input)
      child.once("close", () => resolve(chunks.stdout + chunks.stderr))
    })
  }

  end() {
    rmSync(this.folder, { recursive: true })
  }
}

/**
 * Signatures and encryption both ways.
 *
 * @param {Peer} peer
 * @param {Tally} tally
 * @param {JotCovers} covers
 */
export async function exchangeWithJot(peer, tally, { signatures, encryptions, mostRounds }) {
  const place = new Place()
  try {
    await signed(place, peer, tally, signatures)
    for (const pair of encryptions) await encrypted(place, peer, tally, { pair, mostRounds })
  } finally {
    place.end()
  }
}

/**
 * What the peer signs is verified in one stream, with one forgery in it.
 *
 * @param {Place} place
 * @param {Peer} peer
 * @param {Tally} tally
 * @param {readonly string[]} algorithms
 */
async function signed(place, peer, tally, algorithms) {
  const keys = algorithms.map((alg) => ({ ...signingJwk(alg), alg, kid: alg }))
  const payload = Buffer.from(CLAIMS).toString("base64url")
  const tokens = []
  for (const key of keys) {
    const file = place.file(`${key.alg}.jwk`, key)
    const ours = await place.jot(["sign", "--key", file, "--claims", CLAIMS, "--no-iat", "--no-exp"])
    const asked = peer.ask("verify", { token: ours.trim(), key: openHalf(key), algorithm: key.alg })
    await tally.same(`${key.alg}: verifies what jot signs`, asked, payload)
    const header = { alg: key.alg, kid: key.kid }
    const { value, ...refusal } = await peer.ask("sign", { protected: header, payload, key })
    await tally.same(`${key.alg}: signs for jot`, refusal, {})
    tokens.push(String(value))
  }
  const set = place.file("set.json", { keys: keys.map(openHalf) })
  const lines = [...tokens, forged(tokens[0] ?? "")]
  const answers = await place.jot(["verify", "--jsonl", "--key", set], lines.map((line) => `${line}\n`).join(""))
  const found = answers.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []))
  const expected = [...tokens.map(() => "ok"), "signature"]
  await tally.same("jot verifies what it signs, and refuses a forgery", codesOf(found), expected)
  for (const [index, key] of keys.entries())
    await tally.same(`${key.alg}: jot reads its claims`, found[index]?.payload, JSON.parse(CLAIMS))
}

/** @param {readonly { code: string }[]} answers */
function codesOf(answers) {
  return answers.map(({ code }) => code)
}

/**
 * @param {Place} place
 * @param {Peer} peer
 * @param {Tally} tally
 * @param {{ pair: readonly [algorithm: string, encryption: string], mostRounds: number | undefined }} what
 */
async function encrypted(place, peer, tally, { pair: [algorithm, encryption], mostRounds = Number.POSITIVE_INFINITY }) {
  const what = `${algorithm} ${encryption}`
  const isPassword = algorithm.startsWith("PBES2")
  const key = isPassword ? passwordJwk() : encryptionJwk(algorithm, encryption)
  const flags = (/** @type {JwkObject} */ half, /** @type {string} */ name) =>
    isPassword ? ["--password", `@${place.file("password.txt", PASSWORD)}`] : ["--key", place.file(name, half)]
  const to = ["--alg", algorithm, "--enc", encryption, "--claims", CLAIMS, "--no-iat", "--no-exp"]
  const ours = await place.jot(["encrypt", ...flags(openHalf(key), "to.jwk"), ...to])
  const request = { token: ours.trim(), key, algorithm, encryption }
  const plaintext = Buffer.from(CLAIMS).toString("base64url")
  const asked = peer.ask("decrypt", request)
  if (roundsOf(ours) <= mostRounds) await tally.same(`${what}: decrypts what jot encrypts`, asked, plaintext)
  else await tally.same(`${what}: refuses to count that often`, (await asked).value, undefined)
  const message = { format: "compact", protected: { alg: algorithm, enc: encryption }, plaintext }
  const { value, ...refusal } = await peer.ask("encrypt", { ...message, recipients: [{ key: openHalf(key) }] })
  await tally.same(`${what}: encrypts for jot`, refusal, {})
  const opened = await place.jot(["decrypt", "--json", ...flags(key, "from.jwk"), "--alg", algorithm], String(value))
  await tally.same(`${what}: jot decrypts what it encrypts`, payloadOf(opened), JSON.parse(CLAIMS))
}

/** @param {string} token */
function roundsOf(token) {
  const { p2c } = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString())
  return Number(p2c ?? 0)
}

/** @param {string} text */
function payloadOf(text) {
  try {
    return JSON.parse(text).payload
  } catch {
    return text
  }
}

/**
 * @param {string} algorithm
 * @returns {JwkObject}
 */
function signingJwk(algorithm) {
  if (algorithm.startsWith("HS")) return secretJwk(Number(algorithm.slice(2)) / 8)
  return privateJwk(/^[RP]S/.test(algorithm) ? "RSA" : (EC_CURVES.get(algorithm) ?? algorithm))
}

/**
 * @param {string} algorithm
 * @param {string} encryption
 * @returns {JwkObject}
 */
function encryptionJwk(algorithm, encryption) {
  if (algorithm.startsWith("RSA")) return privateJwk("RSA")
  if (algorithm.startsWith("ECDH")) return privateJwk("P-256")
  const [, bits = "256"] = /^A(\d{3})/.exec(algorithm === "dir" ? encryption : algorithm) ?? []
  const isTwice = algorithm === "dir" && encryption.includes("CBC")
  return secretJwk((Number(bits) / 8) * (isTwice ? 2 : 1))
}

/** @returns {JwkObject} */
function passwordJwk() {
  return { kty: "oct", k: Buffer.from(PASSWORD).toString("base64url") }
}

/**
 * @param {JwkObject} key
 * @returns {JwkObject}
 */
function openHalf(key) {
  return key.kty === "oct" ? key : publicJwk(key)
}

/**
 * One changed bit in the middle of the signature.
 *
 * @param {string} token
 */
function forged(token) {
  const [header, payload, signature = ""] = token.split(".")
  const bytes = Buffer.from(signature, "base64url")
  const middle = bytes.length >> 1
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  return [header, payload, bytes.toString("base64url")].join(".")
}

/**
 * Keys that the peer makes are read in one go: what `jot` says of them is what the peer says.
 *
 * @param {Peer} peer
 * @param {Tally} tally
 * @param {readonly string[]} algorithms
 */
export async function exchangeMadeKeys(peer, tally, algorithms) {
  const place = new Place()
  try {
    const made = []
    for (const alg of algorithms) made.push({ alg, ...(await peer.ask("generate", { alg })).value })
    const files = made.map(({ alg, jwk }) => place.file(`${alg}.jwk`, jwk))
    const built = await place.jot(["jwks", "build", ...files])
    await tally.same(
      "jot reads its keys, and has the same thumbprints",
      kidsOf(built),
      made.map((one) => one.thumbprint),
    )
  } finally {
    place.end()
  }
}

/** @param {string} text A key set that `jot` printed. */
function kidsOf(text) {
  try {
    return JSON.parse(text).keys.map((/** @type {{ kid: string }} */ { kid }) => kid)
  } catch {
    return text
  }
}

const TRADITIONAL = ["traditional", "traditional in DER", "encrypted traditional"]
const EVERY_FORM = ["pkcs8", "pkcs8 in DER", "encrypted pkcs8", "encrypted pkcs8 in DER", "spki", "spki in DER"]
const KINDS = ["RSA", "P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519", "X448"]
const CERTIFIED = ["RSA", "P-256", "Ed25519"]

/** @param {string} kind */
function formsOf(kind) {
  const isOld = kind === "RSA" || kind.startsWith("P-") || kind === "secp256k1"
  return [
    ...EVERY_FORM,
    ...(isOld ? TRADITIONAL : []),
    ...(CERTIFIED.includes(kind) ? ["certificate", "certificate in DER"] : []),
    ...(kind === "RSA" ? ["pkcs1", "encrypted pkcs8 with scrypt"] : []),
  ]
}

/**
 * Keys in all forms of OpenSSL, both ways.
 *
 * @param {Peer} peer
 * @param {Tally} tally
 */
export async function exchangeWithOpenSsl(peer, tally) {
  const place = new Place()
  const password = `@${place.file("password.txt", `${PASSWORD}\n`)}`
  try {
    for (const kind of KINDS) {
      const made = []
      for (const form of formsOf(kind)) {
        const { value, ...refusal } = await peer.ask("make", { kind, form, passphrase: PASSWORD })
        await tally.same(`${kind}: makes ${form}`, refusal, {})
        made.push(place.file(`${kind} ${form}`, Buffer.from(value ?? "", "base64")))
      }
      const spki = Buffer.from((await peer.ask("make", { kind, form: "spki" })).value ?? "", "base64").toString()
      // The same key in every form is one key of the set; a form that cannot be read is a failure.
      const built = await place.jot(["jwks", "build", "--passphrase", password, ...made])
      await tally.same(`${kind}: jot reads every form`, kidsOf(built), [Jwk.fromPem(spki).thumbprint()])
      await convertedKeys(place, peer, tally, { kind, file: made[0] ?? "", spki, password })
    }
  } finally {
    place.end()
  }
}

/**
 * @param {Place} place
 * @param {Peer} peer
 * @param {Tally} tally
 * @param {{ kind: string, file: string, spki: string, password: string }} made
 */
async function convertedKeys(place, peer, tally, { kind, file, spki, password }) {
  const jwk = place.file(`${kind}.jwk`, await place.jot(["key", "convert", "--to", "jwk", file]))
  const ours = [["--to", "pem", "--new-passphrase", password]]
  if (kind === "RSA") ours.push(["--to", "pkcs1"], ["--to", "pkcs8"])
  if (kind === "P-256" || kind === "secp256k1") ours.push(["--to", "sec1"])
  for (const args of ours) {
    const data = Buffer.from(await place.jot(["key", "convert", ...args, jwk])).toString("base64")
    const asked = peer.ask("public", { data, passphrase: PASSWORD, args: [] })
    await tally.same(`${kind}: reads what jot writes with ${args.slice(0, 3).join(" ")}`, asked, spki)
  }
  const data = Buffer.from(await place.jot(["key", "convert", "--to", "spki", "--public", jwk])).toString("base64")
  const asked = peer.ask("public", { data, passphrase: "", args: ["-pubin"] })
  await tally.same(`${kind}: reads the public half that jot writes`, asked, spki)
}

/**
 * Keys in the formats of OpenSSH, both ways.
 *
 * @param {Peer} peer
 * @param {Tally} tally
 */
export async function exchangeWithOpenSsh(peer, tally) {
  const place = new Place()
  const kinds = [
    { type: "ed25519" },
    { type: "rsa", bits: 2048 },
    ...[256, 384, 521].map((bits) => ({ type: "ecdsa", bits })),
  ]
  try {
    for (const kind of kinds) {
      const name = Object.values(kind).join(" ")
      const { secret, open } = (await peer.ask("make", kind)).value
      const file = place.file(name, secret)
      const built = await place.jot(["jwks", "build", file, place.file(`${name}.pub`, open)])
      await tally.same(`${name}: jot reads both halves`, kidsOf(built), [Jwk.fromPem(open).thumbprint()])
      const line = open.split(" ").slice(0, 2).join(" ")
      const again = await place.jot(["key", "convert", "--to", "openssh", file])
      const found = ((await peer.ask("open", { secret: again })).value ?? "").trim().split(" ").slice(0, 2).join(" ")
      await tally.same(`${name}: reads the private key that jot writes`, found, line)
      const half = await place.jot(["key", "public", file])
      await tally.same(`${name}: jot writes the line of its public half`, half.trim(), line)
    }
  } finally {
    place.end()
  }
}
