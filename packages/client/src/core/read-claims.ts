import { ClientError } from "./errors.ts"
import { type InferOutput, judgeClaims, type StandardSchemaV1, type UnverifiedClaims } from "./schema.ts"

/**
 * Reads the claims of a signed token without verifying it: to show a name, never to decide by. Anyone can write a token that reads the
 * same. Servers verify with `jotkit`.
 *
 * @param token - Three parts with dots between them (RFC 7515, section 3.1). An encrypted token cannot be read.
 * @throws ClientError `token_malformed` for what is no such token: base64url, UTF-8 or JSON that does not hold.
 *   `claims_unexpected` where the claims are no object.
 */
export function readClaims(token: string): UnverifiedClaims
/**
 * The same, with a schema that says what the claims are, and gives them their type.
 *
 * @param schema - Standard Schema v1; it answers at once.
 * @throws ClientError `claims_unexpected`, besides, where the schema does not take them.
 */
export function readClaims<S extends StandardSchemaV1>(token: string, schema: S): UnverifiedClaims<InferOutput<S>>
export function readClaims(token: string, schema?: StandardSchemaV1): unknown {
  return judgeClaims(parsePayload(token), schema)
}

function parsePayload(token: unknown): unknown {
  try {
    const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(String(token))?.[1] ?? ""
    const bytes = atob(payload.replace(/-/g, "+").replace(/_/g, "/"))
    // As strict as TextDecoder, which native runtimes do not have.
    const escapes = bytes.replace(/./gs, (byte) => `%${(0x100 + byte.charCodeAt(0)).toString(16).slice(1)}`)
    return JSON.parse(decodeURIComponent(escapes))
  } catch {
    // What the platform says would quote the token.
    throw new ClientError("token_malformed", "expected a token of three parts, with JSON")
  }
}
