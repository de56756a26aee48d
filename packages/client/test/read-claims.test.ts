/** readClaims: the claims of a token that nobody has verified. */
import { ClientError, readClaims } from "@jotkit/client"
import fc from "fast-check"
import { encode } from "jotkit"
import * as v from "valibot"
import { describe, expect, expectTypeOf, test } from "vitest"
import { z } from "zod"

const SECRET = "0123456789abcdef0123456789abcdef"
const token = (claims: object) => encode(claims as Record<string, unknown>, SECRET)
const base64url = (bytes: string | Uint8Array) => Buffer.from(bytes).toString("base64url")
const withPayload = (payload: string | Uint8Array) => `e30.${base64url(payload)}.c2ln`

test("reads what was written, whatever the language", () => {
  fc.assert(
    fc.property(fc.record({ nickname: fc.string({ unit: "grapheme" }), sub: fc.string() }), (claims) => {
      expect(readClaims(token(claims))).toEqual(claims)
    }),
  )
  expect(readClaims(token({ nickname: "小林 🦊", locale: "zh-TW" }))["nickname"]).toBe("小林 🦊")
})

test("a schema of any maker gives the claims their type", () => {
  const text = token({ nickname: "Ada", roles: ["admin"] })
  const byZod = readClaims(text, z.object({ nickname: z.string() }))
  const byValibot = readClaims(text, v.object({ nickname: v.string() }))
  expectTypeOf(byZod.nickname).toEqualTypeOf<string>()
  expectTypeOf(byValibot.nickname).toEqualTypeOf<string>()
  expect([byZod, byValibot]).toEqual([{ nickname: "Ada" }, { nickname: "Ada" }])
})

test("own members stay own members", () => {
  const claims = readClaims(withPayload('{"__proto__":{"admin":true}}'))
  expect(Object.hasOwn(claims, "__proto__")).toBe(true)
  expect(({} as Record<string, unknown>)["admin"]).toBeUndefined()
})

describe("refuses", () => {
  test.each([
    ["nothing", ""],
    ["two parts", "e30.e30"],
    ["four parts", "e30.e30.e30.e30"],
    ["an encrypted token", "e30.e30.e30.e30.e30"],
    ["an empty payload", "e30..c2ln"],
    ["padding", "e30.e30=.c2ln"],
    ["letters of standard base64", "e30.e30+.c2ln"],
    ["white space", " e30.e30.c2ln"],
    ["a scheme before it", "Bearer e30.e30.c2ln"],
    ["bytes that are no UTF-8", withPayload(Uint8Array.of(0x22, 0xc3, 0x28, 0x22))],
    ["what is no JSON", withPayload("{marked")],
  ])("%s", (_, text) => {
    expect(() => readClaims(text)).toThrow(expect.objectContaining({ name: "ClientError", code: "token_malformed" }))
  })

  test.each(["null", "[]", "1", '"marked"'])("claims that are %s", (payload) => {
    expect(() => readClaims(withPayload(payload))).toThrow(expect.objectContaining({ code: "claims_unexpected" }))
  })

  test.each([undefined, null, 1, {}, Symbol("x")])("what is no text: %s", (value) => {
    // What the types refuse, programs without types may do.
    expect(() => readClaims(value as unknown as string)).toThrow(ClientError)
  })

  test("claims that the schema does not take, and a schema that waits", () => {
    const number = v.object({ nickname: v.number() })
    const slow = v.pipeAsync(v.object({ nickname: v.string() }))
    for (const schema of [number, slow, z.object({ nickname: z.number() })])
      expect(() => readClaims(token({ nickname: "Ada" }), schema)).toThrow(
        expect.objectContaining({ code: "claims_unexpected" }),
      )
  })

  test("without saying what the token was", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (text) => {
        try {
          readClaims(`${text}marked`)
        } catch (error) {
          expect(`${error} ${JSON.stringify(error)} ${(error as Error).cause}`).not.toContain("marked")
        }
      }),
    )
  })
})
