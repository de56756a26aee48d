/** PyJWT, table I: the issuer. */
import { expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"
import { dec, hs } from "./tokens.ts"

const OK = "accepted"
const MISSING = "MissingRequiredClaimError claim_missing"
const INVALID = "InvalidIssuerError issuer_invalid"
const WRONG_OPTION = "UsageError option_invalid"

/** An absent claim or option. */
const NONE = undefined

test.each<[name: string, iss: unknown, issuer: unknown, expected: string]>([
  ["228: iss absent is accepted where none is expected", NONE, NONE, OK],
  ["228: any issuer is accepted where none is expected", "urn:any", NONE, OK],
  // differs: section 9.14: the type is checked in any case.
  ["228: iss null is refused where none is expected", null, NONE, INVALID],
  ["228: a number is refused where none is expected", 1, NONE, INVALID],
  ["228: a list is refused where none is expected", ["urn:a"], NONE, INVALID],
  ["229: iss absent is refused", NONE, "urn:wrong", MISSING],
  ["229: an empty expectation is one", NONE, "", MISSING],
  ["229: an empty list of expectations is one", NONE, [], MISSING],
  ["229: a number is no expectation", NONE, 1, WRONG_OPTION],
  ["230: iss null is refused", null, "urn:a", INVALID],
  ["230: a number is refused", 1, "urn:a", INVALID],
  ["230: true is refused", true, "urn:a", INVALID],
  ["230: a list is refused", ["urn:a"], "urn:a", INVALID],
  ["231: the same issuer is accepted", "urn:foo", "urn:foo", OK],
  ["232: another issuer is refused", "urn:foo", "urn:wrong", INVALID],
  ["233: a part of the one expected is refused", "urn:", "urn:expected", INVALID],
  ["233: a part of one in the list is refused", "urn", ["urn:a"], INVALID],
  ["234: the beginning of the one expected is refused", "urn:a", "urn:ab", INVALID],
  ["234: an empty issuer is refused", "", "urn:a", INVALID],
  ["234: an empty expectation matches no other", "urn:a", "", INVALID],
  ["235: an empty issuer is what an empty expectation matches", "", "", OK],
  ["236: one of those expected is accepted", "urn:foo", ["urn:foo", "urn:bar"], OK],
  // differs: core-api: the option is a text or an array of texts.
  ["236: a Set is no list", "urn:foo", new Set(["urn:foo"]), WRONG_OPTION],
  ["236: an object is no list", "urn:foo", { "urn:foo": 1 }, WRONG_OPTION],
  ["237: none of those expected is refused", "urn:foo", ["urn:wrong", "urn:bar", "urn:baz"], INVALID],
  ["237: an empty list of expectations matches nothing", "urn:foo", [], INVALID],
  ["238: a number is not its digits", 123, "123", INVALID],
  ["238: digits are not a number", "123", 123, WRONG_OPTION],
  ["238: bytes are no expectation", "urn:foo", new TextEncoder().encode("urn:foo"), WRONG_OPTION],
])("%s", (_name, iss, issuer, expected) => {
  const claims = iss === NONE ? { hello: "world" } : { iss }
  expect(outcome(() => dec(hs(claims), { issuer: untyped(issuer) }))).toBe(expected)
})

test("239: iss is not checked if so asked", () => {
  expect(outcome(() => dec(hs({ iss: "urn:foo" }), { issuer: "urn:wrong", verify: { iss: false } }))).toBe(OK)
})
