#!/usr/bin/env node
/** The program `jot`. `scripts/bundle-jot.mjs` makes one file of it, dist/jot.mjs: that is what is shipped, and what tests run. */

import { run } from "./frame/run.ts"

// What Node would warn of (short secrets, experiments) the commands say themselves, in their own words and only where it matters.
process.removeAllListeners("warning")
void run(process.argv.slice(2))
