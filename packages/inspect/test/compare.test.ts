/** Comparison: what two tokens say differently. */
import { compare, read } from "@jotkit/inspect"
import { expect, test } from "vitest"

const token = (claims: string) => `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(claims).toString("base64url")}.AAAA`
const kinds = (before: string, after: string) =>
  compare(read(before), read(after)).map(({ path, kind }) => `${kind} ${path}`)

test.each<[string, string, string[]]>([
  ['{"a":1}', '{"a":1}', []],
  ['{"a":1,"b":2}', '{"a":1,"c":2}', ["removed /payload/b", "added /payload/c"]],
  ['{"a":1}', '{"a":2}', ["changed /payload/a"]],
  ['{"a":1}', '{"a":"1"}', ["type /payload/a"]],
  ['{"a":1.0}', '{"a":1}', ["written /payload/a"]],
  ['{"a":1,"b":2}', '{"b":2,"a":1}', ["order /payload"]],
  ['{"a":[1,2]}', '{"a":[1,3,4]}', ["changed /payload/a/1", "added /payload/a/2"]],
  ['{"a":{"b/c":1}}', '{"a":{"b/c":2}}', ["changed /payload/a/b~1c"]],
  ["hello", "world", ["changed /payload"]],
])("between %s and %s", (before, after, expected) => {
  expect(kinds(token(before), token(after))).toEqual(expected)
})

test("shows both sides as they are written", () => {
  expect(compare(read(token('{"a":1.0}')), read(token('{"a":2e0}')))).toEqual([
    { path: "/payload/a", kind: "changed", before: "1.0", after: "2e0" },
  ])
})

test("tells keys of a set apart by their id", () => {
  const key = (kid: string, alg: string) => `{"kty":"EC","kid":"${kid}","alg":"${alg}"}`
  const before = `{"keys":[${key("1", "ES256")},${key("2", "ES256")}]}`
  const after = `{"keys":[${key("2", "ES384")},${key("3", "ES256")}]}`
  expect(kinds(before, after)).toEqual(["removed /keys/1", "changed /keys/2/alg", "added /keys/3"])
})

test("says where there is a signature only on one side", () => {
  expect(kinds(token("{}"), token("{}").slice(0, -5))).toEqual(["removed /signature"])
})
