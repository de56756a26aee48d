// @ts-check
// One contender in a process of its own: answers with its port and its tokens, and with the time of its processor when it is asked.
import { once } from "node:events"
import { createServer } from "node:http"
import { argv } from "node:process"
import { authWith, tokensOf } from "./auths.mjs"
import { frameworks } from "./contenders.mjs"

/** @type {import("./run.mjs").Contender} */
const { framework: name, guard, store } = JSON.parse(argv[2] ?? "")
const framework = frameworks[name]
if (framework === undefined) throw new Error(`there is no framework ${name}`)
const auth = await authWith(store)
const tokens = await tokensOf(auth, store !== undefined)
const server = createServer(await listener()).listen(0, "127.0.0.1")
await once(server, "listening")
process.send?.({ address: server.address(), tokens })
process.on("message", () => process.send?.({ microseconds: process.cpuUsage().user + process.cpuUsage().system }))

function listener() {
  if (guard === "bare") return framework?.bare()
  return guard === "ours" ? framework?.ours(auth) : framework?.peers[guard]?.()
}
