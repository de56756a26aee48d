/** Random bytes for keys, vectors and salts, from the platform's generator. */
import { engine } from "../crypto/platform.ts"

/** Asking the generator costs more than the bytes: it is asked for some in advance, and each is given out once. */
const POOL_BYTES = 4096
let pool = new Uint8Array()
let used = 0

/** Random bytes; each in memory of their own. */
export function randomBytes(length: number): Uint8Array {
  if (used + length > pool.length) {
    pool = new Uint8Array(engine.randomBytes(Math.max(POOL_BYTES, length)))
    used = 0
  }
  const bytes = pool.slice(used, used + length)
  // What was given out is not kept here, too.
  pool.fill(0, used, used + length)
  used += length
  return bytes
}
