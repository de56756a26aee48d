import { type Db, type DbRequest, type DbStore, platform } from "./platform.ts"

/** The one table of the one database of this package. */
const NAME = "jotkit"

/**
 * Does one thing in IndexedDB, in a transaction of its own: no tab comes between its reading and its writing.
 *
 * @returns What `work` puts into its request; undefined where there is no IndexedDB, or it does not work.
 */
export async function inDatabase<T>(
  work: (store: DbStore, answer: (value: T) => void) => void,
): Promise<T | undefined> {
  const db = await open().catch(() => undefined)
  if (!db) return undefined
  const done = new Promise<T | undefined>((resolve) => {
    const transaction = db.transaction(NAME, "readwrite")
    // Such as a disk that is full.
    transaction.onabort = () => resolve(undefined)
    work(transaction.objectStore(NAME), resolve)
  })
  return done.finally(() => db.close())
}

function open(): Promise<Db | undefined> {
  return new Promise((resolve) => {
    const request = platform.indexedDB?.open(NAME)
    if (!request) return resolve(undefined)
    request.onupgradeneeded = () => request.result.createObjectStore(NAME)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => resolve(undefined)
  })
}

/** Calls back when a request has what it asked for. */
export function onResult<T>(request: DbRequest<T>, then: (value: T) => void): void {
  request.onsuccess = () => then(request.result)
}
