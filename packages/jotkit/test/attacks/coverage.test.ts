/** Every entry of the attack catalogue that concerns the core is tested, or listed with the reason why not. */
import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { ELSEWHERE } from "./elsewhere.ts"

/** Sections and how many entries they have; key sets over the network, web, cli and page are tested where they are. */
const SECTIONS: Readonly<Record<string, number>> = {
  A: 20,
  K: 20,
  I: 13,
  H: 15,
  S: 21,
  E: 24,
  C: 28,
  W: 28,
  J: 15,
  R: 9,
  U: 11,
}
/** The beginning of a test's name: `A1: …`. */
const NUMBER = /["'`]([A-Z]\d{1,2}): /g

function entries(): string[] {
  return Object.entries(SECTIONS).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  )
}

function testedEntries(): Set<string> {
  const folder = new URL("./", import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith(".test.ts") && file !== "coverage.test.ts")
  const sources = files.map((file) => readFileSync(new URL(file, folder), "utf8"))
  return new Set(sources.flatMap((source) => [...source.matchAll(NUMBER)].map(([, entry = ""]) => entry)))
}

test("every entry is tested or has its reason", () => {
  const tested = testedEntries()
  const reasons = new Set(ELSEWHERE.map(({ entry }) => entry))
  expect(entries().filter((entry) => !tested.has(entry) && !reasons.has(entry))).toEqual([])
})

test("no entry has both a test and a reason against one, and every number exists", () => {
  const tested = testedEntries()
  const known = new Set(entries())
  expect(ELSEWHERE.filter(({ entry }) => tested.has(entry) || !known.has(entry))).toEqual([])
  expect([...tested].filter((entry) => !known.has(entry))).toEqual([])
})
