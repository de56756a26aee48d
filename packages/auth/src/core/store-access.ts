/** Asking the store: with a bound on the wait, and one error for whatever goes wrong. */

/** The store did not answer, or not in time. Its own error is the cause. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError"
  readonly code = "store_unavailable"
}

/**
 * What a store answers.
 *
 * @param seconds - How long it may take.
 * @throws StoreUnavailableError if it takes longer, or rejects.
 */
export async function askStore<T>(seconds: number, ask: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `the store did not answer within ${seconds} s`
    timer = setTimeout(() => reject(new StoreUnavailableError(message)), seconds * 1000)
  })
  try {
    return await Promise.race([ask(), late])
  } catch (cause) {
    if (cause instanceof StoreUnavailableError) throw cause
    throw new StoreUnavailableError("the store cannot be used", { cause })
  } finally {
    clearTimeout(timer)
  }
}
