/** With `cache` the signature of a token that came before is not verified again, and nothing else is left out. */
import { createAuth } from "@jotkit/auth"
import { Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { bearer, SECRET, standard } from "./asking.ts"

const issued = { issuer: "https://api.example", audience: "https://api.example" }

async function codeOf(auth: ReturnType<typeof standard>["auth"], token: string): Promise<string> {
  const verdict = await auth.check(bearer(token))
  return verdict.allowed ? "allowed" : verdict.code
}

describe("the cache of tokens", () => {
  test.each([
    [true, 1],
    [{ maxSize: 10 }, 1],
    [false, 3],
  ])("with %o three requests verify the signature %i times", async (cache, times) => {
    let calls = 0
    const key = Jwk.from(new TextEncoder().encode(SECRET))
    const verify = () => {
      calls += 1
      return true
    }
    const auth = createAuth({
      ...issued,
      verificationKey: { algorithm: "HS256", sign: () => new Uint8Array(32), verify },
      algorithm: "HS256",
      cache,
    })
    const token = await createAuth({ ...issued, key }).createAccessToken("ada")
    for (let request = 0; request < 3; request++) expect((await auth.check(bearer(token))).allowed).toBe(true)
    expect(calls).toBe(times)
  })

  test("a token that expires meanwhile is refused", async () => {
    const { auth, clock } = standard({ cache: true })
    const token = await auth.createAccessToken("ada", { lifetime: 60 })
    expect(await codeOf(auth, token)).toBe("allowed")
    clock.seconds += 59
    expect(await codeOf(auth, token)).toBe("allowed")
    clock.seconds += 1
    expect(await codeOf(auth, token)).toBe("token_expired")
  })

  test("a session that is revoked meanwhile is over", async () => {
    const { auth } = standard({ cache: true })
    const { accessToken, sessionId } = await auth.login("ada")
    expect(await codeOf(auth, accessToken)).toBe("allowed")
    await auth.revokeSession(sessionId)
    expect(await codeOf(auth, accessToken)).toBe("token_revoked")
  })

  test("a token that differs in its last part only is another token", async () => {
    const { auth } = standard({ cache: true })
    const [one, other] = [await auth.createAccessToken("ada"), await auth.createAccessToken("eve")]
    expect([await codeOf(auth, one), await codeOf(auth, other)]).toEqual(["allowed", "allowed"])
    const forged = one.slice(0, one.lastIndexOf(".")) + other.slice(other.lastIndexOf("."))
    expect(await codeOf(auth, forged)).toBe("signature_invalid")
    expect(await codeOf(auth, forged)).toBe("signature_invalid")
  })

  test("a key that is exchanged meanwhile verifies nothing any more", async () => {
    let secret = SECRET
    const { auth } = standard({ cache: true, verificationKey: () => secret })
    const token = await auth.createAccessToken("ada")
    expect(await codeOf(auth, token)).toBe("allowed")
    secret = "fedcba9876543210fedcba9876543210"
    expect(await codeOf(auth, token)).toBe("signature_invalid")
  })

  test("what one handler does to the claims, the next one does not see", async () => {
    const { auth } = standard({ cache: true })
    const token = await auth.createAccessToken("ada", { claims: { roles: ["user"] } })
    for (let request = 0; request < 3; request++) {
      const verdict = await auth.check(bearer(token))
      const claims: Record<string, unknown> = verdict.allowed ? verdict.claims : {}
      const { roles } = claims
      expect(roles).toEqual(["user"])
      claims["sub"] = "eve"
      if (Array.isArray(roles)) roles.push("admin")
    }
  })
})
