// @ts-check
// Headers and tokens that nobody has thought of, the same ones each time.
import fc from "fast-check"
import { A, made } from "./flask-requests.mjs"

const SEED = 1
const R = made({ type: "refresh" })
const words = ["Bearer", "JWT", "Basic", "bearerx", "x", "a.b.c", "=", '"', 'realm="x"', "Digest", "é", "Bearer:", "0"]
const gap = fc.constantFrom(" ", "  ", "\t", " \t ")
const item = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(A, R, "Bearer", "JWT")), { minLength: 1, maxLength: 4 })
  .chain((list) => gap.map((between) => list.join(between)))
const list = fc
  .array(item, { minLength: 1, maxLength: 4 })
  .chain((items) => fc.constantFrom(",", ", ", " , ", ",,").map((by) => items.join(by)))
// A list of nothing is a known difference: there is an item.
const value = fc.tuple(fc.constantFrom("", ",", ", ", ",,"), list, fc.constantFrom("", ",", " ,", ", ", ",,, "))

/** Values of a header. */
export const VALUES = fc.sample(value, { seed: SEED, numRuns: 300 }).map((parts) => parts.join(""))

const letters = [..."AZaz09-_.+/=", " ", "é"]
const change = fc.record({ at: fc.nat(), by: fc.constantFrom("", ...letters), removes: fc.constantFrom(0, 1, 2) })

/** Tokens with one place changed. */
export const TOKENS = fc
  .sample(fc.tuple(fc.constantFrom(A, R), change), { seed: SEED, numRuns: 200 })
  .map(([token, { at, by, removes }]) => {
    const place = at % token.length
    return token.slice(0, place) + by + token.slice(place + removes)
  })
