/** The keys to verify with: those in the key box, or, where there are none, the one that the token brought along. */

import { memberOf, type OfferedKey, type Reading, readKeys } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { keyFile, keyOrigin, keyText, passphrase, secretEncoding } from "./input.ts"
import { later } from "./later.ts"
import { reading } from "./reading.ts"

const DELAY_MS = 40

const given = computed(() => ({
  input: keyFile.value?.bytes ?? keyText.value,
  encoding: secretEncoding.value,
  passphrase: passphrase.value === "" ? undefined : passphrase.value,
  provenance: keyOrigin.value?.text === keyText.value ? keyOrigin.value.provenance : undefined,
}))

/** Whether the key box holds anything. */
export const hasKey: ReadonlySignal<boolean> = computed(() => given.value.input.length > 0)

/** What was read in the key box; undefined while it is being read. */
export const suppliedKeys: ReadonlySignal<readonly OfferedKey[] | undefined> = later(
  given,
  ({ input, ...options }) => (input.length === 0 ? Promise.resolve([]) : readKeys(input, options)),
  DELAY_MS,
)

/** The keys in the token's own header; undefined while they are being read. */
export const embeddedKeys: ReadonlySignal<readonly OfferedKey[] | undefined> = later(
  computed(() => ({ text: embeddedText(reading.value) })),
  ({ text }) => (text === undefined ? Promise.resolve([]) : readKeys(text, { provenance: "embedded" })),
  DELAY_MS,
)

/** The header's `jwk` as it is written, or the first certificate of its `x5c` as PEM. */
function embeddedText({ header }: Reading): string | undefined {
  const root = header?.json?.root
  const jwk = memberOf(root, "jwk")?.value
  if (jwk?.type === "object") return header?.content?.slice(...jwk.range)
  const chain = memberOf(root, "x5c")?.value
  const [leaf] = chain?.type === "array" ? chain.items : []
  return leaf?.type === "string" ? `-----BEGIN CERTIFICATE-----\n${leaf.value}\n-----END CERTIFICATE-----\n` : undefined
}
