/**
 * One at a time, in all tabs and workers of an origin. By Web Locks; where there are none (pages without https, old browsers) by
 * IndexedDB: a database is raised to its next version only when nobody has it open, so whoever has raised it keeps it open. Both let go
 * of what a tab held that dies. Where there is neither, as in Node and native runtimes, there are no tabs either.
 */

import { type Db, platform } from "./platform.ts"

/** Runs a task when no other has the name. @param task - Is told whether others may have had it meanwhile. */
export async function exclusive<T>(name: string, task: (waited: boolean) => Promise<T>): Promise<T> {
  const locked = (ifAvailable: boolean) =>
    platform.navigator?.locks
      ?.request(name, { ifAvailable }, async (lock) => {
        if (!lock) return undefined
        const value = task(!ifAvailable)
        await value.catch(() => undefined)
        return { value }
      })
      // Browsers that are told to keep nothing give no locks, nor do frames without an origin.
      .catch(() => undefined)
  const done = (await locked(true)) ?? (await locked(false))
  if (done) return done.value
  const db = await raise(name).catch(() => undefined)
  return task(!!db).finally(() => db?.close())
}

/** Opens a database as the one who has raised it. Without a version, to find out which is the next. */
function raise(name: string, version?: number): Promise<Db> {
  return new Promise((resolve, reject) => {
    const request = platform.indexedDB?.open(name, version)
    if (!request) return reject()
    let isRaised = false
    request.onupgradeneeded = () => {
      isRaised = true
    }
    request.onsuccess = () => {
      const db = request.result
      if (isRaised) return resolve(db)
      db.close()
      resolve(raise(name, db.version + 1))
    }
    // Someone else was faster, and it has a later version; or nothing works here, such as a disk that is full.
    request.onerror = () => (request.error?.name === "VersionError" ? resolve(raise(name)) : reject())
  })
}
