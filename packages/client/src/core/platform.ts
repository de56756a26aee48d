/**
 * What a runtime may have, beside `fetch` and `URL`. Browsers have all of it, workers and native runtimes a part, and Node little: so
 * that everything is optional, and asked for when it is needed.
 */

/** What `localStorage` is, as far as it is used. */
export interface WebStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

/** `BroadcastChannel`. */
export interface Channel {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  postMessage(message: unknown): void
  close(): void
}

/** `navigator.locks`. */
interface Locks {
  request<T>(
    name: string,
    options: { readonly ifAvailable: boolean },
    task: (lock: object | null) => Promise<T>,
  ): Promise<T>
}

/** A request to IndexedDB. */
export interface DbRequest<T> {
  readonly result: T
  readonly error: { readonly name: string } | null
  onsuccess: (() => void) | null
  onerror: ((event?: unknown) => void) | null
}

/** A table of IndexedDB. */
export interface DbStore {
  get(key: string): DbRequest<unknown>
  put(value: unknown, key: string): DbRequest<unknown>
  delete(key: string): DbRequest<unknown>
}

interface DbTransaction {
  onabort: (() => void) | null
  objectStore(name: string): DbStore
}

/** A database of IndexedDB. */
export interface Db {
  readonly version: number
  createObjectStore(name: string): unknown
  transaction(name: string, mode: "readwrite"): DbTransaction
  close(): void
}

interface DbFactory {
  open(name: string, version?: number): DbRequest<Db> & { onupgradeneeded: (() => void) | null }
}

interface Platform {
  readonly localStorage?: WebStorage
  readonly sessionStorage?: WebStorage
  readonly document?: { readonly cookie: string }
  readonly location?: { readonly origin: string }
  readonly navigator?: { readonly locks?: Locks }
  readonly indexedDB?: DbFactory
  /** Where there is none, making one fails. */
  readonly BroadcastChannel: new (
    name: string,
  ) => Channel
}

/** The runtime; what is not there is undefined. */
// The types of Node, which this is compiled with, do not have these names, or know more of them.
export const platform: Platform = globalThis as unknown as Platform
