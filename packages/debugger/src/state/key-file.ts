/** A key that comes as a file. */

import { batch } from "@preact/signals"
import { giveKey, keyFile } from "./input.ts"

/** No key is larger; a key set hardly. */
const MAX_BYTES = 1_048_576
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/**
 * Takes a file for the key: text goes into the box, everything else is kept as bytes.
 *
 * @returns The most bytes a file may have, if this one has more; then nothing is changed.
 */
export async function takeKeyFile(file: File): Promise<number | undefined> {
  if (file.size > MAX_BYTES) return MAX_BYTES
  const bytes = new Uint8Array(await file.arrayBuffer())
  batch(() => {
    giveKey(textOf(bytes) ?? "")
    keyFile.value = textOf(bytes) === undefined ? { name: file.name, bytes } : undefined
  })
  return undefined
}

/** The bytes as text, where they are UTF-8 without control characters. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = utf8.decode(bytes)
    return text.includes("\0") ? undefined : text
  } catch {
    return undefined
  }
}
