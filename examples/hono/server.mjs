// @ts-check
/** The server: `npm run example -- hono`. On Node, `@hono/node-server` does what `listener` does here. */
import { serve } from "../app/serve.mjs"
import { listener } from "../fetch/http.mjs"
import { application } from "./application.mjs"

await serve(new URL(".", import.meta.url), (auth, store) => {
  const app = application(auth, store)
  return listener(async (request) => app.fetch(request))
})
