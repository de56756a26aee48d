/**
 * The examples of the standards, and a sample of Wycheproof: the page, the command line and the library take the same signatures for
 * genuine, and open the same tokens to the same text. Whatever this browser lacks, the page must say that it lacks it.
 *
 * `jot` starts anew for every key; it is not asked about the made corpus and Wycheproof, with which its own library is tested elsewhere.
 */

import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { decryptJwe, isJwtError, Jwk, type JwkObject, JwkSet, type KeyInput, verifyJws } from "jotkit"
import { describe, expect } from "vitest"
import { compactJwe } from "../../jotkit/test/sealed.ts"
import { describeShared } from "../../jotkit/test/shared.ts"
import type { Page } from "./browser.ts"
import { open, test } from "./fixture.ts"

const jotFile = fileURLToPath(new URL("../../cli/dist/jot.mjs", import.meta.url))
/** A token, its key as it is pasted, and its algorithm. */
interface Vector {
  readonly id: string
  /** The example of which it is one form. */
  readonly name?: string
  readonly isEncrypted: boolean
  readonly token: string | object
  readonly key: string
  readonly algorithm: string
}

/** `accept` with the text of an opened token, `refuse`, or `absent`. */
type Answer = readonly ["accept" | "refuse" | "absent", text?: string]

/** What the page shows of a vector. */
interface Shown {
  readonly structure?: string | undefined
  readonly signature?: string | undefined
  readonly code?: string | undefined
  readonly inside?: string | undefined
  readonly text: string
  readonly told: string
}

/** Pastes all of them in turn, in the page itself: the browser is asked once. */
function shownOf(page: Page, vectors: readonly Vector[]): Promise<Shown[]> {
  const pasted = vectors.map(({ token, key, isEncrypted }) => ({ token: textOf(token), key, isEncrypted }))
  return page.evaluate(async (all) => {
    const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 2))
    const paste = (id: string, text: string) => {
      const box = document.getElementById(id) as HTMLTextAreaElement
      box.value = text
      box.dispatchEvent(new InputEvent("input"))
    }
    const find = (selector: string) => document.querySelector<HTMLElement>(selector)
    const shown: Shown[] = []
    for (const { token, key, isEncrypted } of all) {
      paste("token", "")
      paste("key", key)
      paste("token", token)
      const end = performance.now() + 10_000
      do await turn()
      while (
        performance.now() < end &&
        (find(".verdicts")?.dataset["headline"] === "checking" || (isEncrypted && find(".inside") === null))
      )
      const [structure, signature] = [...document.querySelectorAll<HTMLElement>(".verdict")]
      shown.push({
        structure: structure?.dataset["status"],
        signature: signature?.dataset["status"],
        code: signature?.dataset["code"],
        inside: find(".inside")?.dataset["state"],
        text: (find("#draft-payload") as HTMLTextAreaElement | null)?.value ?? "",
        told: find(".inside")?.innerText ?? "",
      })
    }
    return shown
  }, pasted)
}

function textOf(token: string | object): string {
  return typeof token === "string" ? token : JSON.stringify(token)
}

async function pageAnswers(page: Page, vectors: readonly Vector[]): Promise<Answer[]> {
  const shown = await shownOf(page, vectors)
  return vectors.map(({ isEncrypted }, index) => {
    const { structure, signature, code, inside, text, told } = shown[index] ?? { text: "", told: "" }
    if (!isEncrypted && structure !== "fail" && signature === "pass") return ["accept"]
    if (!isEncrypted) return [code === "algorithm_unavailable" ? "absent" : "refuse"]
    if (inside === "opened") return ["accept", laidOut(text)]
    return [told.includes("This browser lacks the algorithm") ? "absent" : "refuse"]
  })
}

