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
export function askStore<T>(seconds: number, ask: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StoreUnavailableError(`the store did not answer within ${seconds} s`)),
      seconds * 1000,
    )
    const fail = (cause: unknown): void => {
      clearTimeout(timer)
      reject(
        cause instanceof StoreUnavailableError
          ? cause
          : new StoreUnavailableError("the store cannot be used", { cause }),
      )
    }
    try {
      ask().then((answer) => {
        clearTimeout(timer)
        resolve(answer)
      }, fail)
    } catch (cause) {
      fail(cause)
    }
  })
}
