/** One run of every command, in text and in JSON, letter by letter: `golden.txt` is what they print. `npx vitest run -u` writes it anew. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { encode, encryptJwe, Jwk } from "jotkit"
import { expect, test } from "vitest"
import { COMMAND_NAMES } from "../src/frame/commands.ts"
import { Place } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
// A published key (RFC 8037, appendix A.1), for signatures that are the same each time; private to nobody.
const key = Jwk.from({
  kty: "OKP",
  crv: "Ed25519",
  kid: "one",
  alg: "Ed25519",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
})
const sign = (claims: object) => encode(claims, key, { algorithm: "Ed25519" })
mkdirSync(join(place.folder, "logs"))
place.file("private.jwk", JSON.stringify(key.toPrivateJSON()))
place.file("public.jwk", JSON.stringify(key.toJSON()))
place.file("next.jwk", JSON.stringify({ ...key.toJSON(), kid: "two" }))
place.file("set.json", JSON.stringify({ keys: [key.toJSON()] }))
place.file("policy.json", '{"algorithms":["Ed25519"],"issuer":"https://issuer.example","audience":"api"}')
place.file("token.txt", sign({ iss: "https://issuer.example", sub: "alice", aud: "api", iat: NOW, exp: NOW + 3600 }))
place.file("late.txt", sign({ iss: "https://issuer.example", sub: "bob", aud: "api", iat: NOW, exp: NOW + 1800 }))
place.file("logs/app.log", `started\ntoken=${sign({ sub: "alice" })}\n`)
place.file("password.txt", "a published password")
const locked = { algorithm: "PBES2-HS256+A128KW", encryption: "A128GCM" } as const
place.file("locked.txt", encryptJwe('{"sub":"alice"}', "a published password", locked))

/** A line for each command. What is made at random is named behind it, and stands as `…`. */
const LINES: readonly (readonly [line: string, random?: RegExp])[] = [
  ["inspect --key public.jwk @token.txt"],
  ["decode @token.txt"],
  ["verify --key public.jwk --aud api @token.txt"],
  ["sign --key private.jwk --sub alice --exp +1h"],
  ["lint @token.txt"],
  ["debug --port 99999 @token.txt"],
  ["diagnose --key public.jwk --aud web @token.txt"],
  ["encrypt --password @password.txt --sub alice --exp +1h", /(?<=eyJ)[\w.-]+/g],
  ["decrypt --password @password.txt @locked.txt", /(?<="p2s": ")[^"]+/g],
  ["edit --key private.jwk @token.txt"],
  ["diff @token.txt @late.txt"],
  ["scan logs"],
  ["fixtures --key private.jwk --policy policy.json --out bad --force"],
  ["policy init @token.txt"],
  ["policy test --policy policy.json --key public.jwk @token.txt"],
  ["key generate --alg Ed25519 --out-private new.jwk --force"],
  ["key convert --to spki public.jwk"],
  ["key public private.jwk"],
  ["key thumbprint public.jwk"],
  ["key inspect public.jwk"],
  ["key match private.jwk public.jwk"],
  ["jwks build private.jwk"],
  ["jwks add set.json next.jwk"],
  ["jwks remove set.json one"],
  ["jwks list set.json"],
  ["jwks get set.json one"],
  ["jwks lint set.json"],
  ["jwks fetch --offline https://issuer.example/jwks.json"],
  ["jwks serve --host issuer.example private.jwk"],
  ["completion nushell"],
  ["man version", /(?<=\.Dd )\w+ \d+, \d+/g],
  ["version"],
  ["help version"],
]

/** Of a long answer the beginning stands for the rest. */
const MOST_LINES = 160

async function shown(line: string, random: RegExp | undefined): Promise<string> {
  const preload = `data:text/javascript,Date.now=()=>${NOW + 60}000`
  const { stdout, stderr, code } = await place.run(line.split(" "), { preload, env: { EDITOR: "true" } })
  const lines = (random === undefined ? stdout : stdout.replaceAll(random, "…")).split("\n")
  const cut =
    lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), `(${lines.length - MOST_LINES} more lines)\n`] : lines
  const notes = stderr.replaceAll(/^(?=.)/gm, "2> ")
  return `$ jot ${line}\n${cut.join("\n")}${notes}exit ${code}\n`
}

test("each command stands here once", () => {
  const names = LINES.map(([line]) => COMMAND_NAMES.find((name) => `${line} `.startsWith(`${name} `)))
  expect(names.sort()).toEqual([...COMMAND_NAMES].sort())
})

// Paths and editors are others on Windows.
test.skipIf(process.platform === "win32")("prints what it printed", async () => {
  const blocks: string[] = []
  for (const [line, random] of LINES)
    blocks.push(...(await Promise.all([line, `${line} --json`].map((one) => shown(one, random)))))
  await expect(blocks.join("\n")).toMatchFileSnapshot("golden.txt")
})
