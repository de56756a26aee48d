// @ts-check
/** The server: `npm run example -- fetch`. */
import { serve } from "../app/serve.mjs"
import { listener } from "./http.mjs"
import { application } from "./routes.mjs"

await serve(new URL(".", import.meta.url), (auth, store) => listener(application(auth, store)))
