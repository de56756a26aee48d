/**
 * The only file about synchronous and asynchronous. A pipeline is a generator that reads from top to bottom and yields where an
 * answer may be a promise; two drivers run it. So every rule is written once, and both forms of a function obey it.
 */
import { engine, isCovered } from "../crypto/platform.ts"
import { hasCustomAlgorithms } from "../crypto/registry.ts"
import { runtimeName } from "../crypto/runtime.ts"
import { finish, type Steps } from "../crypto/steps.ts"
import { UsageError } from "../errors.ts"

export { isPending, type Steps, wait } from "../crypto/steps.ts"

/** Which driver runs the pipeline: the asynchronous one may use other threads. */
export type Mode = "sync" | "async"

/**
 * An answer that is there, or the steps to it. Functions on the hot path answer so: most tokens need no waiting, and a generator
 * for nothing costs as much as parsing a header.
 */
export type Answer<T> = T | Steps<T>

/** Whether an answer is still to be had, by `yield*`. JSON holds no functions, so claims are never taken for steps. */
export function isSteps<T>(answer: Answer<T>): answer is Steps<T> {
  return typeof answer === "object" && answer !== null && "next" in answer && typeof answer.next === "function"
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
 * Runs a pipeline at once: the synchronous forms of what touches cryptography.
 *
 * @throws UsageError `sync_unavailable` in a runtime whose cryptography answers with promises, before anything is begun;
 *   `async_required` where the pipeline would have to wait for something else.
 */
export function runSync<T>(start: () => Answer<T>, twin: string): T {
  if (!engine.answersAtOnce && !othersMayAnswer()) throw cannotWait(twin)
  return answerNow(start(), twin)
}

/** Whether something beside the platform may do the work, and at once: then only the call itself can show it. */
function othersMayAnswer(): boolean {
  return isCovered() || hasCustomAlgorithms()
}

/** As {@link runSync}, for what needs cryptography only sometimes: it refuses when it would have to wait. */
export function answerNow<T>(answer: Answer<T>, twin: string): T {
  if (!isSteps(answer)) return answer
  const step = answer.next()
  if (step.done === true) return step.value
  // The promise is given up, but not alive: its failure must not end the process as an unhandled rejection.
  if (!(step.value instanceof Deferred)) step.value.then(undefined, () => undefined)
  throw cannotWait(twin)
}

function cannotWait(twin: string): UsageError {
  return engine.answersAtOnce
    ? new UsageError("async_required", `this key, signer or schema answers with a promise; call ${twin} instead`)
    : new UsageError("sync_unavailable", `cryptography in ${runtimeName()} answers with promises; call ${twin} instead`)
}

/** Runs a pipeline, waiting where it must. What it throws before it waits is a rejection, too. */
export async function runAsync<T>(start: () => Answer<T>): Promise<T> {
  const steps = start()
  if (!isSteps(steps)) return steps
  const step = steps.next()
  return step.done === true ? step.value : finish(steps, step.value)
}
