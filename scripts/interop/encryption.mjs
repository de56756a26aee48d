// @ts-check
// Encryption both ways: every pair of key management and content encryption that the peer has, with and without compression;
// then what RFC 7516 and 7518 add: party information, further authenticated data, several recipients, nesting.
import { decode, decrypt, decryptJwe, decryptJweAsync, encode, encrypt, encryptJwe, encryptJweAsync } from "jotkit"
import { privateJwk, publicJwk, secretJwk } from "./material.mjs"
import { resultOf } from "./tally.mjs"

/** @typedef {import("jotkit").JwkObject} JwkObject */
/** @typedef {{ peer: import("./peer.mjs").Peer, tally: import("./tally.mjs").Tally, covers: import("./peers.mjs").Covers }} Exchange */
/** @typedef {{ alg: string, enc: string, key: JwkObject, name: string }} Pair */

/** Bytes of the key that encrypts the content. */
const CONTENT_ENCRYPTIONS = new Map([
  ["A128GCM", 16],
  ["A192GCM", 24],
  ["A256GCM", 32],
  ["A128CBC-HS256", 32],
  ["A192CBC-HS384", 48],
  ["A256CBC-HS512", 64],
])
const AGREEMENTS = ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"]
const WRAPPED = ["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"]
const PASSWORD = ["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"]
/** Few, since there are many pairs. */
const PBES2_COUNT = 1000
const PLAINTEXT = Buffer.from(`Ada Łovelace 你好 👋 ${"to be compressed ".repeat(20)}`)
const TEXT = PLAINTEXT.toString("base64url")
/** Parts of the text under `apu` and `apv` (RFC 7518, section 4.6.1). */
const PARTIES = { apu: Buffer.from("Alice").toString("base64url"), apv: Buffer.from("Bob").toString("base64url") }
/** Of the recipients of one message; every peer has them. */
const SEVERAL = ["RSA-OAEP-256", "ECDH-ES+A256KW", "A128KW", "A256GCMKW"]
const AAD = Buffer.from("further authenticated data")
const secrets = new Map([16, 24, 32, 48, 64].map((bytes) => [bytes, secretJwk(bytes)]))
const password = { kty: "oct", k: Buffer.from("correct horse battery staple").toString("base64url") }

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./tally.mjs").Tally} tally
 * @param {import("./peers.mjs").Covers} covers
 */
export async function exchangeEncrypted(peer, tally, covers) {
  const exchange = { peer, tally, covers }
  for (const pair of pairsOf(covers)) {
    for (const zip of [false, true]) {
      await oursThere(exchange, pair, { zip })
      await theirsHere(exchange, pair, { zip })
    }
    await refusesForgery(exchange, pair)
  }
  await partyInformation(exchange)
  await furtherData(exchange)
  await severalRecipients(exchange)
  await claims(exchange)
  await nested(exchange)
}

/**
 * @param {import("./peers.mjs").Covers} covers
 * @returns {Pair[]}
 */
function pairsOf({ rsa, curves }) {
  return [...CONTENT_ENCRYPTIONS].flatMap(([enc, bytes]) => {
    const agreed = curves.flatMap((curve) => AGREEMENTS.map((alg) => pair(alg, enc, privateJwk(curve), curve)))
    return [
      ...rsa.map((alg) => pair(alg, enc, privateJwk("RSA"))),
      ...WRAPPED.map((alg) => pair(alg, enc, secretOf(Number(alg.slice(1, 4)) / 8))),
      pair("dir", enc, secretOf(bytes)),
      ...agreed,
      ...PASSWORD.map((alg) => pair(alg, enc, password)),
    ]
  })
}

/**
 * @param {string} alg
 * @param {string} enc
 * @param {JwkObject} key
 * @param {string} [curve]
 * @returns {Pair}
 */
function pair(alg, enc, key, curve = "") {
  return { alg, enc, key, name: `${alg} ${curve} ${enc}`.replace("  ", " ") }
}

/** @param {number} bytes */
function secretOf(bytes) {
  const secret = secrets.get(bytes)
  if (secret === undefined) throw new Error(`no secret of ${bytes} bytes`)
  return secret
}

/**
 * A password is text, or bytes, for us; elsewhere it is a key of kind oct.
 *
 * @param {Pair} pair
 */
function ourKey({ key }) {
  return key === password ? Buffer.from(String(password.k), "base64url") : key
}

/**
 * @param {Pair} pair
 * @param {{ zip?: boolean, header?: Record<string, unknown> }} more
 */
function ourOptions({ alg, enc, key }, { zip = false, header = {} }) {
  return { algorithm: alg, encryption: enc, zip, header, ...(key === password ? { pbes2Count: PBES2_COUNT } : {}) }
}

