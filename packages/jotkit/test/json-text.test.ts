/** Member names written with escapes: V8 of Node 24 and 26 forgets them once it has seen the name `\` (nodejs/node#63785). */

import { createHmac } from "node:crypto"
import { decode, decodeUnverified, encode, InvalidTokenError, Jwk, Verifier } from "jotkit"
import { describe, expect, test } from "vitest"

const SECRET = "a secret that is long enough for HS256"

function signed(header: string, payload: string): string {
  const input = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`
  return `${input}.${createHmac("sha256", SECRET).update(input).digest("base64url")}`
}

const HEADER = '{"alg":"HS256"}'

/** What a stranger needs no key for: a text in which a member is named `\`, after members as in `prefix`. */
function poison(prefix: string): void {
  for (let time = 0; time < 3; time++) {
    expect(() => decode(`${Buffer.from(`{${prefix}"\\\\":0}`).toString("base64url")}.e30.x`, SECRET)).toThrow()
    JSON.parse(`{${prefix}"\\\\":0}`)
  }
}

describe("a text that holds a member named \\ changes nothing of the next", () => {
  test("the expiry stays the expiry", () => {
    poison("")
    poison('"sub":"x",')
    const token = signed(HEADER, '{"sub":"a","\\u0065xp":1}')
    expect(() => decode(token, SECRET, { algorithms: ["HS256"] })).toThrow(
      expect.objectContaining({ code: "token_expired" }),
    )
    expect(() => new Verifier({ key: SECRET, algorithms: ["HS256"] }).verify(token)).toThrow(InvalidTokenError)
    expect(Object.keys(decodeUnverified(token).payload as object)).toStrictEqual(["sub", "exp"])
  })

  test("header parameters keep their names", () => {
    poison("")
    poison('"alg":"HS256",')
    const token = signed('{"alg":"HS256","\\u0063rit":["x"],"x":1}', "{}")
    expect(() => decode(token, SECRET, { algorithms: ["HS256"] })).toThrow(
      expect.objectContaining({ code: "crit_invalid" }),
    )
  })

  test("a name that occurs twice is found, in whatever spelling", () => {
    poison('"a":1,')
    const token = signed(HEADER, '{"a":1,"\\u0061":2}')
    expect(() => decode(token, SECRET, { algorithms: ["HS256"] })).toThrow(
      expect.objectContaining({ code: "duplicate_member" }),
    )
  })

  test("a key keeps its members", () => {
    poison('"kty":"oct",')
    expect(Jwk.from('{"kty":"oct","\\u006b":"AAAA","\\u0061lg":"HS256"}').algorithm).toBe("HS256")
  })

  test("what encode wrote is what decode reads", () => {
    poison("")
    const claims = { '"': 1, "\n": { "\\": [{ '"': "\\", "": null }], "\u0000": true }, plain: "a: b\\" }
    const token = encode(claims, SECRET, { algorithm: "HS256" })
    expect(decode(token, SECRET, { algorithms: ["HS256"] })).toStrictEqual(claims)
  })
})

describe("names with escapes are read as JSON.parse says", () => {
  const read = (payload: string, reviver?: (this: unknown, name: string, value: unknown) => unknown): unknown =>
    decode(signed(HEADER, payload), SECRET, { algorithms: ["HS256"], reviver })

  test("nested, with white space, values of every kind", () => {
    expect(
      read(
        ' {\n"\\u0061" : [ 1, -2.5e3 ,"\\u0062\\"", true,\tfalse, null, {}, [ ], [[{"\\/x":"y"}]] ] , "b":{"\\"":{"c":""}}}',
      ),
    ).toStrictEqual({ a: [1, -2500, 'b"', true, false, null, {}, [], [[{ "/x": "y" }]]], b: { '"': { c: "" } } })
  })

  test("__proto__ is a member as any other", () => {
    const claims = read('{"\\u005f_proto__":{"polluted":true}}') as object
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
    expect(Object.keys(claims)).toStrictEqual(["__proto__"])
  })

  test("a reviver sees what it sees in JSON.parse", () => {
    const payload = '{"a\\u0062":{"c":[1,{"\\"":2}]},"d":[3,4],"gone":5}'
    const watch = (): { seen: unknown[]; reviver(this: unknown, name: string, value: unknown): unknown } => {
      const seen: unknown[] = []
      return {
        seen,
        reviver(name, value) {
          seen.push([name, structuredClone(value), Array.isArray(this)])
          if (name === "gone" || value === 3) return undefined
          return typeof value === "number" ? value * 10 : value
        },
      }
    }
    const [ours, native] = [watch(), watch()]
    const want = JSON.parse(payload.replace("\\u0062", "b").replace('\\"', "q"), native.reviver)
    const got = read(payload, ours.reviver)
    const plain = (value: unknown): string => JSON.stringify(value).replaceAll('\\"', "q")
    expect(plain(got)).toBe(plain(want))
    expect(plain(ours.seen)).toBe(plain(native.seen))
  })

  test("what is not JSON is refused, deep nesting as well", () => {
    const code = (payload: string): unknown => {
      try {
        return read(payload)
      } catch (error) {
        return (error as InvalidTokenError).code
      }
    }
    expect(code('{"\\u0061":}')).toBe("payload_invalid")
    expect(code('{"\\x":1}')).toBe("payload_invalid")
    expect(code(`{"\\u0061":${"[".repeat(5000)}${"]".repeat(5000)}}`)).toBe("payload_invalid")
  })
})
