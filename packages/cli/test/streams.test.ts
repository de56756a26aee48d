/** Where bytes leave the program: line ends. */
import { encode, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const secret = place.file("secret.txt", SECRETS.good)
const SECRET = ["--secret-file", secret, "--alg", "HS256", "--at", String(NOW)]
const good = encode({ sub: "alice", exp: NOW + 60 }, SECRETS.good, { algorithm: "HS256" })
const indented = String(signJws('{\r\n\t"sub": "alice",\r\n\t"n": 1.0\r\n}', SECRETS.good, { algorithm: "HS256" }))

describe("line ends", () => {
  test("what a token wrote between its claims breaks neither an answer nor a line", async () => {
    const { json, stdout } = await place.run(["decode", "--json", indented])
    expect(json).toMatchObject({ payload: { sub: "alice", n: 1 }, raw: { signature: expect.any(String) } })
    expect(stdout).toContain('"n": 1.0')
    const lines = (await place.run(["decode", "--jsonl"], { input: `${indented}\n${good}` })).stdout.trim().split("\n")
    expect(lines.map((line) => JSON.parse(line).payload.sub)).toEqual(["alice", "alice"])
    expect((await place.run(["verify", "-q", ...SECRET, indented])).stdout).toBe(
      '{\n  "sub": "alice",\n  "n": 1.0\n}\n',
    )
  })
})
