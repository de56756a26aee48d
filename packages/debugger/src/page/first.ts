/** Runs before anything is painted, so that the page does not flash in the wrong theme. */

import { readStored } from "../state/stored.ts"

const { theme } = readStored()
if (theme !== "system") document.documentElement.dataset["theme"] = theme
