// @ts-check
// What a user of `jot` does first, in processes: the same commands for every form it is shipped in and every runtime it is promised for.
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"

const SECRETS = { JOT_GOOD: "g".repeat(32), JOT_OTHER: "o".repeat(32) }
const ESC = "\u001b["
/** More than a pipe holds at once, both ways. */
const LINES = 2000

/**
 * @param {readonly string[]} command The program, and what stands before its arguments.
 * @param {{ version: string, cwd: string, path?: string | undefined }} options `cwd` may be written to; `path` is put before the PATH.
 * @returns {string[]} What is not as it should be.
 */
export function tryJot(command, { version, cwd, path }) {
  /** @type {string[]} */
  const problems = []
  const [program = "", ...first] = command
  const PATH = [path, process.env["PATH"]].filter(Boolean).join(":")
  const env = { PATH, HOME: cwd, ...SECRETS }
  const settings = { cwd, env, encoding: /** @type {const} */ ("utf8"), maxBuffer: 2 ** 26, timeout: 60_000 }
  const jot = (/** @type {string} */ line, input = "", more = {}) => {
    const args = [...first, ...line.split(" ")]
    return spawnSync(program, args, { ...settings, input, env: { ...env, ...more } })
  }
  /**
   * @param {string} what
   * @param {{ status: number | null, stdout: string, stderr: string }} result
   * @param {number} status
   * @param {(result: { stdout: string, stderr: string }) => boolean} isRight
   */
  const hold = (what, result, status, isRight) => {
    const { stdout, stderr } = result
    try {
      if (result.status === status && isRight(result)) return
    } catch {
      // It printed no JSON where it should.
    }
    const found = JSON.stringify({ status: result.status, stdout, stderr }).slice(0, 600)
    problems.push(`${what}: expected exit status ${status}, found ${found}`)
  }

  hold("--version", jot("--version"), 0, ({ stdout }) => stdout === `${version}\n`)
  const signed = jot("sign --secret-env JOT_GOOD --alg HS256 --sub alice --exp +1h")
  hold("sign", signed, 0, ({ stdout }) => /^[\w-]+\.[\w-]+\.[\w-]+\n$/.test(stdout))
  const token = signed.stdout
  hold("decode of a pipe", jot("decode", token), 0, ({ stdout, stderr }) => {
    return JSON.parse(stdout).payload.sub === "alice" && stderr.includes("not verified")
  })
  hold(
    "verify",
    jot("verify --json --secret-env JOT_GOOD --alg HS256", token),
    0,
    ({ stdout }) => JSON.parse(stdout).verified,
  )
  hold("verify by another secret", jot("verify --secret-env JOT_OTHER --alg HS256 -", token), 4, ({ stdout }) => {
    return stdout === ""
  })
  hold("decode of nothing", jot("decode"), 3, ({ stdout }) => stdout === "")
  hold("a command that is none", jot("decod"), 2, ({ stderr }) => stderr.includes("decode"))
  hold("another language", jot("decode --lang zh-Hant", token), 0, ({ stderr }) => stderr.includes("未經驗證"))
  hold("colour", jot("decode --color=always", token), 0, ({ stdout }) => stdout.includes(ESC))
  hold("no colour", jot("decode", token, { NO_COLOR: "1" }), 0, ({ stdout }) => !stdout.includes(ESC))
  hold("a stream", jot("decode --jsonl -q", token.repeat(LINES)), 0, ({ stdout, stderr }) => {
    return stdout.split("\n").length === LINES + 1 && stdout.endsWith("}\n") && stderr === ""
  })
  const ends = 'set -o pipefail; "$@" decode --jsonl -q | head -n 1'
  const read = spawnSync("bash", ["-c", ends, "jot", ...command], { ...settings, input: token.repeat(LINES) })
  hold("a reader that has had enough", read, 0, ({ stdout, stderr }) => stdout.endsWith("}\n") && stderr === "")

  const made = jot("key generate --alg ES256")
  const file = join(cwd, "private.jwk")
  writeFileSync(file, made.stdout, { mode: 0o600 })
  const other = jot(`sign --key ${file} --sub bob --no-exp`).stdout
  const publicKey = jot("key public", made.stdout).stdout
  writeFileSync(join(cwd, "public.jwk"), publicKey)
  hold("a pair of keys", jot(`verify --key ${join(cwd, "public.jwk")}`, other), 0, ({ stdout }) => {
    return JSON.parse(stdout).sub === "bob" && !publicKey.includes('"d"')
  })
  return problems
}