/**
 * @param {Exchange} exchange
 * @param {Pair} pair
 * @param {{ zip?: boolean, header?: Record<string, unknown> }} more
 */
async function oursThere({ peer, tally }, pair, more) {
  const { alg, enc, key, name } = pair
  for (const encrypt of [encryptJwe, encryptJweAsync]) {
    const sealing = ourKey({ ...pair, key: key === password ? key : publicJwk(key) })
    const token = await resultOf(() => encrypt(PLAINTEXT, sealing, ourOptions(pair, more)))
    const found = peer.ask("decrypt", { token, key, algorithm: alg, encryption: enc })
    await tally.same(`${name} ${JSON.stringify(more)}: decrypts that of ${encrypt.name}`, found, TEXT)
  }
}

/**
 * @param {Exchange} exchange
 * @param {Pair} pair
 * @param {{ zip?: boolean, header?: Record<string, unknown> }} more
 */
async function theirsHere({ peer, tally }, pair, { zip = false, header = {} }) {
  const { alg, enc, key, name } = pair
  const counted = key === password ? { p2c: PBES2_COUNT } : {}
  const compressed = zip ? { zip: "DEF" } : {}
  const { value: token, ...refusal } = await peer.ask("encrypt", {
    format: "compact",
    protected: { alg, enc, ...counted, ...compressed, ...header },
    recipients: [{ key: publicJwk(key) }],
    plaintext: TEXT,
  })
  const what = `${name} ${JSON.stringify({ zip, header })}`
  await tally.same(`${what}: encrypts`, refusal, {})
  const options = { algorithms: [alg], encryptionAlgorithms: [enc], zip }
  for (const decrypt of [decryptJwe, decryptJweAsync]) {
    const found = await resultOf(async () => textOf(await decrypt(token ?? "", ourKey(pair), options)))
    await tally.same(`${what}: ${decrypt.name} reads theirs`, found, TEXT)
  }
}

/**
 * One changed bit in the ciphertext: refused on both sides.
 *
 * @param {Exchange} exchange
 * @param {Pair} pair
 */
async function refusesForgery({ peer, tally }, pair) {
  const { alg, enc, key, name } = pair
  const sealing = ourKey({ ...pair, key: key === password ? key : publicJwk(key) })
  const segments = encryptJwe(PLAINTEXT, sealing, ourOptions(pair, {})).split(".")
  const ciphertext = Buffer.from(segments[3] ?? "", "base64url")
  ciphertext[0] = (ciphertext[0] ?? 0) ^ 1
  segments[3] = ciphertext.toString("base64url")
  const token = segments.join(".")
  const { value } = await peer.ask("decrypt", { token, key, algorithm: alg, encryption: enc })
  await tally.same(`${name}: refuses a forgery`, value, undefined)
  const found = await resultOf(() => decryptJwe(token, ourKey(pair), { algorithms: [alg] }))
  await tally.same(`${name}: we refuse a forgery`, String(found).split(":")[0], "DecryptionError")
}

/** @param {Exchange} exchange */
async function partyInformation(exchange) {
  const { covers } = exchange
  for (const curve of covers.curves) {
    for (const alg of AGREEMENTS) {
      const one = pair(alg, "A192CBC-HS384", privateJwk(curve), curve)
      await oursThere(exchange, one, { header: PARTIES })
      if (covers.makesPartyInfo) await theirsHere(exchange, one, { header: PARTIES })
    }
  }
}

/**
 * The flattened form, with `aad` (RFC 7516, section 7.2.2).
 *
 * @param {Exchange} exchange
 */
async function furtherData({ peer, tally }) {
  for (const enc of CONTENT_ENCRYPTIONS.keys()) {
    const key = secretOf(16)
    const options = { algorithm: "A128KW", encryption: enc, format: /** @type {const} */ ("flattened"), aad: AAD }
    const ours = encryptJwe(PLAINTEXT, key, options)
    const asked = { key: { ...key, alg: "A128KW" }, algorithm: "A128KW", encryption: enc }
    const found = peer.ask("decrypt", { ...asked, token: ours })
    await tally.same(`aad, ${enc}: decrypts ours`, found, TEXT)
    const changed = { ...ours, aad: Buffer.from("changed").toString("base64url") }
    await tally.same(
      `aad, ${enc}: refuses another one`,
      (await peer.ask("decrypt", { ...asked, token: changed })).value,
      undefined,
    )
    const { value: theirs, ...refusal } = await peer.ask("encrypt", {
      format: "flattened",
      protected: { enc },
      recipients: [{ key: { ...key, alg: "A128KW" }, header: { alg: "A128KW" } }],
      plaintext: TEXT,
      aad: AAD.toString("base64url"),
    })
    await tally.same(`aad, ${enc}: encrypts`, refusal, {})
    const read = await resultOf(() => {
      const { plaintext, aad = [] } = decryptJwe(theirs ?? {}, key, { algorithms: ["A128KW"] })
      return [textOf({ plaintext }), Buffer.from(aad).toString()]
    })
    await tally.same(`aad, ${enc}: we read theirs`, read, [TEXT, AAD.toString()])
  }
}

