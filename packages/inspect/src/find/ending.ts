/** How a token ends, as its header says. */

import { signatureLength } from "../keys/signature-length.ts"
import { textMember } from "../read/json.ts"
import { base64Segment } from "../read/segment.ts"

/** The last part of a token. */
export interface Ending {
  /** Dots before it. */
  readonly dots: number
  /** How many letters it has; undefined where the key says. */
  readonly letters: number | undefined
}

/** Reads a header for it: the tag of an encrypted token (RFC 7518, section 5), the signature of any other. */
export function endingOf(header: string): Ending {
  const { json } = base64Segment({ name: "header", path: "", start: 0 }, header, "object")
  const encryption = textMember(json?.root, "enc")
  if (encryption !== undefined) return { dots: 4, letters: lettersOf(tagLength(encryption)) }
  const algorithm = textMember(json?.root, "alg") ?? ""
  return { dots: 2, letters: algorithm === "none" ? 0 : lettersOf(signatureLength(algorithm)) }
}

/** With CBC as long as half of its hash, with GCM 128 bits. */
function tagLength(encryption: string): number {
  return Number(/HS(\d+)$/.exec(encryption)?.[1] ?? 256) / 16
}

function lettersOf(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.ceil((bytes * 4) / 3)
}
