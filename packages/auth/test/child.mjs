// Runs a module in a process of its own, with the package as the tests have it: its sources, unless the built package is to be judged.
// Arguments: the path of the module, then the module's own.
import { pathToFileURL } from "node:url"
import { createServer, createServerModuleRunner } from "vite"

const path = process.argv[2] ?? ""
if (process.env["JOTKIT_DIST"] === "1") await import(pathToFileURL(path).href)
else await importFromSources()

async function importFromSources() {
  const conditions = ["@jotkit/source", "node", "import", "default"]
  const noExternal = [/jotkit/]
  const { environments } = await createServer({
    configFile: false,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, ws: false, watch: null },
    ssr: { noExternal, resolve: { conditions } },
  })
  await createServerModuleRunner(environments.ssr).import(path)
}
