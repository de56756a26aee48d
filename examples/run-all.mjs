// @ts-check
// Runs every example: each must end by itself, with exit code 0, within half a minute.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL(".", import.meta.url))
const programs = readdirSync(folder)
  .map((name) => ({ name, path: join(folder, name, "main.mjs") }))
  .filter(({ path }) => existsSync(path))

const failed = []
for (const { name, path } of programs) {
  console.log(`\n== ${name}`)
  const { status, error } = spawnSync(process.execPath, [path], { stdio: "inherit", timeout: 30_000 })
  if (error !== undefined) console.error(String(error))
  if (status !== 0) failed.push(name)
}
console.log(`\nexamples: ${programs.length - failed.length} passed, ${failed.length} failed`)
for (const name of failed) console.error(`failed: ${name}`)
if (failed.length > 0 || programs.length === 0) process.exitCode = 1
