#!/usr/bin/env node
/** The program `jot`. */

import { run } from "./frame/run.ts"

// What Node would warn of (short secrets, experiments) the commands say themselves, in their own words and only where it matters.
process.removeAllListeners("warning")
await run(process.argv.slice(2))
