// @ts-check
// `npm run -s jot -- decode TOKEN`: makes the program of the sources as they are, and becomes it.
import { pathToFileURL } from "node:url"
import { bundleJot, program } from "./bundle-jot.mjs"

await bundleJot()
await import(pathToFileURL(program).href)
