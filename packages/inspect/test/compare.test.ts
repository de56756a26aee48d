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

test("never repeats what is private of a key", () => {
  const key = (d: string, more = "") => `{"kty":"EC","kid":"1","d":"${d}"${more}}`
  const sets = (...keys: string[]) => read(`{"keys":[${keys.join(",")}]}`)
  expect(compare(sets(), sets(key("secret-one")))).toEqual([
    { path: "/keys/1", kind: "added", before: undefined, after: '{"kty":"EC","kid":"1","d":"…"}' },
  ])
  expect(compare(sets(key("secret-one")), sets(key("secret-two", ',"alg":"ES256"')))).toEqual([
    { path: "/keys/1/d", kind: "changed", before: '"…"', after: '"…"' },
    { path: "/keys/1/alg", kind: "added", before: undefined, after: '"ES256"' },
  ])
  const bound = (d: string) => read(token(`{"cnf":{"jwk":${key(d)}},"d":1}`))
  expect(JSON.stringify(compare(bound("secret-one"), read(token('{"d":2}'))))).not.toContain("secret-one")
  expect(compare(bound("a"), bound("b"))).toEqual([
    { path: "/payload/cnf/jwk/d", kind: "changed", before: '"…"', after: '"…"' },
  ])
  // A claim of that name is a claim.
  expect(compare(read(token('{"d":1}')), read(token('{"d":2}')))).toEqual([
    { path: "/payload/d", kind: "changed", before: "1", after: "2" },
  ])
})
