/** What a storage, a token or a schema throws means: nothing is kept, nothing is there. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
