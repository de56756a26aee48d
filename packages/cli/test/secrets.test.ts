/** Secrets and the choice of keys: every place, every encoding, line ends, and why a key was taken. */
import { encode, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const token = encode({ sub: "alice" }, SECRETS.good, { algorithm: "HS256" })
const HS256 = ["--alg", "HS256", token]
const bytes = Buffer.from(SECRETS.good)

describe("a secret", () => {
  test.each([
    ["a file", ["--secret-file", place.file("plain.txt", SECRETS.good)], {}],
    ["a file with a line end", ["--secret-file", place.file("line.txt", `${SECRETS.good}\n`)], {}],
    ["a file of Windows", ["--secret-file", place.file("crlf.txt", `${SECRETS.good}\r\n`)], {}],
    ["stdin", ["--secret-file", "-"], { input: `${SECRETS.good}\n` }],
    ["a descriptor", ["--secret-fd", "0"], { input: `${SECRETS.good}\n` }],
    ["the environment", ["--secret-env", "S"], { env: { S: SECRETS.good } }],
    ["base64", ["--secret-env", "S", "--secret-encoding", "base64"], { env: { S: bytes.toString("base64") } }],
    ["base64url", ["--secret-env", "S", "--secret-encoding", "base64url"], { env: { S: bytes.toString("base64url") } }],
    ["hex", ["--secret-env", "S", "--secret-encoding", "hex"], { env: { S: bytes.toString("hex") } }],
    ["an argument", ["--secret", SECRETS.good, "--allow-argv-secrets"], {}],
  ])("from %s", async (_, args, options) => {
    expect(await place.run(["verify", "-q", ...args, ...HS256], options)).toMatchObject({ code: 0, stderr: "" })
  })

  test("loses one line end and not two, which -v says, and keeps it with --secret-raw", async () => {
    const one = place.file("one.txt", `${SECRETS.good}\n`)
    const two = place.file("two.txt", `${SECRETS.good}\n\n`)
    const said = "one line end at the end of the secret is left out"
    expect((await place.run(["verify", "-v", "--secret-file", one, ...HS256])).stderr).toContain(said)
    expect((await place.run(["verify", "--secret-file", one, ...HS256])).stderr).not.toContain(said)
    expect((await place.run(["verify", "--secret-file", two, ...HS256])).code).toBe(4)
    expect((await place.run(["verify", "--secret-raw", "--secret-file", one, ...HS256])).code).toBe(4)
    const raw = encode({}, `${SECRETS.good}\n`, { algorithm: "HS256" })
    expect((await place.run(["verify", "--secret-raw", "--secret-file", one, "--alg", "HS256", raw])).code).toBe(0)
  })

  test("is taken as it is: no letter in it has a meaning", async () => {
    for (const secret of ["@file.txt", "b64:AAAA", "env:HOME", "-"].map((text) => text.padEnd(40, "x"))) {
      const made = encode({}, secret, { algorithm: "HS256" })
      const args = [`--secret=${secret}`, "--allow-argv-secrets", "--alg", "HS256", made]
      expect((await place.run(["verify", ...args])).code).toBe(0)
    }
  })

  test("in an encoding that it is not written in is refused, and nothing is guessed", async () => {
    for (const [encoding, text] of [
      ["hex", "xyz"],
      ["base64", "a_b-"],
      ["base64url", "a+b/"],
    ] as const) {
      const args = ["--secret-env", "S", "--secret-encoding", encoding, ...HS256]
      expect((await place.run(["verify", ...args], { env: { S: text } })).code).toBe(6)
    }
    const args = ["--secret-env", "S", ...HS256]
    expect((await place.run(["verify", ...args], { env: { S: bytes.toString("base64") } })).code).toBe(4)
  })
})

describe("--explain-key", () => {
  const [first, second, third] = [Jwk.generate("ES256"), Jwk.generate("ES256"), Jwk.generate("ES384")]
  const set = (...keys: object[]) => place.file("set.json", JSON.stringify({ keys }))
  const explain = (file: string, signed: string) => place.run(["verify", "--explain-key", "--key", file, signed])

  test("says of each key why it was taken or left out", async () => {
    const file = set(
      { ...third.toJSON(), kid: "other-type" },
      { ...first.toJSON(), kid: "wrong" },
      { ...second.toJSON(), kid: "right" },
    )
    const { code, stderr } = await explain(file, encode({}, second))
    expect(code).toBe(0)
    for (const line of ["other-type: ", "wrong: ", "right: "]) expect(stderr).toContain(`\n${line}`)
  })

  test("without kid all that fit are tried, and keys that share one are no fault", async () => {
    const plain = set(first.toJSON(), second.toJSON())
    expect((await explain(plain, encode({}, second))).code).toBe(0)
    const same = set({ ...first.toJSON(), kid: "k" }, { ...second.toJSON(), kid: "k" })
    const named = encode({}, second, { header: { kid: "k" } })
    expect((await explain(same, named)).code).toBe(0)
    expect((await explain(same, encode({}, second, { header: { kid: "else" } }))).code).toBe(6)
  })
})
