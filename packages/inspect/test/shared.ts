import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, test } from "vitest"

/** Vectors that are read in place, beside the checkout, and never committed. */
const sharedRoot = new URL("../../../../shared/", import.meta.url)

/** The absolute path of a folder such as `vectors/rfc`, or undefined when it is not there. */
function sharedFolder(name: string): string | undefined {
  const path = fileURLToPath(new URL(name, sharedRoot))
  return existsSync(path) ? path : undefined
}

/**
 * A `describe` for tests that need a shared folder. Without the folder one skipped test says what is missing; in CI that is
 * an error.
 */
export function describeShared(name: string, title: string, fn: (folder: string) => void): void {
  const folder = sharedFolder(name)
  if (folder === undefined && process.env["CI"]) {
    throw new Error(`CI needs the shared folder ${name} beside the checkout`)
  }
  describe.skipIf(folder === undefined)(title, () => {
    if (folder === undefined) test(`needs the shared folder ${name} beside the checkout`, () => undefined)
    else fn(folder)
  })
}
