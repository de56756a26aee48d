/** Bytes: what each claim costs, against what cookies and headers may hold. */

import { locationOf } from "../read/locate.ts"
import type { Reading } from "../read/reading.ts"
import { finding, type LintRule } from "./context.ts"

const COOKIE = 4096
const HEADER = 8192

/** What one part or claim takes. */
export interface SizeEntry {
  /** `/header`, `/signature`, or a claim: `/payload/groups`. */
  readonly path: string
  /** Characters of the token. */
  readonly characters: number
}

/** What a token is made of, the largest first. */
export function sizesOf(reading: Reading): SizeEntry[] {
  const entries = reading.segments.flatMap((segment): SizeEntry[] => {
    const { root } = segment.json ?? {}
    if (segment.name !== "payload" || root?.type !== "object")
      return [{ path: segment.path, characters: segment.range[1] - segment.range[0] }]
    return root.members.map(({ name, nameRange, value }) => {
      const [start, end] = locationOf(segment, undefined, [nameRange[0], value.range[1]]).characters
      return { path: `${segment.path}/${name}`, characters: end - start }
    })
  })
  return entries.sort((one, other) => other.characters - one.characters)
}

/** SIZE */
export const checkSize: LintRule = (context) => {
  const { length } = context.reading.text
  if (length <= COOKIE || context.reading.form === "jwks" || context.reading.form === "jwk") return []
  const variant = length > HEADER ? "header" : "cookie"
  const largest = sizesOf(context.reading)[0]
  return [finding(context, "SIZE", largest?.path ?? "", { variant, detail: String(length) })]
}
