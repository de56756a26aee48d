import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { ENCRYPTION_KINDS } from "./vectors/left-out.ts"
import { type MadeCase, problemsOf, READ_KINDS } from "./vectors/made-case.ts"

const { cases } = JSON.parse(readFileSync(new URL("./vectors/made/sample.json", import.meta.url), "utf8")) as {
  cases: MadeCase[]
}

test("every case of the made corpus that is about signatures gets the expected answer at every door", async () => {
  const problems = (await Promise.all(cases.filter(({ kind }) => READ_KINDS.has(kind)).map(problemsOf))).flat()
  expect(problems).toEqual([])
})

test("all cases are run, but for the ones about encryption", () => {
  expect(cases.filter(({ kind }) => READ_KINDS.has(kind))).toHaveLength(43)
  expect(cases.filter(({ kind }) => ENCRYPTION_KINDS.has(kind))).toHaveLength(40)
  expect(cases).toHaveLength(83)
})

test("the adapter reports wrong answers", async () => {
  const [valid] = cases
  if (valid === undefined) throw new Error("the corpus is empty")
  expect(await problemsOf({ ...valid, expect: "invalid" })).toHaveLength(4)
  expect(await problemsOf({ ...valid, claims: { iss: "another" } })).toHaveLength(4)
  expect(await problemsOf({ ...valid, algorithms: ["HS512"], expect: "invalid", error: "signature" })).toHaveLength(4)
})