/** The page lays JSON out. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}

function keyOf({ key, algorithm }: Vector): KeyInput {
  if (!key.startsWith("{")) return algorithm.startsWith("PBES2") ? key : Jwk.from(new TextEncoder().encode(key))
  const parsed = JSON.parse(key) as JwkObject & { keys?: readonly JwkObject[] }
  return parsed.keys === undefined ? Jwk.from(parsed) : JwkSet.from({ keys: parsed.keys })
}

function libraryAnswer(vector: Vector): Answer {
  const { token, algorithm, isEncrypted } = vector
  const algorithms = algorithm.split(" ")
  try {
    if (!isEncrypted) verifyJws(token, keyOf(vector), { algorithms })
    else {
      const { plaintext } = decryptJwe(token, keyOf(vector), { algorithms, zip: true })
      return ["accept", laidOut(Buffer.from(plaintext).toString())]
    }
    return ["accept"]
  } catch (error) {
    if (!isJwtError(error)) throw error
    return [error.code === "algorithm_unavailable" ? "absent" : "refuse"]
  }
}

/** What `jot` prints for a vector: of a time or a claim that does not hold it says `claims`, and the signature holds all the same. */
async function jotAnswer({ token, key, algorithm, isEncrypted }: Vector): Promise<Answer> {
  const algorithms = algorithm.split(" ").flatMap((name) => ["--alg", name])
  const isPassword = algorithm.startsWith("PBES2")
  const flags = isEncrypted ? ["decrypt", isPassword ? "--password" : "--key"] : ["verify", "--key"]
  const child = spawn(process.execPath, [jotFile, ...flags, "-", ...algorithms, "--json", textOf(token)])
  child.stdin.end(key)
  let printed = ""
  for await (const piece of child.stdout) printed += String(piece)
  const { code, reason, payload } = JSON.parse(printed) as { code: string; reason?: string; payload?: unknown }
  if (isEncrypted && code === "ok")
    return ["accept", typeof payload === "string" ? laidOut(payload) : JSON.stringify(payload)]
  if (code === "ok" || code === "claims") return ["accept"]
  return [reason === "algorithm_unavailable" ? "absent" : "refuse"]
}

/** The three agree; where the browser lacks the algorithm, the page says that. */
async function expectAgreement(
  vectors: readonly Vector[],
  asksJot: (index: number) => boolean,
): Promise<Record<string, number>> {
  const page = await open({ at: 1_700_000_000 })
  const shown = await pageAnswers(page, vectors)
  const problems: unknown[] = []
  const counts: Record<string, number> = { accept: 0, refuse: 0, absent: 0 }
  for (const [index, vector] of vectors.entries()) {
    const library = libraryAnswer(vector)
    const onPage = shown[index] ?? ["refuse"]
    counts[onPage[0]] = (counts[onPage[0]] ?? 0) + 1
    const expected = needsAbsent(vector) ? ["absent"] : library
    if (JSON.stringify(onPage) !== JSON.stringify(expected)) problems.push([vector.id, "page", onPage, expected])
    const printed = asksJot(index) ? await jotAnswer(vector) : library
    if (JSON.stringify(printed) !== JSON.stringify(library)) problems.push([vector.id, "jot", printed, library])
  }
  expect(problems).toEqual([])
  return counts
}

/** Whether something that this browser lacks is named in the header, or by the key. */
function needsAbsent({ token, key }: Vector): boolean {
  const header = typeof token === "string" ? Buffer.from(token.split(".")[0] ?? "", "base64url").toString() : ""
  // It is refused for being that before anything else is looked at.
  if (header.includes("RSA1_5")) return false
  return /"(?:alg|enc|crv)": ?"[^"]*(?:A192|ES256K|Ed448|X448|ML-DSA)/.test(header + key)
}

/** A case of the files of examples. */
interface Case {
  readonly id: string
  readonly kind: string
  readonly alg?: string
  readonly enc?: string
  readonly token?: string
  readonly jws?: object
  readonly jwe?: object
  readonly jwk?: JwkObject
  readonly jwks?: { readonly keys: readonly JwkObject[] }
  readonly keys?: readonly { readonly jwk: JwkObject }[]
  readonly password?: string
  readonly recipient_jwk?: JwkObject
  readonly ephemeral_jwk?: JwkObject
  readonly apu?: string
  readonly apv?: string
  readonly derived_key?: string
}

function casesOf(...names: readonly string[]): Case[] {
  return names.flatMap((name) => {
    const text = readFileSync(new URL(`../../jotkit/test/vectors/rfc/${name}.json`, import.meta.url), "utf8")
    return (JSON.parse(text) as { cases: readonly Case[] }).cases
  })
}

const always = () => true
const never = () => false
const SOME_SECRET = "a-secret-that-no-token-here-is-signed-with"

/** What the page, or anyone who is asked, can be given of a case: tokens with their keys. */
function vectorsOf(one: Case): Vector[] {
  const { id, jwk, jwks, keys, jws, jwe, token = jws ?? jwe, password } = one
  if (one.kind === "ecdh-es-kdf") return [sealedFor(one)]
  if (token === undefined) return []
  const isEncrypted = /^jwe|encrypted|nested/.test(one.kind)
  const algorithm = algorithmOf(one)
  if (keys !== undefined)
    return keys.map((key, index) => ({
      id: `${id}, recipient ${index}`,
      isEncrypted,
      token,
      key: JSON.stringify(key.jwk),
      algorithm: key.jwk.kty === "RSA" ? "RSA-OAEP" : "A128KW",
    }))
  return [{ id, isEncrypted, token, key: password ?? textOf(jwks ?? jwk ?? SOME_SECRET), algorithm }]
}

