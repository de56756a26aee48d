/** The page with a button that fetches a key set. */

import { FetchKeys } from "../view/fetch-keys.tsx"
import { start } from "./start.tsx"

start(<FetchKeys />)
