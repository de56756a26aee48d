// Writes to the store in the file that it is told until it is killed: rotates the token of one session again and again, and says which
// token is the newest once it is written.
import { sqliteStore } from "@jotkit/auth/sqlite"

const [path, sessionId, first, now] = process.argv.slice(2)
const store = sqliteStore(path)
for (let presentedId = first, i = 0; ; i++) {
  const successorId = `${first}-${i}`
  const answer = await store.rotate({ sessionId, presentedId, successorId, now: Number(now), graceSeconds: 10 })
  process.stdout.write(`${answer.outcome} ${successorId}\n`)
  presentedId = successorId
}
