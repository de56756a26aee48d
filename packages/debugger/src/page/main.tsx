/** The page that cannot send anything: nothing in it knows how. */

import { start } from "./start.tsx"

start()
