/** Where bytes leave the program. */

import { closeSync, existsSync, fchmodSync, fstatSync, openSync, rmSync, writeFileSync } from "node:fs"
import { Failure } from "./failure.ts"

// What goes wrong is told to whoever writes; without a listener it would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)

/**
 * Writes data to stdout, and waits where the reader is slow.
 *
 * @returns Whether anybody reads. Whoever has had enough (`| head -1`) is no fault, and what was found stays what it is.
 * @throws Failure `io` where it cannot be written, as on a disk that is full.
 */
export async function writeOutput(text: string | Uint8Array): Promise<boolean> {
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    process.stdout.write(text, resolve)
  })
  if (!error) return true
  const { code = "" } = error
  if (GONE.has(code)) return false
  throw new Failure("io", "system_error", code)
}

/** The reader has gone; once told, a stream is destroyed. Windows says EOF. */
const GONE: ReadonlySet<string> = new Set(["EPIPE", "EOF", "ECONNRESET", "ERR_STREAM_DESTROYED"])

/** Writes to stderr. That nobody reads there changes nothing. */
export function writeError(text: string): void {
  process.stderr.write(text)
}

const OWNER_ONLY = 0o600

/** How a file is written. */
interface FileManner {
  readonly isSecret: boolean
  readonly force: boolean
}

/**
 * Writes a file that the user named. What holds private keys is readable by its owner only.
 *
 * @throws Failure `io` if it is there already, or cannot be written.
 */
export function writeNew(path: string, data: string | Uint8Array, manner: FileManner): void {
  const isThere = existsSync(path)
  if (isThere && !manner.force) throw new Failure("io", "file_exists", path)
  try {
    write(path, data, { ...manner, isThere })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === undefined ? error : new Failure("io", "unwritable", path, code)
  }
}

function write(
  path: string,
  data: string | Uint8Array,
  { isSecret, force, isThere }: FileManner & { readonly isThere: boolean },
): void {
  const file = openSync(path, force ? "w" : "wx", isSecret ? OWNER_ONLY : undefined)
  try {
    // A file that is written over keeps the permissions that it had. Devices such as /dev/null are everybody's.
    if (isSecret && fstatSync(file).isFile()) fchmodSync(file, OWNER_ONLY)
    writeFileSync(file, data)
  } catch (error) {
    // Half a key on a disk that is full is none.
    if (!isThere) rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}
