/** The cases of PyJWT's tables that have no test here, because they are about Python or about a part that is not here. */
interface NotApplicable {
  readonly number: number
  readonly reason: string
}

export const NOT_APPLICABLE: readonly NotApplicable[] = [
  { number: 271, reason: "options of an instance and of a call are not merged: a Verifier takes its options once" },
  { number: 274, reason: "verifyJws always verifies, and nothing about a call outlives it" },
  { number: 310, reason: "no algorithm is without its curve" },
  { number: 379, reason: "an algorithm object neither reads nor writes JWKs; `none` has no key" },
  { number: 404, reason: "a JwksClient always keeps its set; a request for every token is not offered" },
  { number: 409, reason: "there is one cache, the set; its bound is maxKeys" },
  { number: 443, reason: "a key's family is checked by prepareKey and cannot be asked for on its own" },
]