/** The algorithm by which everyone is asked: where there is none, the one that comes nearest. */
function algorithmOf({ alg, jwk, jwks, jwe }: Case): string {
  if (alg === "none") return "HS256"
  // Left out for good: it is refused by whatever name.
  if (alg === "RSA1_5") return "RSA-OAEP"
  if (alg !== undefined) return alg
  if (jwe !== undefined) return "A128KW"
  return jwks === undefined ? (jwk?.kty === "EC" ? "ES256" : "HS256") : "RS256 ES256"
}

/** A token that can be opened by whoever derives the key of the example (RFC 7518, appendix C). */
function sealedFor({ id, ephemeral_jwk, recipient_jwk, apu, apv, enc, derived_key = "" }: Case): Vector {
  const { d: _, ...epk } = ephemeral_jwk ?? { kty: "" }
  const header = { alg: "ECDH-ES", enc, apu, apv, epk }
  const token = compactJwe({ header, cek: Buffer.from(derived_key, "base64url"), plaintext: '{"derived":true}' })
  return { id, isEncrypted: true, token, key: JSON.stringify(recipient_jwk), algorithm: "ECDH-ES" }
}

describe("the page, jot and the library agree on the examples of", () => {
  test("RFC 7515, 7519, 7797 and 8037, signed", async () => {
    const vectors = casesOf("rfc7515", "rfc7519", "rfc7797", "rfc8037").flatMap(vectorsOf)
    const signed = vectors.filter(({ isEncrypted }) => !isEncrypted)
    expect(await expectAgreement(signed, always)).toEqual({ accept: 11, refuse: 6, absent: 0 })
  })

  test("RFC 7516, 7517 and 7518, encrypted", async () => {
    const vectors = casesOf("rfc7516", "rfc7517", "rfc7518", "rfc7519").flatMap(vectorsOf)
    const encrypted = vectors.filter(({ isEncrypted }) => isEncrypted)
    expect(await expectAgreement(encrypted, always)).toEqual({ accept: 6, refuse: 4, absent: 0 })
  })
})

test("the page reads the keys of RFC 7517, 7638 and 8037 as the library does", async () => {
  const page = await open()
  for (const { id, kind, jwk, jwks } of casesOf("rfc7517", "rfc7638", "rfc8037")) {
    if (!/^jwk|thumbprint/.test(kind)) continue
    const keys = jwks?.keys ?? [jwk ?? { kty: "" }]
    const asymmetric = keys.map((one) => Jwk.from(one)).filter((key) => !key.isSymmetric)
    await page.locator("#key").fill(JSON.stringify(jwks ?? jwk))
    await expect.poll(() => page.locator(".key .summary li").count(), { message: id }).toBe(keys.length)
    const shown = await page.locator(".key .thumbprint .code").all()
    const thumbprints = await Promise.all(shown.map((one) => one.innerText()))
    expect([id, ...thumbprints]).toEqual([id, ...asymmetric.map((key) => key.thumbprint())])
  }
})

/** An example of the cookbook. */
interface Recipe {
  readonly input: {
    readonly key?: JwkObject | readonly JwkObject[]
    readonly pwd?: string
    readonly alg: string | string[]
  }
  readonly output: { readonly compact?: string; readonly json?: object; readonly json_flat?: object }
}

