/** Public vectors that are not run, or answered differently from what they say, each with its reason. The only such list. */

const NO_RSA1_5 = "RSA1_5 is left out for good: its padding is an oracle"
const NOT_A_JWE_S_DATA =
  "the associated data of a JWE is its header in base64url (RFC 7516, section 5.1), never these bytes; the empty one can be made"
const NOT_A_JWE_S_SALT =
  "the salt of a JWE begins with the algorithm's name and a zero byte (RFC 7518, section 4.8.1.1), never with these bytes"
const NO_ROCA_CHECK =
  "a weak RSA key made by a faulty chip: there is no ROCA check, as docs/explanation/why-not.md says"

/** Kinds of case in the RFC examples that no door can be asked; by kind, counted in the tests. */
export const KINDS_LEFT_OUT: ReadonlyMap<string, string> = new Map([["aead", NOT_A_JWE_S_DATA]])

/** Vectors that are not run: whole files, or some of one. */
export interface LeftOut {
  readonly file: string
  /** How many there are, where the whole file is left out; else which ones. */
  readonly ids: number | readonly number[]
  readonly reason: string
}

/** Wycheproof, by file name without `_test.json`. */
export const WYCHEPROOF_LEFT_OUT: readonly LeftOut[] = [
  { file: "json_web_key", ids: [7], reason: NO_ROCA_CHECK },
  { file: "json_web_crypto", ids: [46], reason: NO_ROCA_CHECK },
  { file: "a128cbc_hs256", ids: [1, ...range(36, 39), ...range(52, 63)], reason: NOT_A_JWE_S_DATA },
  { file: "a192cbc_hs384", ids: [1, ...range(36, 39), ...range(52, 63)], reason: NOT_A_JWE_S_DATA },
  { file: "a256cbc_hs512", ids: [1, ...range(36, 39), ...range(52, 63)], reason: NOT_A_JWE_S_DATA },
  {
    file: "aes_gcm",
    ids: [
      ...[2, 3, ...range(11, 14), ...range(27, 38), 68, 71, 91, 92],
      ...[...range(100, 103), ...range(116, 127), ...range(185, 188), ...range(201, 212)],
    ],
    reason: NOT_A_JWE_S_DATA,
  },
  { file: "pbes2_hmacsha256_aes_128", ids: 84, reason: NOT_A_JWE_S_SALT },
  { file: "pbes2_hmacsha384_aes_192", ids: 84, reason: NOT_A_JWE_S_SALT },
  { file: "pbes2_hmacsha512_aes_256", ids: 84, reason: NOT_A_JWE_S_SALT },
  { file: "pbkdf2_hmacsha256", ids: 60, reason: NOT_A_JWE_S_SALT },
  { file: "pbkdf2_hmacsha384", ids: 58, reason: NOT_A_JWE_S_SALT },
  { file: "pbkdf2_hmacsha512", ids: 58, reason: NOT_A_JWE_S_SALT },
  { file: "rsa_pkcs1_2048", ids: 67, reason: NO_RSA1_5 },
]

/** Examples of the cookbook that are verified but cannot be made again. */
export const COOKBOOK_NOT_REPRODUCED: ReadonlyMap<string, string> = new Map([
  ["jws-4_7.protecting_content_only.json", "signing always protects `alg`; this example leaves it unprotected"],
])

/** A vector of Wycheproof that says `valid` or `invalid` and is answered the other way round. */
export interface AnsweredDifferently {
  readonly file: string
  readonly ids: readonly number[]
  readonly answer: "accept" | "refuse"
  readonly reason: string
}

export const ANSWERED_DIFFERENTLY: readonly AnsweredDifferently[] = [
  {
    file: "json_web_signature",
    ids: [346, 350],
    answer: "refuse",
    reason: "the JWK is marked PS256, the token says PS384",
  },
  {
    file: "json_web_signature",
    ids: [347, 351],
    answer: "refuse",
    reason: "the JWK's alg is ES521, a name that does not exist",
  },
  {
    file: "json_web_signature",
    ids: [367, 370],
    answer: "accept",
    reason: "the text is letter for letter that of the valid vector 357",
  },
  {
    file: "json_web_signature",
    ids: [372, 373],
    answer: "refuse",
    reason: "a question mark inside a base64url segment",
  },
  {
    file: "json_web_key",
    ids: [4],
    answer: "accept",
    reason: "flagged ambiguous, two keys with one kid: every fitting key of a trusted set is tried",
  },
  {
    file: "json_web_crypto",
    ids: [17],
    answer: "accept",
    reason: "the JSON serialization is read by verifyJws, which is called for it by name; `decode` refuses it",
  },
  {
    file: "json_web_crypto",
    ids: [66],
    answer: "accept",
    reason: "the JSON serialization is read by decryptJwe, which is called for it by name; `decrypt` refuses it",
  },
  { file: "json_web_encryption", ids: [...range(100, 105), 112, 128], answer: "refuse", reason: NO_RSA1_5 },
  {
    file: "aes_gcm",
    ids: [69, 70, ...range(72, 90), ...range(157, 175), ...range(240, 310)],
    answer: "refuse",
    reason: "JWE has one length of initialization vector for GCM, 96 bits (RFC 7518, section 5.3)",
  },
  {
    file: "aes_wrap",
    ids: [10, 52, 107],
    answer: "refuse",
    reason: "no content encryption has a key of 384 bytes, which this one unwraps",
  },
  ...[
    ["rsa_oaep_2048_sha1_mgf1sha1", range(33, 36)],
    ["rsa_oaep_2048_sha256_mgf1sha256", range(33, 37)],
    ["rsa_oaep_2048_sha384_mgf1sha384", range(32, 34)],
    ["rsa_oaep_2048_sha512_mgf1sha512", [33]],
  ].map(([file, labelled]) => ({
    file: file as string,
    ids: [...range(1, 6), ...range(8, 11), 21, 22, ...(labelled as readonly number[])],
    answer: "refuse" as const,
    reason: "encrypts what is no key of any content encryption, or under a label, which JWE has not",
  })),
]

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
