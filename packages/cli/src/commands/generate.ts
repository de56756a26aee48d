/** Makes keys and secrets. */

import { randomBytes, randomUUID } from "node:crypto"
import { existsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { type GenerateOptions, isJwtError, Jwk, type JwkObject, listAlgorithms } from "jotkit"
import { EXIT_CODES, Failure } from "../frame/failure.ts"
import { nearest } from "../frame/nearest.ts"
import type { Answer, Command, Session } from "../frame/session.ts"
import { writeNew } from "../frame/streams.ts"
import { KEY_FORMS, publicForm, type Written, writeKeys } from "../input/key-forms.ts"
import { newPassphrase } from "../input/keys.ts"
import { minimumBits } from "../input/strength.ts"
import { keyAnswer, refuseTerminal } from "./key.ts"

/** Types of key that `--kty` names. */
export const KINDS = ["RSA", "EC", "OKP", "oct"] as const
type Kind = (typeof KINDS)[number]

/** For each curve its type, and an algorithm that makes keys on it. */
const CURVES: Readonly<Record<string, readonly [Kind, string]>> = {
  "P-256": ["EC", "ES256"],
  "P-384": ["EC", "ES384"],
  "P-521": ["EC", "ES512"],
  secp256k1: ["EC", "ES256K"],
  Ed25519: ["OKP", "Ed25519"],
  Ed448: ["OKP", "Ed448"],
  X25519: ["OKP", "ECDH-ES"],
  X448: ["OKP", "ECDH-ES"],
}
/** Curves that `--crv` names. */
export const CURVE_NAMES = Object.keys(CURVES)
const USUAL_CURVES: Partial<Record<Kind, string>> = { EC: "P-256", OKP: "Ed25519" }
const BITS = { RSA: [2048, 16_384], oct: [128, 4096] } as const
const USUAL_SECRET_BITS = 256

/** `jot key generate`. */
export const command: Command = async (session) => {
  const { options, say } = session
  const [algorithm, ...others] = options.list("alg") ?? []
  if (others.length > 0) throw new Failure("usage", "generate_alg")
  const to = options.choice("to", KEY_FORMS) ?? "jwk"
  const files = filesOf(session)
  // What may not be shown is not made, and nobody waits in vain for an answer.
  if (files.secret === undefined) refuseTerminal(session)
  const passphrase = await newPassphrase("passphrase", session)
  session.progress(say("progress_key"))
  const key = await named(
    algorithm === undefined ? await ofKind(session) : await forAlgorithm(algorithm, session),
    session,
  )
  const notes = [{ level: "info" as const, text: say("key_made", algorithm ?? key.curve ?? key.keyType) }]
  const written = await writeKeys([key], to, passphrase)
  const open = files.open === undefined ? undefined : await writeKeys([publicHalf(key)], publicForm(to), undefined)
  if (files.secret === undefined) {
    const answer = keyAnswer(written, session, notes)
    if (open !== undefined && files.open !== undefined) await place(files.open, open, session)
    return answer
  }
  return { ...(await placed(key, written, open, session)), notes }
}

interface Files {
  readonly secret: string | undefined
  readonly open: string | undefined
}

/** Where the halves go. Looked at before a key is made: nobody wants half a pair. */
function filesOf({ options }: Session): Files {
  const files = { secret: options.text("out-private"), open: options.text("out-public") }
  if (files.secret !== undefined && options.has("out")) throw new Failure("usage", "out_twice")
  const names = [files.secret, files.open, options.text("out")].filter((name) => name !== undefined)
  // By whatever name: one half would be written over the other.
  if (new Set(names.map(placeOf)).size < names.length) throw new Failure("usage", "out_twice")
  for (const name of names) if (existsSync(name) && !options.has("force")) throw new Failure("io", "file_exists", name)
  return files
}

/** What a name leads to, also by way of a link. */
function placeOf(name: string): string {
  const status = statSync(name, { throwIfNoEntry: false })
  return status === undefined ? resolve(name) : `${status.dev}:${status.ino}`
}

async function place(file: string, { data, isSecret }: Written, { options }: Session): Promise<void> {
  await writeNew(file, data, { isSecret, force: options.has("force") })
}

/** Both halves in files: what is printed says nothing of the private one. */
async function placed(key: Jwk, secret: Written, open: Written | undefined, session: Session): Promise<Answer> {
  const { options } = session
  const [secretFile = "", openFile] = [options.text("out-private"), options.text("out-public")]
  await place(secretFile, secret, session)
  if (open !== undefined && openFile !== undefined) await place(openFile, open, session)
  return {
    code: "ok",
    members: { kid: key.keyId, private: secretFile, public: openFile },
    isPlaced: true,
  }
}

/** A secret has no public half that could go to a file of its own. */
function publicHalf(key: Jwk): Jwk {
  if (key.isSymmetric) throw new Failure("key", "secret_not_public")
  return key.publicKey()
}

async function forAlgorithm(algorithm: string, session: Session): Promise<Jwk> {
  const { options } = session
  const bits = bitsOf(session)
  const curve = options.choice("crv", CURVE_NAMES)
  const kind = options.choice("kty", KINDS)
  const least = algorithm.startsWith("HS") ? minimumBits(algorithm) : undefined
  const isSized = least !== undefined && listAlgorithms().includes(algorithm) && bits !== undefined
  if (isSized && bits < least) throw new Failure("key", "key_weak", String(bits), algorithm, String(least))
  const made = isSized ? secret(bits, algorithm) : await make(algorithm, { modulusLength: bits, curve })
  if (bits !== undefined && !isSized && made.keyType !== "RSA") throw new Failure("usage", "bits_foreign")
  if (curve !== undefined && made.curve !== curve)
    throw new Failure("usage", "generate_contradiction", "crv", algorithm)
  if (kind !== undefined && made.keyType !== kind)
    throw new Failure("usage", "generate_contradiction", "kty", algorithm)
  return made
}

/** A key that names no algorithm. */
async function ofKind(session: Session): Promise<Jwk> {
  const { options } = session
  const named = options.choice("crv", CURVE_NAMES)
  const wanted = options.choice("kty", KINDS)
  const kind = wanted ?? (named === undefined ? undefined : CURVES[named]?.[0])
  if (kind === undefined) throw new Failure("usage", "generate_alg")
  const bits = bitsOf(session)
  if (kind === "oct" && named === undefined) return secret(bits ?? USUAL_SECRET_BITS, undefined)
  if (kind === "RSA" && named === undefined) return unlabelled(await make("RS256", { modulusLength: bits }))
  const curve = named ?? USUAL_CURVES[kind] ?? ""
  const [owner, algorithm] = CURVES[curve] ?? []
  if (owner !== kind || algorithm === undefined) throw new Failure("usage", "generate_contradiction", "crv", kind)
  if (bits !== undefined) throw new Failure("usage", "bits_foreign")
  return unlabelled(await make(algorithm, algorithm === "ECDH-ES" ? { curve } : {}))
}

function secret(bits: number, algorithm: string | undefined): Jwk {
  const k = randomBytes(bits / 8).toString("base64url")
  return Jwk.from({ kty: "oct", k }, { algorithm })
}

function unlabelled(key: Jwk): Jwk {
  const { alg: _, ...jwk } = key.toPrivateJSON()
  return Jwk.from(jwk as JwkObject)
}

async function make(algorithm: string, options: GenerateOptions): Promise<Jwk> {
  process.once("exit", endAtOnce)
  try {
    return await Jwk.generateAsync(algorithm, options)
  } catch (error) {
    if (!isJwtError(error)) throw error
    if (error.code === "option_invalid" && options.curve !== undefined)
      throw new Failure("usage", "generate_contradiction", "crv", algorithm)
    if (error.code !== "algorithm_unknown") throw error
    const near = nearest(
      algorithm,
      listAlgorithms().filter((name) => name !== "none"),
    )
    throw near === undefined ? new Failure("usage", "alg_unknown") : new Failure("usage", "alg_unknown_near", near)
  } finally {
    process.off("exit", endAtOnce)
  }
}

/**
 * Nothing stops the thread that makes a key, and a process that ends in order waits for it: minutes, for RSA of 16384 bits. After Ctrl-C the
 * signal itself ends it, for which a shell says 130 as well. Windows has no signals, and waits.
 */
function endAtOnce(status: number): void {
  if (status !== EXIT_CODES.interrupted || process.platform === "win32") return
  process.removeAllListeners("SIGINT")
  process.kill(process.pid, "SIGINT")
}

/** A new key of the same kind, size and purpose. */
export async function another(key: Jwk, keyId: string | undefined): Promise<Jwk> {
  const { algorithm, keyType, curve } = key
  const name = algorithm ?? (keyType === "RSA" ? "RS256" : "ECDH-ES")
  const { n, alg, use } = key.toJSON()
  const modulusLength = typeof n === "string" ? Buffer.from(n, "base64url").length * 8 : undefined
  const made = await make(name, { modulusLength, curve: /^(?:ECDH-ES|EdDSA)/.test(name) ? curve : undefined })
  const bare = alg === undefined && keyType !== "AKP" ? unlabelled(made) : made
  return Jwk.from(bare, { keyId: keyId ?? (await bare.thumbprintAsync()), use })
}

/** Of a modulus, or of a secret: whole bytes. */
function bitsOf({ options }: Session): number | undefined {
  const text = options.text("bits")
  if (text === undefined) return undefined
  const bits = Number(text)
  const isSecret = options.text("kty") === "oct" || options.text("alg")?.startsWith("HS") === true
  const [least, most] = BITS[isSecret ? "oct" : "RSA"]
  if (!/^\d{3,5}$/.test(text) || bits < least || bits > most || bits % 8 !== 0)
    throw new Failure("usage", "bits_invalid", String(least), String(most))
  return bits
}

/** `--kid`: the thumbprint, the day, at random, or a text. */
async function named(key: Jwk, { options, now }: Session): Promise<Jwk> {
  const wanted = options.text("kid")
  if (wanted === undefined) return key
  // The thumbprint of a secret is a hash of it, and key ids are read by everybody (RFC 7638, section 7).
  if (wanted === "thumbprint" && key.isSymmetric) throw new Failure("usage", "kid_of_secret")
  const ready: Readonly<Record<string, () => string | Promise<string>>> = {
    thumbprint: () => key.thumbprintAsync(),
    date: () => new Date(now * 1000).toISOString().slice(0, 10),
    random: () => randomUUID(),
  }
  const keyId = Object.hasOwn(ready, wanted) ? await ready[wanted]?.() : wanted
  return Jwk.from(key.toPrivateJSON(), { keyId })
}
