/** The lines of docs/how-to/check-tokens-in-a-terminal.md, as a reader would type them. */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { main } from "./jot.ts"

const page = readFileSync(new URL("../../../docs/how-to/check-tokens-in-a-terminal.md", import.meta.url), "utf8")
const root = fileURLToPath(new URL("../../../", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "jot-how-to-"))
const bin = mkdtempSync(join(tmpdir(), "jot-bin-"))
writeFileSync(join(bin, "jot"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
chmodSync(join(bin, "jot"), 0o755)

/** A block of lines to type; behind it may stand a block of what they print. */
interface Block {
  readonly lines: string
  readonly status: number
  readonly output: string | undefined
}

const blocks: Block[] = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, lines = "", output]) => ({ lines, status: Number(/# exits with (\d+)\s*$/.exec(lines)?.[1] ?? 0), output }),
)

/** What the page shows, where `…` stands for anything. */
function shown(output: string): RegExp {
  const literal = output.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")
  return new RegExp(`^${literal.replaceAll("…", "[\\s\\S]*")}$`)
}

test("the page has blocks that run, and one that wants a service of the reader's", () => {
  expect(blocks.length).toBeGreaterThan(15)
  expect(page.match(/^```sh no-run$/gm)).toHaveLength(1)
  expect(page.match(/^```sh/gm)).toHaveLength(blocks.length + 1)
})

test("every line does what the page says, one after the other", () => {
  mkdirSync(join(folder, "home"))
  const env = { HOME: join(folder, "home"), PATH: [bin, process.env["PATH"]].join(delimiter) }
  for (const { lines, status, output } of blocks) {
    // What a block leaves running ends with it, before the next: a server that is still ending holds the pipe that the next one opens.
    const script = `trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n${lines}`
    const run = spawnSync("bash", ["-e", "-c", script], { cwd: folder, env, encoding: "utf8" })
    expect({ lines, status: run.status, errors: run.stderr }).toEqual({ lines, status, errors: expect.any(String) })
    if (output !== undefined) expect(run.stdout).toMatch(shown(output))
    expect(run.stdout + run.stderr).not.toContain(root)
  }
})
