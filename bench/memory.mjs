// @ts-check
// One million different tokens through a verifier with a bounded cache: where the heap is before and after. Run with --expose-gc.
import { Verifier } from "jotkit"
import { hs256, SECRET } from "./tokens.mjs"

const TOKENS = 1_000_000
const verifier = new Verifier({ key: SECRET, algorithms: ["HS256"], cache: { maxSize: 1000 } })
const heap = () => {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
const verify = (/** @type {number} */ index) => verifier.verify(hs256({ sub: `user-${index}`, exp: 4_000_000_000 }))

for (let index = 0; index < 20_000; index++) verify(-index)
const before = heap()
for (let index = 0; index < TOKENS; index++) verify(index)
const after = heap()
console.log(JSON.stringify({ tokens: TOKENS, before, after }))
