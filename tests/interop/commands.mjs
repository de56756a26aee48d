// @ts-check
// The loop of peers that are commands: one JSON line in, one out. Files that a command wants lie in a folder that is gone at the end.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"

const folder = mkdtempSync(join(tmpdir(), "interop-"))
let files = 0

/**
 * @param {Record<string, (request: any) => unknown>} operations
 */
export async function serve(operations) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { op, ...request } = JSON.parse(line)
    let answer
    try {
      answer = { value: await operations[op]?.(request) }
    } catch (error) {
      answer = { error: error instanceof Error ? error.message : String(error) }
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  rmSync(folder, { recursive: true })
}

/**
 * Writes a file for a command; only its owner reads it, or ssh-keygen refuses it.
 *
 * @param {string | Uint8Array} content
 */
export function file(content) {
  const path = join(folder, String(files++))
  writeFileSync(path, content, { mode: 0o600 })
  return path
}

/** A name that is free. */
export function freePath() {
  return join(folder, String(files++))
}

/**
 * What a command prints; throws what it says where it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string | Uint8Array} [input]
 * @returns {Buffer}
 */
export function run(command, args, input = "") {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, timeout: 60_000 })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${String(stderr).slice(0, 200)}`)
  return stdout
}
