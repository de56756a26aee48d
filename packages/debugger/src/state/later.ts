/** Answers that take a while, tied to what was asked: an old answer is never shown for a new question. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals"

/** The press of a pointer, until it ends. A page that moves under a click loses it: what is new waits for it, for three seconds at most. */
let press: Promise<void> | undefined
let letGo: (() => void) | undefined

addEventListener(
  "pointerdown",
  () => {
    press = new Promise((end) => {
      letGo = end
      setTimeout(end, 3000)
    })
  },
  true,
)
// The click comes behind the event.
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(() => letGo?.()))

/**
 * Follows a question with its answer.
 *
 * @param question - Undefined where there is nothing to ask. Two questions are the same if they are the same object.
 * @param delayMs - So long the question must stand still before it is asked.
 * @returns The answer to the question that stands now; undefined until it is there, and where there is none.
 */
export function later<Question extends object, Answer>(
  question: ReadonlySignal<Question | undefined>,
  work: (asked: Question) => Promise<Answer | undefined>,
  delayMs: number,
): ReadonlySignal<Answer | undefined> {
  const latest = signal<{ readonly asked: Question; readonly answer: Answer | undefined } | undefined>(undefined)
  effect(() => {
    const asked = question.value
    if (asked === undefined) return undefined
    const timer = setTimeout(async () => {
      const answer = await work(asked)
      await press
      if (question.peek() === asked) latest.value = { asked, answer }
    }, delayMs)
    return () => clearTimeout(timer)
  })
  return computed(() => (latest.value?.asked === question.value ? latest.value?.answer : undefined))
}

/** Waits for an answer that is on its way, for acts that need it. */
export function arrived<Answer>(answer: ReadonlySignal<Answer | undefined>): Promise<Answer> {
  return new Promise((resolve) => {
    const stop = answer.subscribe((value) => {
      if (value === undefined) return
      resolve(value)
      // The first call comes before there is anything to stop.
      queueMicrotask(() => stop())
    })
  })
}
