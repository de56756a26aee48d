/** Every case of PyJWT's tables is tested, or listed with the reason why not. */
import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { NOT_APPLICABLE } from "./not-applicable.ts"

const CASES = 465
/** The beginning of a test's name: `115: …`, `309, 311: …` or `112-114: …`. */
const NUMBERS = /["'`](\d{1,3}(?:-\d{1,3})?(?:, \d{1,3}(?:-\d{1,3})?)*): /g

function testedNumbers(): Set<number> {
  const folder = new URL("./", import.meta.url)
  const tested = new Set<number>()
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".test.ts") || file === "coverage.test.ts") continue
    for (const [, numbers = ""] of readFileSync(new URL(file, folder), "utf8").matchAll(NUMBERS)) {
      for (const number of numbers.split(", ").flatMap(expand)) tested.add(number)
    }
  }
  return tested
}

function expand(range: string): number[] {
  const [first = 0, last = first] = range.split("-").map(Number)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

test("every case from 1 to 465 is tested or has its reason", () => {
  const tested = testedNumbers()
  const reasons = new Set(NOT_APPLICABLE.map(({ number }) => number))
  const all = Array.from({ length: CASES }, (_, index) => index + 1)
  expect(all.filter((number) => !tested.has(number) && !reasons.has(number))).toEqual([])
  expect([...tested].filter((number) => number > CASES)).toEqual([])
})

test("no case has both a test and a reason against one", () => {
  const tested = testedNumbers()
  expect(NOT_APPLICABLE.filter(({ number }) => tested.has(number))).toEqual([])
})
