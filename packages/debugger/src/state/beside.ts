/** What stands beside the token, and whether it fits: counterparts of its hashes, certificates, disclosures, keys in the token box. */

import {
  type Binding,
  type CertificateChain,
  checkBindings,
  checkCertificates,
  checkDisclosures,
  type DisclosuresAnswer,
  type OfferedKey,
  type Reading,
  readKeys,
} from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { counterpartsOf } from "./counterparts.ts"
import { besideFields, keyFile, keyText } from "./input.ts"
import { judged } from "./judgment.ts"
import { later } from "./later.ts"
import { at } from "./moment.ts"
import { isKey, reading } from "./reading.ts"

const DELAY_MS = 40

/** Every hash of the token and what came of it. */
export const bindings: ReadonlySignal<readonly Binding[] | undefined> = steady(
  later(
    computed(() => ({ reading: reading.value, fields: besideFields.value })),
    async (asked) => ({
      reading: asked.reading,
      answer: await checkBindings(asked.reading, await counterpartsOf(asked.fields)),
    }),
    DELAY_MS,
  ),
)

/** The certificates of the token and of the key. */
export const chains: ReadonlySignal<readonly CertificateChain[] | undefined> = steady(
  later(
    computed(() => ({
      reading: reading.value,
      key: keyFile.value?.bytes ?? keyText.value,
      verifiedBy: judged.value?.judgment.verifiedBy,
      minute: Math.floor(at.value / 60),
    })),
    async (asked) => ({
      reading: asked.reading,
      answer: await checkCertificates(asked.reading, { ...asked, now: at.peek() }),
    }),
    DELAY_MS,
  ),
)

/** The disclosures and the key binding of an SD-JWT. */
export const disclosures: ReadonlySignal<DisclosuresAnswer | undefined> = later(
  computed(() => (reading.value.form === "sd-jwt" ? reading.value : undefined)),
  (asked) => checkDisclosures(asked),
  DELAY_MS,
)

/** The keys in the token box, where someone put keys there. */
export const keysInTokenBox: ReadonlySignal<readonly OfferedKey[] | undefined> = later(
  computed(() => (isKey(reading.value) ? reading.value : undefined)),
  ({ text }) => readKeys(text),
  DELAY_MS,
)

/** An answer about a token. */
interface About<Answer> {
  readonly reading: Reading
  readonly answer: Answer
}

/** Keeps the last answer while the next one about the same token is made: a panel must not vanish under the hand that types in it. */
function steady<Answer>(source: ReadonlySignal<About<Answer> | undefined>): ReadonlySignal<Answer | undefined> {
  let last: About<Answer> | undefined
  return computed(() => {
    last = source.value ?? last
    return last?.reading === reading.value ? last?.answer : undefined
  })
}
