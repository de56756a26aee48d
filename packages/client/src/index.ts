/**
 * The app's side of a token: claims that are there at once, `fetch` with a credential, and one refresh at a time in all tabs.
 *
 * @module
 */

export {
  type Client,
  type ClientOptions,
  createClient,
  type Fetch,
  type ProofMaker,
} from "./core/client.ts"
export { ClientError, type ClientErrorCode } from "./core/errors.ts"
export type { WebStorage } from "./core/platform.ts"
export { readClaims } from "./core/read-claims.ts"
export type { ResourceInit } from "./core/request.ts"
export type { InferOutput, StandardResult, StandardSchemaV1, UnverifiedClaims } from "./core/schema.ts"
export type { ChangeReason, ClientChange } from "./core/session.ts"
export { type ClientStorage, keepInSession, unsafeKeepInLocal } from "./core/storage.ts"
