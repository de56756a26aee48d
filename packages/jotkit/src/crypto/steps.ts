/**
 * Steps: what reads from top to bottom and may have to wait. A generator that yields where an answer is a promise; whoever runs
 * it decides how to wait. The engines use it below, the pipelines above.
 */

/** An answer, or a promise of one. */
export type Awaitable<T> = T | PromiseLike<T>

/** Steps that end with a T. */
export type Steps<T> = Generator<PromiseLike<unknown>, T, unknown>

/** Whether a value must be waited for. */
export function isPending<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"
}

/** Waits for a value that may be a promise. Where speed counts, ask {@link isPending} first: most values are there already. */
export function* wait<T>(value: Awaitable<T>): Steps<T> {
  return isPending(value) ? ((yield value) as T) : value
}

/** Runs steps: at once as long as nothing has to be waited for, else as a promise of their end. */
export function settle<T>(steps: Steps<T>): T | Promise<T> {
  const step = steps.next()
  return step.done === true ? step.value : finish(steps, step.value)
}

/** Runs steps to their end that have come to something they must wait for. */
export async function finish<T>(steps: Steps<T>, pending: PromiseLike<unknown>): Promise<T> {
  let step: IteratorResult<PromiseLike<unknown>, T> = { done: false, value: pending }
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

/** An answer that is asked for when it is first needed, and kept. */
export function once<T extends object | boolean>(start: () => T | Promise<T>): () => T | Promise<T> {
  let answer: T | Promise<T> | undefined
  return () => {
    if (answer === undefined) {
      answer = start()
      // From then on nobody has to wait. Who waits now hears of a failure.
      if (isPending(answer)) answer.then(keep, () => undefined)
    }
    return answer
  }
  function keep(value: T): void {
    answer = value
  }
}
