// Rotates the refresh token of one session in a file of SQLite, again and again, and says what came of each once it is written.
// Arguments: the path, the session, the first token, the time, how many times.
import { sqliteStore } from "@jotkit/auth/sqlite"

const [path, sessionId, first, now, times] = process.argv.slice(3)
const store = sqliteStore(path)
let presentedId = first
for (let i = 0; i < Number(times); i++) {
  const successorId = `${first}-${i}`
  const { outcome } = await store.rotate({ sessionId, presentedId, successorId, now: Number(now), graceSeconds: 10 })
  process.stdout.write(`${outcome} ${successorId}\n`)
  presentedId = successorId
}
