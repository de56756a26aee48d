// @ts-check
/** The page on the Express example: `npm run example -- app`. */
import { env } from "node:process"
import { serve } from "./serve.mjs"
import { site } from "./site.mjs"

// For this machine alone, over plain http: browsers would not keep secure cookies. On https leave it to its default.
env["COOKIE_SECURE"] ??= "false"

await serve(new URL(".", import.meta.url), site)
