/** Everything public that is not run, or answered differently from what the vector says, each with its reason. The only such list. */

/** Vectors for encryption (RFC 7516), by kind: read, counted, and waiting for the part of the package that decrypts. */
export const ENCRYPTION_KINDS: ReadonlySet<string> = new Set([
  "jwe",
  "jwe-json",
  "jwe-compact",
  "jwe-general",
  "jwe-flattened",
  "jwt-encrypted",
  "jwt-nested",
  "aead",
  "ecdh",
  "ecdh-es-kdf",
])

/** Kinds of RFC examples that belong to another package: a DPoP proof is verified by its embedded key, which a verifier never uses. */
export const OTHER_KINDS: ReadonlySet<string> = new Set(["dpop-proof"])

export interface Exception {
  readonly file: string
  readonly ids: readonly number[]
  /** What we answer: `left out` is not run at all. */
  readonly answer: "accept" | "refuse" | "left out"
  readonly reason: string
}

export const EXCEPTIONS: readonly Exception[] = [
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
    reason: "two keys with one kid: every fitting key of a trusted set is tried",
  },
  {
    file: "json_web_key",
    ids: [7],
    answer: "left out",
    reason: "weak RSA key of a faulty chip: there is no ROCA check, as docs/explanation/why-not.md says",
  },
  {
    file: "json_web_crypto",
    ids: [46],
    answer: "left out",
    reason: "weak RSA key of a faulty chip: there is no ROCA check, as docs/explanation/why-not.md says",
  },
  {
    file: "json_web_crypto",
    ids: [47],
    answer: "refuse",
    reason: "flagged ambiguous: a set with secrets and public keys is refused",
  },
  {
    file: "json_web_crypto",
    ids: [17],
    answer: "accept",
    reason: "the JSON serialization is read by verifyJws, which is called for it by name; `decode` takes compact tokens only",
  },
]
