/** The keys to verify with: those in the key box, or, where there are none, the one that the token brought along. */

import type { OfferedKey } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { keyFile, keyOrigin, keyText, passphrase, secretEncoding } from "./input.ts"
import { type GivenKey, readEmbedded, readGiven } from "./key-reading.ts"
import { later } from "./later.ts"
import { reading } from "./reading.ts"

const DELAY_MS = 40

/** What the key box holds. */
export const given: ReadonlySignal<GivenKey> = computed(() => ({
  input: keyFile.value?.bytes ?? keyText.value,
  encoding: secretEncoding.value,
  passphrase: passphrase.value === "" ? undefined : passphrase.value,
  provenance: keyOrigin.value?.text === keyText.value ? keyOrigin.value.provenance : undefined,
}))

/** Whether the key box holds anything. */
export const hasKey: ReadonlySignal<boolean> = computed(() => given.value.input.length > 0)

/** What was read in the key box; undefined while it is being read. */
export const suppliedKeys: ReadonlySignal<readonly OfferedKey[] | undefined> = later(given, readGiven, DELAY_MS)

/** The keys in the token's own header; undefined while they are being read. */
export const embeddedKeys: ReadonlySignal<readonly OfferedKey[] | undefined> = later(reading, readEmbedded, DELAY_MS)
