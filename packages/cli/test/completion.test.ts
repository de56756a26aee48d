/** Completion: what may follow, and that shells ask for it and show it. */
import { chmodSync, mkdirSync } from "node:fs"
import { delimiter, join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { main, Place, SECRETS } from "./jot.ts"
import { outputOf } from "./programs.ts"

const place = new Place()
const bin = join(place.folder, "bin")

beforeAll(async () => {
  mkdirSync(join(place.folder, "keys"))
  mkdirSync(bin)
  place.file(
    "set.json",
    JSON.stringify({ keys: [{ kid: "2024-01" }, { kid: "two words" }, {}, null, { kid: "a\nb" }, { kid: 7 }] }),
  )
  place.file("keys/private file.jwk", "")
  place.file(".hidden", "")
  place.file("bin/jot", `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  chmodSync(join(bin, "jot"), 0o755)
  for (const shell of ["bash", "zsh", "fish", "powershell", "nushell", "elvish"])
    place.file(`jot.${shell}`, (await place.run(["completion", shell])).stdout)
})

/** The words that may follow, as the shells without quotes of their own get them. */
async function following(...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await place.run(["completion", "fish", "-"], { input: `${words.join("\n")}\n` })
  expect([code, stderr]).toEqual([0, ""])
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\t")[0] ?? "")
}

describe("what may follow", () => {
  const cases: [words: string[], expected: string[]][] = [
    [["ver"], ["verify", "version"]],
    [["key", "gen"], ["generate"]],
    [["key", "generate", "--bi"], ["--bits"]],
    [
      ["verify", "--secret-f"],
      ["--secret-file", "--secret-fd"],
    ],
    [["verify", "--strict", "--stri"], []],
    [["verify", "--key", "a", "--ke"], ["--key"]],
    [
      ["verify", "--alg", "ES"],
      ["ES256", "ES384", "ES512", "ES256K"],
    ],
    [["encrypt", "--sign-alg", "Ed2"], ["Ed25519"]],
    [["verify", "--alg=PS2"], ["--alg=PS256"]],
    [
      ["encrypt", "--enc", "A128"],
      ["A128GCM", "A128CBC-HS256"],
    ],
    [
      ["key", "convert", "--to", "p"],
      ["pem", "pkcs8", "pkcs1"],
    ],
    [["lint", "--format", "s"], ["sarif"]],
    [["sign", "--format", "f"], ["flattened"]],
    [["lint", "--explain", "ALG-N"], ["ALG-NONE"]],
    [["jwks", "serve", "--fault", "st"], ["stale"]],
    [
      ["verify", "--require", "ex"],
      ["exp", "exi"],
    ],
    [
      ["sign", "--claim", "email"],
      ["email=", "email_verified="],
    ],
    [["sign", "--header", "ki"], ["kid="]],
    [["decode", "--get", "/auth_"], ["/auth_time"]],
    [["verify", "--key", "se"], ["set.json"]],
    [["verify", "--key", "ke"], ["keys/"]],
    [["verify", "--key", "."], [".hidden"]],
    [["verify", "@keys/"], ["@keys/private file.jwk"]],
    [
      ["jwks", "get", "set.json", ""],
      ["2024-01", "two words"],
    ],
    [["jwks", "remove", "-q", "@set.json", "20"], ["2024-01"]],
    [["help", "ex"], ["exit-codes"]],
    [["man", "jwks", "se"], ["serve"]],
    [["completion", "f"], ["fish"]],
    [["decode", "--", "--js"], []],
  ]
  test.each(cases)("%j: %j", async (words, expected) => {
    expect(await following(...words)).toEqual(expected)
  })

  test("names of encryption algorithms are those of the library", async () => {
    const names = await following("decrypt", "--alg", "")
    expect(names).toHaveLength(18)
    const { encryptJweAsync } = await import("jotkit")
    const codeFor = (algorithm: string) =>
      encryptJweAsync("", new Uint8Array(1), { algorithm, encryption: "A256GCM" }).then(
        () => "ok",
        (error: { code: string }) => error.code,
      )
    const codes = await Promise.all([...names, "A1KW"].map(codeFor))
    expect(codes.indexOf("algorithm_unknown")).toBe(names.length)
  })

  test("what cannot be read is no message", async () => {
    for (const words of [
      ["jwks", "get", "nowhere.json", ""],
      ["jwks", "get", "keys", ""],
      ["verify", "--key", "nowhere/x"],
    ])
      expect(await following(...words)).toEqual([])
  })

  test("is described in the language of the user", async () => {
    const { stdout } = await place.run(["completion", "zsh", "-"], { input: "veri\n", env: { LANG: "zh_TW.UTF-8" } })
    expect(stdout).toMatch(/^verify\t檢查/)
  })
})

/** The lines that a shell prints, with `jot` in its path; undefined if there is no such shell here. */
function shell(name: string, args: readonly string[]): string[] | undefined {
  const env = { HOME: place.home, TERM: "dumb", PATH: [bin, process.env["PATH"]].join(delimiter) }
  return outputOf(name, args, { cwd: place.folder, env })?.split("\n").slice(0, -1)
}

describe("shells", () => {
  test("bash puts in what is missing, quoted, and a space behind what is whole", ({ skip }) => {
    const press = (line: string) =>
      `COMP_LINE="${line}" COMP_POINT=${line.length}; _jot jot; printf '%s|' "\${COMPREPLY[@]}"; echo`
    const lines = [
      "jot key gen",
      "jot verify --alg=PS25",
      "jot verify @keys/pri",
      "jot verify --key ke",
      "jot jwks get set.json t",
      "jot 'jwks' get nowhere ",
    ]
    const answers = shell("bash", ["--norc", "-c", `source ./jot.bash; ${lines.map(press).join("\n")}`])
    if (answers === undefined) return skip()
    // Bash replaces what stands behind = and @ only.
    expect(answers).toEqual(["generate |", "PS256 |", "keys/private\\ file.jwk |", "keys/|", "two\\ words |", "|"])
  })

  test("zsh shows words with what they mean, and puts no space behind what goes on", ({ skip }) => {
    // Outside a terminal there is no line to complete: what completes it is told instead.
    const stubs = `_describe() { local -a list; list=("\${(@P)2}"); print -rl -- "$@[3,-1]" $list }; compdef() { print "compdef $*" }`
    const press = (words: string) => `words=(jot ${words}); CURRENT=$#words; PREFIX=$words[-1]; _jot`
    const lines = ["key gen", "verify --color=al", "jwks get set.json 2", "verify --key ke", "jwks get nowhere ''"].map(
      press,
    )
    const answers = shell("zsh", ["-f", "-c", `${stubs}; source ./jot.zsh; ${lines.join("; ")}`])
    if (answers === undefined) return skip()
    expect(answers).toEqual([
      "compdef _jot jot",
      "generate:Make a private key or a secret.",
      "--color=always",
      "2024-01",
      "-S",
      "",
      "keys/",
    ])
  })

  test("fish completes by itself", ({ skip }) => {
    const lines = ["jot key gen", "jot ", "jot jwks get set.json t", "jot verify --color=al", "jot jwks get nowhere "]
    const presses = lines.map((line) => `complete -C '${line}' | head -1`)
    const answers = shell("fish", ["--no-config", "-c", `source ./jot.fish; ${presses.join("; ")}`])
    if (answers === undefined) return skip()
    expect(answers).toEqual([
      "generate\tMake a private key or a secret.",
      expect.stringMatching(/^\w+\t/),
      "two words",
      "--color=always",
    ])
  })

  test("elvish gets candidates", ({ skip }) => {
    const editor =
      "var edit: = (ns [&completion:=(ns [&arg-completer=[&]]) &complex-candidate~={|value &code-suffix='' &display=''| echo $value'|'$code-suffix'|'$display }])"
    const press = (words: string) => `$edit:completion:arg-completer[jot] jot ${words}`
    const script = place.file(
      "test.elv",
      `${editor}\neval (slurp < jot.elvish) &ns=(ns [&edit:=$edit:]) &on-end={|n| set edit: = $n[edit:] }\n${["key gen", "jwks get set.json ''", "verify --key ke", "jwks get nowhere ''"].map(press).join("\n")}\n`,
    )
    const answers = shell("elvish", ["-norc", script])
    if (answers === undefined) return skip()
    expect(answers).toEqual([
      "generate| |generate  Make a private key or a secret.",
      "2024-01| |2024-01",
      "two words| |two words",
      "keys/||keys/",
    ])
  })

  test.each(["powershell", "nushell"])("%s quotes what it would read otherwise", async (name) => {
    const { stdout } = await place.run(["completion", name, "-"], { input: "jwks\r\nget\r\nset.json\r\n\r\n" })
    expect(stdout).toBe(`2024-01\t\n${name === "nushell" ? '"two words"' : "'two words'"}\t\n`)
  })

  test("every script hands over the words on stdin, where no other process sees them, and drops messages", async () => {
    for (const [name, form] of [
      ["bash", '| "$1" completion bash - 2>/dev/null'],
      ["zsh", "| jot completion zsh - 2>/dev/null"],
      ["fish", "| jot completion fish - 2>/dev/null"],
      ["powershell", "| jot completion powershell - 2>$null"],
      ["nushell", "| ^jot completion nushell - | complete | get stdout"],
      ["elvish", "| jot completion elvish - 2>/dev/null"],
    ] as const) {
      const { stdout } = await place.run(["completion", name])
      expect(stdout).toContain(form)
      expect(balance(stdout)).toEqual({ "(": 0, "[": 0, "{": 0 })
    }
  })
})

/** How many brackets of each kind are left open. */
function balance(script: string): Record<string, number> {
  const bare = script.replaceAll(/'[^'\n]*'/g, "").replaceAll(/"[^"\n]*"/g, "")
  const count = (letter: string) => bare.split(letter).length - 1
  return { "(": count("(") - count(")"), "[": count("[") - count("]"), "{": count("{") - count("}") }
}

test("an unknown shell is an error that names the known ones, and secrets on the line are not repeated", async () => {
  expect((await place.run(["completion", "csh"])).stderr).toContain("bash, zsh, fish, powershell, nushell, elvish")
  expect(await following("sign", "--secret", SECRETS.good, "--secret-env", "")).toEqual([])
})
