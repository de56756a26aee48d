/**
 * The only file about synchronous and asynchronous. A pipeline is a generator that reads from top to bottom and yields where an
 * answer may be a promise; two drivers run it. So every rule is written once, and both forms of a function obey it.
 */
import { UsageError } from "../errors.ts"

/** A pipeline that ends with a T. */
export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>

/** Which driver runs the pipeline: the asynchronous one may use other threads. */
export type Mode = "sync" | "async"

/** Whether a value must be waited for. */
export function isPending<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
}

/** Waits for a value that may be a promise. Where speed counts, ask {@link isPending} first: most values are there already. */
export function* wait<T>(value: T | PromiseLike<T>): Steps<T> {
  return isPending(value) ? ((yield value) as T) : value
}

/** Work that begins only when someone waits for it: a synchronous form that cannot wait must not have sent a request. */
export class Deferred<T> implements PromiseLike<T> {
  readonly #start: () => PromiseLike<T>

  constructor(start: () => PromiseLike<T>) {
    this.#start = start
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaited is what this class is for
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return this.#start().then(onValue, onError)
  }
}

/**
 * Runs a pipeline at once.
 *
 * @throws UsageError `async_required` where it would have to wait.
 */
export function runSync<T>(steps: Steps<T>, twin: string): T {
  const step = steps.next()
  if (step.done === true) return step.value
  // The promise is given up, but not alive: its failure must not end the process as an unhandled rejection.
  if (!(step.value instanceof Deferred)) step.value.then(undefined, () => undefined)
  throw new UsageError("async_required", `this key, signer or schema answers with a promise; call ${twin} instead`)
}

/** Runs a pipeline, waiting where it must. */
export async function runAsync<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next()
  while (step.done !== true) {
    let value: unknown
    try {
      value = await step.value
    } catch (error) {
      step = steps.throw(error)
      continue
    }
    step = steps.next(value)
  }
  return step.value
}
