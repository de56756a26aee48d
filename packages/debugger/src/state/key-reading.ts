/** Keys as they are read: those that were given, and those that a token brings along. */

import { type KeyOptions, memberOf, type OfferedKey, type Reading, readKeys } from "@jotkit/inspect"

/** What the key box holds, and how it is meant. */
export interface GivenKey extends KeyOptions {
  readonly input: string | Uint8Array
}

/** Reads what was given; of nothing no keys. */
export async function readGiven({ input, ...options }: GivenKey): Promise<readonly OfferedKey[]> {
  return input.length === 0 ? [] : readKeys(input, options)
}

/** Reads the header's `jwk` as it is written, or the first certificate of its `x5c` as PEM. */
export async function readEmbedded({ header }: Reading): Promise<readonly OfferedKey[]> {
  const root = header?.json?.root
  const jwk = memberOf(root, "jwk")?.value
  const chain = memberOf(root, "x5c")?.value
  const [leaf] = chain?.type === "array" ? chain.items : []
  const text =
    jwk?.type === "object"
      ? header?.content?.slice(...jwk.range)
      : leaf?.type === "string"
        ? `-----BEGIN CERTIFICATE-----\n${leaf.value}\n-----END CERTIFICATE-----\n`
        : undefined
  return text === undefined ? [] : readKeys(text, { provenance: "embedded" })
}
