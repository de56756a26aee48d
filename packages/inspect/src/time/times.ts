/** The times of a token, for those who read no seconds. */

import { memberOf } from "../read/json.ts"
import type { Reading } from "../read/reading.ts"
import { explainTime, isoTime } from "./words.ts"

/** Claims that are a NumericDate (RFC 7519, section 2). */
export const TIME_CLAIMS: readonly string[] = ["exp", "nbf", "iat", "auth_time", "updated_at", "toe"]

/** Each time claim that says a moment, as ISO 8601 in UTC; what was meant, also where it is written in another unit. */
export function timesOf({ payload }: Reading): Readonly<Record<string, string>> {
  const found = TIME_CLAIMS.flatMap((name) => {
    const value = memberOf(payload?.json?.root, name)?.value
    const { seconds } = value === undefined ? {} : explainTime(value)
    const iso = seconds === undefined ? undefined : isoTime(seconds)
    return iso === undefined ? [] : [[name, iso] as const]
  })
  return Object.fromEntries(found)
}
