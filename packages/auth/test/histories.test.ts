/** Sessions in whatever order things happen to them: at no moment is a token good whose session has ended, on either of two instances. */
import { type Auth, createAuth } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import fc from "fast-check"
import { expect, test } from "vitest"
import { ask, bearer, Clock, jar, SECRET } from "./asking.ts"

interface Known {
  readonly id: string
  readonly subject: string
  isOver: boolean
  access: string
  cookies: string
}

const options = fc.record({
  refresh: fc.record({ grace: fc.constantFrom(0, 5) }),
  cache: fc.boolean(),
  check: fc.constantFrom("every-request" as const, { cachedFor: 60 }),
})
const kinds = fc.constantFrom("login", "refresh", "renew", "logout", "session", "subject", "token", "wait")
const step = fc.record({ kind: kinds, which: fc.nat(9), subject: fc.constantFrom("ada", "lin"), seconds: fc.nat(500) })
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** One step; it may end sessions, and never brings one back. */
async function take({ kind, which, subject }: Step, auth: Auth<undefined>, sessions: Known[]): Promise<void> {
  if (kind === "login") {
    const pair = await auth.login(subject, { transport: "cookie" })
    const known = { id: pair.sessionId, subject, isOver: false, access: pair.accessToken, cookies: jar(pair.cookies) }
    sessions.push(known)
  }
  if (kind === "subject") {
    await auth.revokeSubject(subject)
    for (const known of sessions) known.isOver ||= known.subject === subject
  }
  const known = sessions[which % (sessions.length || 1)]
  if (known !== undefined) await takeWith(kind, auth, known)
}

async function takeWith(kind: Step["kind"], auth: Auth<undefined>, known: Known): Promise<void> {
  const { access, isOver } = known
  if (kind === "refresh" || kind === "renew") await renew(kind, auth, known)
  if (kind === "logout") expect((await auth.logout(bearer(access, { method: "POST" }))).allowed).toBe(!isOver)
  if (kind === "session") expect(await auth.revokeSession(known.id)).toBe(!isOver)
  if (kind === "token") await auth.revokeToken(cookieOf(known, "refresh_token"))
  known.isOver ||= kind === "logout" || kind === "session" || kind === "token"
}

async function renew(kind: "refresh" | "renew", auth: Auth<undefined>, known: Known): Promise<void> {
  const headers = { "x-csrf-token": cookieOf(known, "csrf_token") }
  const request = ask({ method: "POST", cookies: known.cookies, headers })
  const result = await (kind === "refresh" ? auth.refresh(request) : auth.check(request, { renew: { within: 300 } }))
  if (known.isOver) expect(result.allowed).toBe(false)
  if (!result.allowed || result.cookies.length === 0) return
  known.cookies = jar(result.cookies)
  known.access = cookieOf(known, "access_token")
}

function cookieOf({ cookies }: Known, name: string): string {
  return new RegExp(`${name}=([^;]*)`).exec(cookies)?.[1] ?? ""
}

test("no token outlives its session, whatever happens in whatever order", async () => {
  const history = fc.asyncProperty(options, fc.array(step, { maxLength: 40 }), async (how, steps) => {
    const [clock, store, sessions] = [new Clock(), memoryStore(), [] as Known[]]
    const shared = { key: SECRET, issuer: "i", audience: "a", store, leeway: 0, now: clock.now, ...how }
    const make = () => createAuth({ ...shared, locations: ["header", "cookie"] })
    const [one, other] = [make(), make()]
    for (const asked of steps) {
      if (asked.kind === "wait") clock.seconds += asked.seconds
      else await take(asked, asked.which % 2 === 0 ? one : other, sessions)
      for (const { access, isOver } of sessions) {
        const verdict = await other.check(bearer(access))
        const isExpired = !verdict.allowed && verdict.code === "token_expired"
        expect(verdict.allowed || isExpired).toBe(!isOver || isExpired)
      }
    }
  })
  await fc.assert(history, { numRuns: 200 })
})
