/** Answers that are kept for a while, and what makes an instance forget them: whatever is revoked by any of them. */
import type { Store, TokenPair } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import { describe, expect, onTestFinished, test } from "vitest"
import { bearer, standard } from "./asking.ts"
import { candidates } from "./store-candidates.ts"
import { overhear, type Watching } from "./watching.ts"

function keeping(store: Store) {
  return standard({ store, check: { cachedFor: "1h" }, lifetimes: { access: "2h" } })
}

describe.each(candidates)("two instances that keep answers of the store in $name", ({ open }) => {
  test("refuse what the other one revoked as soon as it is told, and ask for nothing else anew", async () => {
    const { store, other, close } = await open()
    onTestFinished(close)
    const seen = overhear(other)
    const [here, there] = [keeping(store).auth, keeping(other).auth]
    // A file is asked every time.
    const isFile = store.kind === "sqlite"
    const heard = async (count: number) => void (isFile || (await seen.watching().until(count)))
    await heard(1)
    const [out, reused, everywhere, kept] = await Promise.all(
      ["out", "re", "all", "kept"].map((name) => here.login(name)),
    )
    const alone = await here.createAccessToken("alone")
    if (out === undefined || reused === undefined || everywhere === undefined || kept === undefined) throw new Error()
    const tokens = [out, reused, everywhere, kept].map(({ accessToken }) => accessToken).concat(alone)
    const askAll = () => Promise.all(tokens.map(async (token) => (await there.check(bearer(token))).allowed))
    const everyone = [true, true, true, true, true]
    expect(await askAll()).toEqual(everyone)
    expect(await askAll()).toEqual(everyone)
    expect(seen.asked()).toBe(isFile ? 10 : 5)

    await here.revokeSession(out.sessionId)
    await heard(2)
    expect(await askAll()).toEqual([false, true, true, true, true])
    expect(seen.asked()).toBe(isFile ? 15 : 6)
    await here.revokeToken(alone)
    await heard(3)
    expect(await askAll()).toEqual([false, true, true, true, false])
    expect(seen.asked()).toBe(isFile ? 20 : 7)
    await here.revokeSubject("all")
    await heard(store.kind === "redis" ? 5 : 4)
    expect(await askAll()).toEqual([false, true, false, true, false])
    expect(seen.asked()).toBe(isFile ? 25 : 8)
  })
})

describe("an instance that keeps answers", () => {
  /** One that has asked about the access token of a session once. */
  async function asking() {
    const store = memoryStore()
    const seen = overhear(store)
    const { auth, clock } = keeping(store)
    const pair = await auth.login("ada")
    const check = () => auth.check(bearer(pair.accessToken))
    await check()
    return { auth, clock, store, seen, pair, check }
  }

  test("keeps none while nobody tells it what is revoked, nor those from before", async () => {
    const { seen, check } = await asking()
    seen.watching().lost()
    await check()
    await check()
    expect(seen.asked()).toBe(3)
    seen.watching().opened()
    await check()
    await check()
    expect(seen.asked()).toBe(4)
  })

  test.each<[string, (told: Watching, sessionId: string) => unknown]>([
    ["its session was revoked", (told, sessionId) => told.revoked({ sessionId })],
    ["its subject was revoked", (told) => told.revoked({ subject: "ada" })],
    ["anything was revoked", (told) => told.revoked({})],
    ["the news broke off", (told) => [told.lost(), told.opened()]],
  ])("does not keep an answer that was on its way when %s", async (_, meanwhile) => {
    const { store, seen, check, clock, pair } = await asking()
    clock.seconds += 3600
    const ask = store.isRevoked
    store.isRevoked = async (presented) => {
      const answer = await ask(presented)
      meanwhile(seen.watching(), pair.sessionId)
      return answer
    }
    await check()
    store.isRevoked = ask
    await check()
    await check()
    expect(seen.asked()).toBe(3)
  })

  test("keeps one that was on its way when something else was revoked", async () => {
    const { store, seen, check, clock } = await asking()
    clock.seconds += 3600
    const ask = store.isRevoked.bind(store)
    store.isRevoked = async (presented) => {
      seen.watching().revoked({ sessionId: "another" })
      return ask(presented)
    }
    await check()
    await check()
    expect(seen.asked()).toBe(2)
  })

  test("never takes an outage for an answer", async () => {
    const { auth, clock, store, check, pair } = await asking()
    clock.seconds += 3600
    const ask = store.isRevoked.bind(store)
    store.isRevoked = () => Promise.reject(new Error("down"))
    for (let count = 0; count < 2; count++) expect(await check()).toMatchObject({ code: "store_unavailable" })
    store.isRevoked = ask
    expect(await check()).toMatchObject({ allowed: true })
    store.isRevoked = () => Promise.reject(new Error("down"))
    expect(await check()).toMatchObject({ allowed: true })
    await auth.revokeSession(pair.sessionId)
    expect(await check()).toMatchObject({ code: "store_unavailable" })
  })

  test("keeps none for longer than the token lives", async () => {
    const { auth, clock, seen } = await asking()
    const token = await auth.createAccessToken("bob", { lifetime: "10s" })
    const logout = auth.guard({ allowExpired: true })
    await logout(bearer(token))
    clock.seconds += 9
    await logout(bearer(token))
    expect(seen.asked()).toBe(2)
    clock.seconds += 1
    await logout(bearer(token))
    expect(seen.asked()).toBe(3)
  })

  test("forgets at once what was ended here, by whichever way", async () => {
    const users = new Set(["ada", "bob"])
    const store = memoryStore()
    // Nobody tells: what was done here is known all the same.
    Object.assign(store, { watch: undefined })
    const check = { cachedFor: "1h" }
    const { auth, clock } = standard({ store, check, loaders: { user: ({ sub }) => users.has(sub) || undefined } })
    const post = { method: "POST" }
    for (const end of [
      (pair: TokenPair) => auth.logout(bearer(pair.accessToken, post)),
      (pair: TokenPair) => auth.revokeToken(pair.refreshToken),
      (pair: TokenPair) => auth.revokeToken(pair.accessToken),
      (pair: TokenPair) => auth.revokeSession(pair.sessionId),
      () => auth.revokeSubject("ada"),
      async (pair: TokenPair) => {
        await auth.refresh(bearer(pair.refreshToken, post))
        clock.seconds += 11
        await auth.refresh(bearer(pair.refreshToken, post))
      },
      async (pair: TokenPair) => {
        users.delete("ada")
        await auth.refresh(bearer(pair.refreshToken, post))
        users.add("ada")
      },
    ]) {
      const [pair, other] = [await auth.login("ada"), await auth.login("bob")]
      const ask = (token: string) => auth.check(bearer(token))
      expect(await ask(pair.accessToken)).toMatchObject({ allowed: true })
      expect(await ask(other.accessToken)).toMatchObject({ allowed: true })
      await end(pair)
      expect(await ask(pair.accessToken)).toMatchObject({ code: "token_revoked" })
      const isRevoked = store.isRevoked
      store.isRevoked = () => Promise.reject(new Error("asked again"))
      expect(await ask(other.accessToken)).toMatchObject({ allowed: true })
      store.isRevoked = isRevoked
    }
  })

  test("remembers so many revocations, and forgets the answers that are older than those", async () => {
    const { seen, check } = await asking()
    const watching = seen.watching()
    for (let count = 0; count < 100_000; count++) watching.revoked({ tokenId: `${count}` })
    await check()
    expect(seen.asked()).toBe(1)
    watching.revoked({ tokenId: "one more" })
    await check()
    expect(seen.asked()).toBe(2)
  })
})
