/** PyJWT, table J: subject and token id. */
import type { DecodeOptions } from "jotkit"
import { describe, expect, test } from "vitest"
import { outcome, untyped } from "./outcome.ts"
import { dec, hs } from "./tokens.ts"

const OK = "accepted"
const MISSING = "MissingRequiredClaimError claim_missing"
const BAD_SUB = "InvalidSubjectError subject_invalid"
const BAD_JTI = "InvalidJtiError jwt_id_invalid"
const WRONG_OPTION = "UsageError option_invalid"

type Row = [name: string, claims: object, options: DecodeOptions, expected: string]

describe("sub", () => {
  test.each<Row>([
    ["240: is accepted where none is expected", { sub: "user123" }, {}, OK],
    ["240: is accepted if it is the one expected", { sub: "user123" }, { subject: "user123" }, OK],
    ["241: is refused if it is another", { sub: "user123" }, { subject: "user456" }, BAD_SUB],
    ["242: may be absent where none is expected", {}, {}, OK],
    // differs: section 9.13: what is expected has to be there.
    ["243: must not be absent where one is expected", {}, { subject: "u" }, MISSING],
    ["243: is not expected as a number", {}, { subject: untyped(1) }, WRONG_OPTION],
    ["244: must not be null", { sub: null }, {}, BAD_SUB],
    ["244: must not be an array", { sub: ["u"] }, {}, BAD_SUB],
    ["244: must not be an object", { sub: {} }, {}, BAD_SUB],
    ["245: may be empty", { sub: "" }, {}, OK],
    ["245: may be expected to be empty", { sub: "" }, { subject: "" }, OK],
    ["245: is refused if it is empty and another is expected", { sub: "" }, { subject: "u" }, BAD_SUB],
    ["246: is refused if an empty one is expected", { sub: "u" }, { subject: "" }, BAD_SUB],
    ["246: is not compared with a number", { sub: "u" }, { subject: untyped(1) }, WRONG_OPTION],
    ["247: is not normalised", { sub: "\u00e9" }, { subject: "e\u0301" }, BAD_SUB],
    ["248: may be of any type if not checked", { sub: 1 }, { verify: { sub: false } }, OK],
    ["248: may be another if not checked", { sub: "a" }, { subject: "b", verify: { sub: false } }, OK],
    ["249: must not be absent if required", {}, { subject: "u", require: ["sub"] }, MISSING],
  ])("%s", (_name, claims, options, expected) => {
    expect(outcome(() => dec(hs(claims), options))).toBe(expected)
  })

  test("244: must not be a number", () => {
    const token =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOjEyMjQzNDR9.Hdrk_ROYl9vI2ikt18VNqqgLBofw1UR5giygyHhCvr8"
    expect(outcome(() => dec(token))).toBe(BAD_SUB)
  })
})

describe("jti", () => {
  test.each<Row>([
    ["250: is accepted", { jti: "unique-id-456" }, {}, OK],
    ["250: may be absent", {}, {}, OK],
    ["250: may be empty", { jti: "" }, {}, OK],
    ["251: must not be null", { jti: null }, {}, BAD_JTI],
    ["251: must not be an array", { jti: ["a"] }, {}, BAD_JTI],
    ["251: must not be an object", { jti: {} }, {}, BAD_JTI],
    ["252: may be of any type if not checked", { jti: 1 }, { verify: { jti: false } }, OK],
    // differs: section 9.13: PyJWT cannot expect a token id.
    ["250: is accepted if it is the one expected", { jti: "a" }, { jwtId: "a" }, OK],
    ["250: is refused if it is another", { jti: "a" }, { jwtId: "b" }, BAD_JTI],
    ["250: must not be absent where one is expected", {}, { jwtId: "a" }, MISSING],
  ])("%s", (_name, claims, options, expected) => {
    expect(outcome(() => dec(hs(claims), options))).toBe(expected)
  })

  test("251: must not be a number", () => {
    const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOjEyMjIzfQ.bh7KDMLGzlvRubwMhnfwPtpK81Tpw8rHGFQykM84fe4"
    expect(outcome(() => dec(token))).toBe(BAD_JTI)
  })
})
