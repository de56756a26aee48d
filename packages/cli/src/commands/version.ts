/** Which version this is. */

import { readFileSync } from "node:fs"
import type { Command } from "../frame/session.ts"

/** `jot version`, and `--version`. */
export const command: Command = async () => {
  const version = ownVersion()
  return { code: "ok", members: { version }, text: `${version}\n` }
}

/** The version in the manifest of this package. */
export function ownVersion(): string {
  const manifest = new URL("../../package.json", import.meta.url)
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version
}
