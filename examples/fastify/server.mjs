// @ts-check
/** The server: `npm run example -- fastify`. */
import { serve } from "../app/serve.mjs"
import { application } from "./application.mjs"

await serve(new URL(".", import.meta.url), application)
