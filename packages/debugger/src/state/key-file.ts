/** A key that comes as a file. */

import { batch, type Signal, signal } from "@preact/signals"
import { giveKey, keyFile } from "./input.ts"

/** Bytes of a file that are read. No key is larger; a key set hardly. */
export const MAX_FILE_BYTES = 1_048_576
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The last file, if it was not taken: it is too large, or it is a folder, or cannot be read. */
export const refusedFile: Signal<{ readonly name: string; readonly isLarge: boolean } | undefined> = signal(undefined)

/** Takes a file for the key: text goes into the box, everything else is kept as bytes. One that is refused changes nothing. */
export async function takeKeyFile(file: File): Promise<void> {
  const isLarge = file.size > MAX_FILE_BYTES
  const content = isLarge ? undefined : await file.arrayBuffer().catch(() => undefined)
  refusedFile.value = content === undefined ? { name: file.name, isLarge } : undefined
  if (content === undefined) return
  const bytes = new Uint8Array(content)
  batch(() => {
    giveKey(textOf(bytes) ?? "")
    keyFile.value = textOf(bytes) === undefined ? { name: file.name, bytes } : undefined
  })
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