/**
 * The general form: each recipient opens it with a key of its own.
 *
 * @param {Exchange} exchange
 */
async function severalRecipients({ peer, tally }) {
  const keys = SEVERAL.map((alg) => ({ ...keyFor(alg), alg, kid: `key of ${alg}` }))
  const enc = "A128CBC-HS256"
  const ours = encryptJwe(PLAINTEXT, null, {
    encryption: enc,
    format: "general",
    recipients: keys.map((key) => ({ key: publicJwk(key), algorithm: key.alg })),
  })
  const { value: theirs, ...refusal } = await peer.ask("encrypt", {
    format: "general",
    protected: { enc },
    recipients: keys.map((key) => ({ key: publicJwk(key), header: { alg: key.alg, kid: key.kid } })),
    plaintext: TEXT,
  })
  await tally.same("several recipients: encrypts", refusal, {})
  for (const key of keys) {
    const { alg } = key
    const found = peer.ask("decrypt", { token: ours, key, algorithm: alg, encryption: enc })
    await tally.same(`several recipients: decrypts ours as ${alg}`, found, TEXT)
    const read = await resultOf(() => textOf(decryptJwe(theirs ?? {}, key, { algorithms: [alg] })))
    await tally.same(`several recipients: we read theirs as ${alg}`, read, TEXT)
  }
}

/** @param {string} alg */
function keyFor(alg) {
  if (alg.startsWith("RSA")) return privateJwk("RSA")
  return alg.startsWith("ECDH") ? privateJwk("P-256") : secretOf(Number(alg.slice(1, 4)) / 8)
}

/**
 * Encrypted claims (RFC 7519, section 7).
 *
 * @param {Exchange} exchange
 */
async function claims({ peer, tally }) {
  const said = { sub: "alice", name: "Ada Łovelace 你好", exp: 4_000_000_000 }
  const key = privateJwk("P-256")
  const options = { algorithm: "ECDH-ES+A256KW", encryption: "A256CBC-HS512" }
  const names = { key, algorithm: options.algorithm, encryption: options.encryption }
  const ours = encrypt(said, publicJwk(key), options)
  const plaintext = Buffer.from(JSON.stringify(said)).toString("base64url")
  await tally.same("claims: decrypts ours", peer.ask("decrypt", { ...names, token: ours }), plaintext)
  const { value: theirs = "" } = await peer.ask("encrypt", {
    format: "compact",
    protected: { alg: options.algorithm, enc: options.encryption, typ: "JWT" },
    recipients: [{ key: publicJwk(key) }],
    plaintext,
  })
  const read = await resultOf(() => decrypt(theirs, key, { algorithms: [options.algorithm] }))
  await tally.same("claims: we read theirs", read, said)
}

/**
 * A signed token inside an encrypted one (RFC 7519, section 5.2).
 *
 * @param {Exchange} exchange
 */
async function nested({ peer, tally }) {
  const claims = { sub: "alice", exp: 4_000_000_000 }
  const signing = privateJwk("P-256")
  const sealing = privateJwk("RSA")
  const names = { key: sealing, algorithm: "RSA-OAEP-256", encryption: "A256GCM" }

  const signed = encode(claims, signing)
  const ours = encryptJwe(signed, publicJwk(sealing), {
    algorithm: "RSA-OAEP-256",
    encryption: "A256GCM",
    header: { cty: "JWT" },
  })
  const opened = (await peer.ask("decrypt", { ...names, token: ours })).value ?? ""
  const token = Buffer.from(opened, "base64url").toString()
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url")
  const verified = peer.ask("verify", { token, key: publicJwk(signing), algorithm: "ES256" })
  await tally.same("nested: opens and verifies ours", verified, payload)

  const inner = (await peer.ask("sign", { protected: { alg: "ES256" }, payload, key: signing })).value ?? ""
  const { value: theirs = "" } = await peer.ask("encrypt", {
    format: "compact",
    protected: { alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT" },
    recipients: [{ key: publicJwk(sealing) }],
    plaintext: Buffer.from(inner).toString("base64url"),
  })
  const read = await resultOf(() => {
    const { plaintext } = decryptJwe(theirs, sealing, { algorithms: ["RSA-OAEP-256"] })
    return decode(plaintext, publicJwk(signing))
  })
  await tally.same("nested: we open and verify theirs", read, claims)
}

/** @param {{ plaintext: Uint8Array }} message */
function textOf({ plaintext }) {
  return Buffer.from(plaintext).toString("base64url")
}
