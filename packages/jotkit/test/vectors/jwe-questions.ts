/** Vectors about encryption as questions: a JWE, its key, and what must come out. */
import { type DecryptedJwe, type DecryptJweOptions, type JwkObject } from "jotkit"
import { base64url, cbcTag, compactJwe, concatKdf, KEY_MANAGEMENT } from "../sealed.ts"
import { answerOf, bytes, differentAnswer, isLeftOut, type JoseTest, joseTests, testsOf, toAnswer } from "./wycheproof.ts"

/** A test of a primitive: the members that its kind has. */
interface PrimitiveTest {
  readonly tcId: number
  readonly flags: readonly string[]
  readonly result: "valid" | "invalid" | "acceptable"
  /** In hex, but for keys. */
  readonly key: string
  readonly iv: string
  readonly msg: string
  readonly ct: string
  readonly tag: string
  readonly shared: string
  readonly public: JwkObject
  readonly private: JwkObject
  readonly privateKeyPem: string
  readonly keySize: number
}

/** A JWE made around a vector, and what it is opened with. */
interface Asked {
  readonly jwe: string | object
  readonly key: JwkObject | string
  readonly plaintext: Uint8Array
}

/** With these every vector is asked. */
export const DECRYPT_ALL: DecryptJweOptions = { algorithms: KEY_MANAGEMENT, zip: true }
const PLAINTEXT = new Uint8Array(Buffer.from("the content around a vector"))
/** Key lengths of content encryptions that a wrapped key can have, in bytes. */
const ENCRYPTION_FOR = new Map([
  [16, "A128GCM"],
  [24, "A192GCM"],
  [32, "A256GCM"],
])

const MAKERS: Readonly<Record<string, (one: PrimitiveTest) => Asked>> = {
  a128cbc_hs256: (one) => unprotected("A128CBC-HS256", one),
  a192cbc_hs384: (one) => unprotected("A192CBC-HS384", one),
  a256cbc_hs512: (one) => unprotected("A256CBC-HS512", one),
  aes_gcm: (one) => unprotected(`A${one.keySize}GCM`, one),
  aes_cbc_pkcs5: paddedContent,
  aes_wrap: wrappedKey,
  ecdh_secp256r1_webcrypto: agreedKey,
  ecdh_secp384r1_webcrypto: agreedKey,
  ecdh_secp521r1_webcrypto: agreedKey,
  x25519_jwk: agreedKey,
  x448_jwk: agreedKey,
  rsa_oaep_2048_sha1_mgf1sha1: (one) => encryptedKey("RSA-OAEP", one),
  rsa_oaep_2048_sha256_mgf1sha256: (one) => encryptedKey("RSA-OAEP-256", one),
  rsa_oaep_2048_sha384_mgf1sha384: (one) => encryptedKey("RSA-OAEP-384", one),
  rsa_oaep_2048_sha512_mgf1sha512: (one) => encryptedKey("RSA-OAEP-512", one),
}

/** What a vector comes to. */
export interface Question {
  readonly tcId: number
  readonly expected: string
  readonly jwe: string | object
  readonly key: JwkObject | string
  readonly plaintext: Uint8Array | undefined
}

/** A form of `decryptJwe`. */
type Decrypt = (jwe: string | object, key: JwkObject | string) => DecryptedJwe | Promise<DecryptedJwe>

/** The whole tokens of a file. */
export function joseQuestions(folder: string, file: string): readonly Question[] {
  const run = joseTests(folder, file).filter(({ tcId, jwe }) => jwe !== undefined && !isLeftOut(file, tcId))
  return run.map((one) => joseQuestion(file, one))
}

/** The primitives of a file, each inside a JWE; all, or those without a flag. */
export function primitiveQuestions(folder: string, file: string, leaveOut = ""): readonly Question[] {
  const run = testsOf<PrimitiveTest>(folder, file).filter(({ tcId }) => !isLeftOut(file, tcId))
  const wanted = run.filter(({ flags }) => !flags.includes(leaveOut))
  return wanted.map((one) => primitiveQuestion(file, one))
}

/** What is wrong with the answers; empty when all are right. */
export async function problemsOf(questions: readonly Question[], forms: readonly Decrypt[]): Promise<string[]> {
  const problems: string[] = []
  for (const { tcId, expected, jwe, key, plaintext } of questions) {
    const answers: string[] = []
    for (const form of forms) answers.push(await answerOf(async () => assertSame((await form(jwe, key)).plaintext, plaintext)))
    if (answers.some((answer) => answer !== expected))
      problems.push(`${tcId}: ${answers.join(", ")}, expected ${expected}`)
  }
  return problems
}

