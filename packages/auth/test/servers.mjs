// Redis and PostgreSQL for a bench: says their ports as JSON, and ends them when its input ends.
import { once } from "node:events"
import { startPostgres, startRedis } from "./services.ts"

const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
process.stdout.write(`${JSON.stringify({ redis: redis?.ports[0], postgres: postgres?.ports[0] })}\n`)
process.stdin.resume()
await once(process.stdin, "end")
await Promise.all([redis?.stop(), postgres?.stop()])
process.exit()
