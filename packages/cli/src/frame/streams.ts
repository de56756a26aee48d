/** Where bytes leave the program. */

import { once } from "node:events"
import { closeSync, existsSync, openSync, writeFileSync, writeSync } from "node:fs"
import { EXIT_CODES, Failure } from "./failure.ts"

// Whoever reads may have had enough (`| head -1`): that is no fault.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? EXIT_CODES.ok : EXIT_CODES.io)
  })

/** Writes data to stdout, and waits where the reader is slow. */
export async function writeOutput(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain")
}

/** Writes to stderr. */
export function writeError(text: string): void {
  process.stderr.write(text)
}

/**
 * Writes a file that the user named. What holds private keys is readable by its owner only.
 *
 * @throws Failure `io` if it is there already, or cannot be written.
 */
export function writeNew(
  path: string,
  data: string | Uint8Array,
  { isSecret, force }: { readonly isSecret: boolean; readonly force: boolean },
): void {
  if (existsSync(path) && !force) throw new Failure("io", "file_exists", path)
  if (!isSecret) {
    writeFileSync(path, data, { flag: force ? "w" : "wx" })
    return
  }
  const file = openSync(path, force ? "w" : "wx", 0o600)
  try {
    writeSync(file, typeof data === "string" ? new TextEncoder().encode(data) : data)
  } finally {
    closeSync(file)
  }
}
