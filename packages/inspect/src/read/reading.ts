/** What was read of a text, in one shape for everything that JOSE knows. */

import type { JsonDocument, Range } from "./json.ts"
import type { Segment } from "./segment.ts"

/** What the text is. */
export type Form = "jws" | "jwe" | "sd-jwt" | "segment" | "jwk" | "jwks" | "json" | "unknown"

/** Something about the shape of the whole, beside the notes of its parts. */
export interface ShapeProblem {
  readonly code:
    | "too_large"
    | "empty"
    | "parts_two"
    | "parts_count"
    | "member_missing"
    | "member_type"
    | "signatures_empty"
    | "not_a_token"
  readonly range: Range
  /** The member or the number that it is about. */
  readonly detail: string
}

/** One signature of a JWS, with its headers. */
export interface SignaturePart {
  readonly header: Segment | undefined
  /** The header that no signature protects; JSON serializations only. */
  readonly unprotected: Segment | undefined
  readonly signature: Segment | undefined
}

/** One recipient of a JWE. */
export interface RecipientPart {
  readonly unprotected: Segment | undefined
  readonly encryptedKey: Segment | undefined
}

/** One disclosure of an SD-JWT (RFC 9901, section 4.2). */
export interface Disclosure {
  readonly segment: Segment
  /** The claim it discloses; undefined for an element of an array, or where it cannot be read. */
  readonly name: string | undefined
}

/** What was read. Nothing in it has been verified. */
export interface Reading {
  readonly form: Form
  readonly serialization: "compact" | "flattened" | "general" | undefined
  /** The text that all ranges point into. */
  readonly text: string
  /** All parts in the order of their text. */
  readonly segments: readonly Segment[]
  /** The protected header; of several signatures the first one's. */
  readonly header: Segment | undefined
  readonly payload: Segment | undefined
  readonly signatures: readonly SignaturePart[]
  readonly recipients: readonly RecipientPart[]
  readonly disclosures: readonly Disclosure[]
  /** The key binding of an SD-JWT. */
  readonly keyBinding: Reading | undefined
  /** The token in the payload. Ranges of it point into its own text. */
  readonly nested: Reading | undefined
  /** The whole text, where it is JSON. */
  readonly document: JsonDocument | undefined
  /** The payload is not in the token (RFC 7515, appendix F). */
  readonly isDetached: boolean
  /** The payload is not base64url (RFC 7797). */
  readonly isUnencoded: boolean
  /** The header says `none`, in whatever case, or there is no signature. */
  readonly isUnsecured: boolean
  readonly problems: readonly ShapeProblem[]
}

const NOTHING: Reading = {
  form: "unknown",
  serialization: undefined,
  text: "",
  segments: [],
  header: undefined,
  payload: undefined,
  signatures: [],
  recipients: [],
  disclosures: [],
  keyBinding: undefined,
  nested: undefined,
  document: undefined,
  isDetached: false,
  isUnencoded: false,
  isUnsecured: false,
  problems: [],
}

/** A reading with the members that are not as in an empty one. */
export function reading(members: Partial<Reading> & Pick<Reading, "form" | "text">): Reading {
  return { ...NOTHING, ...members }
}