function joseQuestion(file: string, { tcId, jwe = "", pt, result, ...keys }: JoseTest): Question {
  const expected = differentAnswer(file, tcId) ?? toAnswer(result)
  const plaintext = pt === undefined ? undefined : bytes(pt)
  return { tcId, expected, jwe, key: keys.private as JwkObject, plaintext }
}

function primitiveQuestion(file: string, one: PrimitiveTest): Question {
  const expected = differentAnswer(file, one.tcId) ?? answerTo(one)
  return { tcId: one.tcId, expected, ...(MAKERS[file]?.(one) ?? missingMaker(file)) }
}

/** Acceptable is what is odd and yet right; a secret of zeros is nobody's, and no key that JWE wraps has eight bytes. */
function answerTo({ result, flags, msg }: PrimitiveTest): string {
  if (result !== "acceptable") return toAnswer(result)
  return flags.includes("ZeroSharedSecret") || msg !== undefined ? "refuse" : "accept"
}

function assertSame(found: Uint8Array, expected: Uint8Array | undefined): void {
  if (expected !== undefined && !Buffer.from(found).equals(expected)) throw new Error("another plaintext")
}

/** Nothing is protected, so that the associated data is empty: what content encryption gives, as it stands. */
function unprotected(enc: string, { key, iv, ct, tag, msg }: PrimitiveTest): Asked {
  const jwe = {
    unprotected: { alg: "dir", enc },
    iv: base64url(bytes(iv)),
    ciphertext: base64url(bytes(ct)),
    tag: base64url(bytes(tag)),
  }
  return { jwe, key: secretKey(bytes(key)), plaintext: bytes(msg) }
}

/** AES-CBC under a MAC that is right: only the padding decides. */
function paddedContent({ key, iv, ct, msg, keySize }: PrimitiveTest): Asked {
  const enc = `A${keySize}CBC-HS${keySize * 2}`
  const whole = new Uint8Array([...new Uint8Array(keySize / 8).fill(7), ...bytes(key)])
  const header = base64url(JSON.stringify({ alg: "dir", enc }))
  const tag = cbcTag(enc, whole, bytes(iv), bytes(ct), Buffer.from(header))
  const [vector, ciphertext] = [bytes(iv), bytes(ct)].map(base64url)
  return {
    jwe: `${header}..${vector}.${ciphertext}.${base64url(tag)}`,
    key: secretKey(whole),
    plaintext: bytes(msg),
  }
}

function wrappedKey({ key, ct, msg }: PrimitiveTest): Asked {
  const cek = usableKey(msg)
  const header = { alg: `A${bytes(key).length * 8}KW`, enc: ENCRYPTION_FOR.get(cek.length) }
  return {
    jwe: compactJwe({ header, cek, encryptedKey: bytes(ct), plaintext: PLAINTEXT }),
    key: secretKey(bytes(key)),
    plaintext: PLAINTEXT,
  }
}

function encryptedKey(alg: string, { privateKeyPem, ct, msg }: PrimitiveTest): Asked {
  const cek = usableKey(msg)
  const header = { alg, enc: ENCRYPTION_FOR.get(cek.length) }
  return {
    jwe: compactJwe({ header, cek, encryptedKey: bytes(ct), plaintext: PLAINTEXT }),
    key: privateKeyPem,
    plaintext: PLAINTEXT,
  }
}

/** The content encryption key comes from the shared secret of the vector. */
function agreedKey({ public: epk, private: key, shared }: PrimitiveTest): Asked {
  const cek = concatKdf(bytes(shared), "A128GCM", 16)
  const header = { alg: "ECDH-ES", enc: "A128GCM", epk }
  return { jwe: compactJwe({ header, cek, plaintext: PLAINTEXT }), key, plaintext: PLAINTEXT }
}

/** What a vector wraps, if that is a key; if not, another key, which nothing but a wrong answer would reach. */
function usableKey(msg: string): Uint8Array {
  const secret = bytes(msg)
  return ENCRYPTION_FOR.has(secret.length) ? secret : new Uint8Array(16)
}

function secretKey(secret: Uint8Array): JwkObject {
  return { kty: "oct", k: base64url(secret) }
}

function missingMaker(file: string): never {
  throw new Error(`nothing makes a JWE around ${file}`)
}