describeShared("vectors/cookbook", "the cookbook of RFC 7520", (folder) => {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"))

  /** Each serialization, and each of several keys. */
  function recipesOf(name: string): Vector[] {
    const { input, output } = read(name) as Recipe
    const keys = input.pwd === undefined ? [input.key ?? []].flat() : [input.pwd]
    const algorithms = [input.alg].flat()
    return Object.entries(output).flatMap(([form, token]) =>
      keys.map((key, index) => ({
        id: `${name} ${form} ${index}`,
        name,
        isEncrypted: /jwe|ecdh/.test(name),
        token,
        key: textOf(key),
        algorithm: (algorithms[index] ?? "").replace("RSA1_5", "RSA-OAEP"),
      })),
    )
  }

  test("is answered by the page, jot and the library alike", async () => {
    const names = readdirSync(folder).filter((name) => /^(?:jw[se]-|curve25519|rfc7797).*json$/.test(name))
    const vectors = names.flatMap(recipesOf)
    // Of each example one serialization: the others are read by the same code of the same library.
    const isFirst = (index: number) => index === 0 || vectors[index]?.name !== vectors[index - 1]?.name
    expect(await expectAgreement(vectors, isFirst)).toEqual({ accept: 55, refuse: 14, absent: 0 })
  })

  test("has a signed token in an encrypted one, which the page opens and verifies", async () => {
    const { sign, encrypt } = read("6.nesting_signatures_and_encryption.json") as { sign: Recipe; encrypt: Recipe }
    const page = await open({ at: 1_300_000_000 })
    await page.locator("#key").fill(textOf([encrypt.input.key ?? {}].flat()[0] ?? {}))
    await page.locator("#token").fill(encrypt.output.compact ?? "")
    await page.locator("#inner-verifier").fill(textOf([sign.input.key ?? {}].flat()[0] ?? {}))
    await page.locator('.inner-verdict[data-name="signature"][data-status="pass"]').waitFor()
  })
})

/** A case of the made corpus. */
interface MadeCase {
  readonly name: string
  readonly kind: string
  readonly token?: string | object
  readonly key?: { readonly jwk?: JwkObject; readonly password_utf8?: string }
  readonly algorithms?: readonly string[]
}

test("the page and the library agree on a token of every algorithm, also those that the browser lacks", async () => {
  const made = new URL("../../jotkit/test/vectors/made/sample.json", import.meta.url)
  const { cases } = JSON.parse(readFileSync(made, "utf8")) as { cases: readonly MadeCase[] }
  // What stands around a token is left out by the page, which says so; the library takes nothing but tokens.
  const whole = cases.filter(({ name }) => name !== "s-space")
  const vectors = whole.map(({ name, kind, token = "", key, algorithms = [] }) => ({
    id: name,
    isEncrypted: kind === "jwe",
    token,
    key: key?.password_utf8 ?? textOf(key?.jwk ?? ""),
    algorithm: algorithms.join(" "),
  }))
  expect(await expectAgreement(vectors, never)).toEqual({ accept: 47, refuse: 18, absent: 17 })
})

test("the page says of a token signed by ML-DSA (RFC 9964) that this browser lacks it", async () => {
  const fixtures = new URL("../../jotkit/test/keys-fixtures/ml-dsa.json", import.meta.url)
  const all = JSON.parse(readFileSync(fixtures, "utf8")) as { algorithm: string; spki: string; token: string }[]
  const vectors = all.map(({ algorithm, spki, token }) => ({
    id: algorithm,
    isEncrypted: false,
    token,
    key: spki,
    algorithm,
  }))
  expect(await pageAnswers(await open(), vectors)).toEqual([["absent"], ["absent"], ["absent"]])
})

describeShared("vectors/wycheproof", "Wycheproof", (folder) => {
  interface Group {
    readonly public?: JwkObject
    readonly private?: JwkObject
    readonly tests: readonly { readonly tcId: number; readonly jws?: string; readonly jwe?: string }[]
  }

  /** Of each group the first ones, and then each twelfth. */
  function sampleOf(file: string): Vector[] {
    const { testGroups } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { testGroups: readonly Group[] }
    return testGroups.flatMap((group) => {
      const key = (file.includes("encryption") ? group.private : group.public) ?? group.private ?? { kty: "" }
      const some = group.tests.filter((_, index) => index < 2 || index % 12 === 0)
      return some.map(({ tcId, jws, jwe }) => ({
        id: `${file} ${tcId}`,
        isEncrypted: jwe !== undefined,
        token: jws ?? jwe ?? "",
        key: JSON.stringify(key),
        // A key that is marked for the encryption of contents does that directly.
        algorithm: String(key["alg"] ?? "").replace(/^A\d+(?:GCM|CBC-HS\d+)$/, "dir"),
      }))
    })
  }

  test.each([
    ["json_web_signature_test.json", { accept: 22, refuse: 34, absent: 0 }],
    ["json_web_encryption_test.json", { accept: 22, refuse: 19, absent: 7 }],
  ])("a sample of %s is answered by the page as by the library", async (file, counts) => {
    const vectors = sampleOf(file).filter(({ algorithm }) => algorithm !== "")
    expect(await expectAgreement(vectors, never)).toEqual(counts)
  })
})
