/** Which version this is. */

import type { Command } from "../frame/session.ts"

/** Of the manifest; `scripts/bundle-jot.mjs` puts it in place of the name. */
declare const JOT_VERSION: string

/** `jot version`, and `--version`. */
export const command: Command = async () => ({
  code: "ok",
  members: { version: JOT_VERSION },
  text: `${JOT_VERSION}\n`,
})
