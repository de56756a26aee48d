/**
 * One at a time, in all tabs and workers of an origin. By Web Locks; where there are none (pages without https, old browsers) by
 * IndexedDB: a database is raised to its next version only when nobody has it open, so whoever has raised it keeps it open. Both let go
 * of what a tab held that dies. Where there is neither, as in Node and native runtimes, there are no tabs either.
 */

import { type Db, platform } from "./platform.ts"

/** Runs a task when no other has the name. @param task - Is told whether others may have had it meanwhile. */
export async function exclusive<T>(name: string, task: (waited: boolean) => Promise<T>): Promise<T> {
  const locks = platform.navigator?.locks
  if (locks) {
    const done = await locks.request(name, { ifAvailable: true }, async (lock) => lock && { value: await task(false) })
    return done ? done.value : locks.request(name, {}, () => task(true))
  }
  const db = await raise(name).catch(() => undefined)
  return task(db !== undefined).finally(() => db?.close())
}

/** Opens a database as the one who has raised it. Without a version, to find out which is the next. */
function raise(name: string, version?: number): Promise<Db> {
  return new Promise((resolve, reject) => {
    const request = platform.indexedDB?.open(name, version)
    if (!request) return reject()
    let isRaised = false
    request.onupgradeneeded = () => {
      isRaised = version !== undefined
    }
    request.onsuccess = () => {
      const db = request.result
      if (isRaised) return resolve(db)
      db.close()
      resolve(raise(name, db.version + 1))
    }
    // Someone else was faster, and it has a later version; or nothing works here.
    request.onerror = () => (version ? resolve(raise(name)) : reject())
  })
}
