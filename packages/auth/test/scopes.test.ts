/** Scopes (RFC 6749, section 3.3; RFC 6750, section 3.1; RFC 8693, section 4.2). */
import { type AuthOptions, createAuth, type Scopes } from "@jotkit/auth"
import fc from "fast-check"
import { decodeUnverified, encode } from "jotkit"
import { describe, expect, test } from "vitest"
import { bearer, SECRET, START, standard } from "./asking.ts"

const { auth } = standard()

/** A token with whatever claim. */
function withScope(scope: unknown): string {
  const claims = { iss: "https://api.example", aud: "https://api.example", sub: "ada", exp: START + 60, type: "access" }
  return encode({ ...claims, scope }, SECRET, { header: { typ: "at+jwt" } })
}

describe("a guard with scopes", () => {
  test.each<[title: string, claim: unknown, needed: Scopes, passes: boolean]>([
    ["the one word", "read", "read", true],
    ["one word of several", "write read admin", "read", true],
    ["all words, in another order", "write read", ["read", "write"], true],
    ["one of two words", "read", ["read", "write"], false],
    ["one of two words, where any is enough", "write", { any: ["read", "write"] }, true],
    ["neither word", "admin", { any: ["read", "write"] }, false],
    ["any of one", "read", { any: "read" }, true],
    ["a longer word that begins alike", "readwrite", "read", false],
    ["a shorter word", "read", "readwrite", false],
    ["another case", "Read", "read", false],
    ["words between commas", "read,write", "read", false],
    ["words between tabs", "read\twrite", "read", false],
    ["two spaces between words", "write  read", "read", true],
    ["an empty claim", "", "read", false],
    ["no claim", undefined, "read", false],
    ["null", null, "read", false],
    ["an array", ["read"], "read", false],
    ["an object with the word as a member", { read: true }, "read", false],
    ["a number", 1, "1", false],
  ])("judges %s", async (_, claim, scopes, passes) => {
    const verdict = await auth.check(bearer(withScope(claim)), { scopes })
    expect(verdict.allowed ? "allowed" : verdict.code).toBe(passes ? "allowed" : "insufficient_scope")
  })

  test("tells which scopes are needed, and answers 403", async () => {
    const request = bearer(withScope("read"))
    expect(await auth.check(request, { scopes: ["read", "write"] })).toMatchObject({
      status: 403,
      code: "insufficient_scope",
      body: { error: "insufficient_scope", message: "the token lacks a scope that is needed here" },
      challenge: 'Bearer error="insufficient_scope", scope="read write"',
      headers: { "www-authenticate": 'Bearer error="insufficient_scope", scope="read write"' },
    })
    expect(await auth.check(request, { scopes: { any: ["admin", "write"] } })).toMatchObject({
      challenge: 'Bearer error="insufficient_scope", scope="admin write"',
    })
  })

  test("asks for scopes and roles alike", async () => {
    const guard = auth.guard({ scopes: "read", roles: "admin" })
    const token = (scope: string, roles: readonly string[]) =>
      auth.createAccessToken("ada", { scope, claims: { roles } })
    expect(await guard(bearer(await token("read", ["admin"])))).toMatchObject({ allowed: true })
    expect(await guard(bearer(await token("read", [])))).toMatchObject({ code: "insufficient_role" })
    expect(await guard(bearer(await token("write", ["admin"])))).toMatchObject({ code: "insufficient_scope" })
  })

  test("takes the roles of a token for no scopes, and its scopes for no roles", async () => {
    const token = await auth.createAccessToken("ada", { scope: "admin", claims: { roles: ["read"] } })
    expect(await auth.check(bearer(token), { scopes: "read" })).toMatchObject({ code: "insufficient_scope" })
    expect(await auth.check(bearer(token), { roles: "admin" })).toMatchObject({ code: "insufficient_role" })
  })

  test.each<[unknown]>([[[]], [""], [["read", ""]], ["read write"], ['read"'], ["réad"], [{}], [{ any: [] }], [5]])(
    "does not come to be with %j",
    (scopes) => {
      expect(() => auth.guard({ scopes: scopes as string })).toThrow(/`scopes(?:\.any)?`/)
    },
  )

  test("names the option that is spelled wrong", () => {
    expect(() => auth.guard({ scopes: { all: ["read"] } as unknown as Scopes })).toThrow(/scopes has no option `all`/)
  })

  test("passes words alone that the claim holds, whatever the words", async () => {
    const word = fc.stringMatching(/^[!#-[\]-~]{1,8}$/)
    const words = fc.uniqueArray(word, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(words, words, async (granted, scopes) => {
        const request = bearer(withScope(granted.join(" ")))
        const all = await auth.check(request, { scopes })
        const any = await auth.check(request, { scopes: { any: scopes } })
        expect(all.allowed).toBe(scopes.every((needed) => granted.includes(needed)))
        expect(any.allowed).toBe(scopes.some((needed) => granted.includes(needed)))
      }),
      { numRuns: 50 },
    )
  })
})

describe("the scope of a session", () => {
  test("is in its access tokens, before and after a refresh", async () => {
    const pair = await auth.login("ada", { scope: "read write", claims: { nickname: "Ada" } })
    expect(decodeUnverified(pair.accessToken).payload).toMatchObject({ scope: "read write", nickname: "Ada" })
    expect(decodeUnverified(pair.refreshToken).payload).not.toHaveProperty("scope")
    const next = await auth.refresh(bearer(pair.refreshToken, { method: "POST" }))
    if (!next.allowed) throw new Error(next.code)
    expect(decodeUnverified(next.accessToken).payload).toMatchObject({ scope: "read write", nickname: "Ada" })
  })

  test("is not what a loader would make of it at a refresh", async () => {
    let loaded: object = {}
    const options: AuthOptions = { loaders: { claims: () => loaded } }
    const { auth: loading } = standard(options)
    const pair = await loading.login("ada")
    loaded = { scope: "admin" }
    await expect(loading.refresh(bearer(pair.refreshToken, { method: "POST" }))).rejects.toMatchObject({
      code: "claims_invalid",
    })
  })

  test("is given by its option alone", async () => {
    await expect(auth.login("ada", { claims: { scope: "admin" } })).rejects.toMatchObject({ code: "claims_invalid" })
    await expect(auth.createAccessToken("ada", { claims: { scope: "admin" } })).rejects.toMatchObject({
      code: "claims_invalid",
    })
  })

  test.each(["", " read", "read ", "read  write", "read\nwrite", 'read"', "läsa"])("is never %j", async (scope) => {
    await expect(auth.login("ada", { scope })).rejects.toMatchObject({ code: "option_invalid" })
    await expect(auth.createAccessToken("ada", { scope })).rejects.toMatchObject({ code: "option_invalid" })
  })
})

test("a client of Flask-JWT-Extended is told the same in its own way", async () => {
  const compat = createAuth({ key: SECRET, compat: "flask-jwt-extended" })
  const token = await compat.createAccessToken("ada", { scope: "read" })
  expect(await compat.check(bearer(token), { scopes: "read" })).toMatchObject({ allowed: true })
  expect(await compat.check(bearer(token), { scopes: "write" })).toMatchObject({
    status: 403,
    code: "insufficient_scope",
    body: { msg: "The token lacks a scope that is needed here" },
  })
})
