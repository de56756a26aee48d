/** What is inside of an encrypted token, judged as any other: by the same policy and moment, with a key of its own. */

import { judge, type Reading, readKeys } from "@jotkit/inspect"
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { expectations, withoutClaims } from "./judgment.ts"
import { later } from "./later.ts"
import { at } from "./moment.ts"
import { opened } from "./opening.ts"
import type { Judged } from "./tasks.ts"

const DELAY_MS = 80

/** The key for the signature inside: another one than that which opened the token. */
export const innerKeyText: Signal<string> = signal("")

/** The signed token inside, or claims that nobody signed. */
const inner: ReadonlySignal<Reading | undefined> = computed(() => opened.value?.nested ?? opened.value)

const question = computed(() => inner.value && { ...expectations.value, inner: inner.value, text: innerKeyText.value })

/** What is to be said of it. */
export const innerJudgment: ReadonlySignal<Judged["judgment"] | undefined> = later(
  question,
  async ({ inner: token, text, isUsable, ...request }) => {
    const keys = text === "" ? [] : await readKeys(text)
    const found = await judge(token, { now: at.peek(), keys, ...request })
    return isUsable ? found : withoutClaims(found)
  },
  DELAY_MS,
)
