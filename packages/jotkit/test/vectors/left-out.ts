/** Public vectors that are not run, or answered differently from what they say, each with its reason. The only such list. */

const NO_DECRYPTION = "encryption (RFC 7516) is not built yet"
const NO_KEY_AGREEMENT = "key agreement serves encryption (RFC 7518, section 4.6), which is not built yet"
const NO_ROCA_CHECK =
  "a weak RSA key made by a faulty chip: there is no ROCA check, as docs/explanation/why-not.md says"

/** Kinds of case, in our own corpus and in the RFC examples, that nothing here can read; by kind, counted in the tests. */
export const KINDS_LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ["jwe", NO_DECRYPTION],
  ["jwe-json", NO_DECRYPTION],
  ["jwe-compact", NO_DECRYPTION],
  ["jwe-general", NO_DECRYPTION],
  ["jwe-flattened", NO_DECRYPTION],
  ["jwt-encrypted", NO_DECRYPTION],
  ["jwt-nested", NO_DECRYPTION],
  ["aead", NO_DECRYPTION],
  ["ecdh", NO_KEY_AGREEMENT],
  ["ecdh-es-kdf", NO_KEY_AGREEMENT],
])

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
  { file: "json_web_crypto", ids: range(50, 83), reason: NO_DECRYPTION },
  { file: "json_web_encryption", ids: 139, reason: NO_DECRYPTION },
  { file: "a128cbc_hs256", ids: 94, reason: NO_DECRYPTION },
  { file: "a192cbc_hs384", ids: 94, reason: NO_DECRYPTION },
  { file: "a256cbc_hs512", ids: 94, reason: NO_DECRYPTION },
  { file: "aes_cbc_pkcs5", ids: 216, reason: NO_DECRYPTION },
  { file: "aes_gcm", ids: 316, reason: NO_DECRYPTION },
  { file: "aes_wrap", ids: 165, reason: NO_DECRYPTION },
  { file: "ecdh_secp256r1_webcrypto", ids: 353, reason: NO_KEY_AGREEMENT },
  { file: "ecdh_secp384r1_webcrypto", ids: 794, reason: NO_KEY_AGREEMENT },
  { file: "ecdh_secp521r1_webcrypto", ids: 655, reason: NO_KEY_AGREEMENT },
  { file: "x25519_jwk", ids: 531, reason: NO_KEY_AGREEMENT },
  { file: "x448_jwk", ids: 523, reason: NO_KEY_AGREEMENT },
  { file: "pbes2_hmacsha256_aes_128", ids: 84, reason: NO_DECRYPTION },
  { file: "pbes2_hmacsha384_aes_192", ids: 84, reason: NO_DECRYPTION },
  { file: "pbes2_hmacsha512_aes_256", ids: 84, reason: NO_DECRYPTION },
  { file: "pbkdf2_hmacsha256", ids: 60, reason: NO_DECRYPTION },
  { file: "pbkdf2_hmacsha384", ids: 58, reason: NO_DECRYPTION },
  { file: "pbkdf2_hmacsha512", ids: 58, reason: NO_DECRYPTION },
  { file: "rsa_oaep_2048_sha1_mgf1sha1", ids: 36, reason: NO_DECRYPTION },
  { file: "rsa_oaep_2048_sha256_mgf1sha256", ids: 37, reason: NO_DECRYPTION },
  { file: "rsa_oaep_2048_sha384_mgf1sha384", ids: 34, reason: NO_DECRYPTION },
  { file: "rsa_oaep_2048_sha512_mgf1sha512", ids: 33, reason: NO_DECRYPTION },
  {
    file: "rsa_pkcs1_2048",
    ids: 67,
    reason: "decryption with RSA1_5, which the package leaves out for good: its padding is an oracle",
  },
]

/** Files of the JOSE cookbook. */
export const COOKBOOK_LEFT_OUT: ReadonlyMap<string, string> = new Map([
  ["curve25519-ecdh-es.json", NO_KEY_AGREEMENT],
  ["jwe-5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2.json", NO_DECRYPTION],
  ["jwe-5_2.key_encryption_using_rsa-oaep_with_aes-gcm.json", NO_DECRYPTION],
  ["jwe-5_3.key_wrap_using_pbes2-aes-keywrap_with-aes-cbc-hmac-sha2.json", NO_DECRYPTION],
  ["jwe-5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm.json", NO_DECRYPTION],
  ["jwe-5_5.key_agreement_using_ecdh-es_with_aes-cbc-hmac-sha2.json", NO_DECRYPTION],
  ["jwe-5_6.direct_encryption_using_aes-gcm.json", NO_DECRYPTION],
  ["jwe-5_7.key_wrap_using_aes-gcm_keywrap_with_aes-cbc-hmac-sha2.json", NO_DECRYPTION],
  ["jwe-5_8.key_wrap_using_aes-keywrap_with_aes-gcm.json", NO_DECRYPTION],
  ["jwe-5_9.compressed_content.json", NO_DECRYPTION],
  ["jwe-5_10.including_additional_authentication_data.json", NO_DECRYPTION],
  ["jwe-5_11.protecting_specific_header_fields.json", NO_DECRYPTION],
  ["jwe-5_12.protecting_content_only.json", NO_DECRYPTION],
  ["jwe-5_13.encrypting_to_multiple_recipients.json", NO_DECRYPTION],
])

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
]

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
