/** Where bytes leave the program. */

import { randomUUID } from "node:crypto"
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs"
import { Socket } from "node:net"
import { dirname, join, resolve } from "node:path"
import { finished } from "node:stream/promises"
import { setTimeout } from "node:timers/promises"
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
 * Writes a file that the user named. What holds private keys is readable by its owner only. A file that is written over is there whole at
 * every moment, the old one or the new one.
 *
 * @throws Failure `io` if it is there already, or cannot be written.
 */
export async function writeNew(path: string, data: string | Uint8Array, manner: FileManner): Promise<void> {
  try {
    const old = statSync(path, { throwIfNoEntry: false })
    if (old !== undefined && !manner.force) throw new Failure("io", "file_exists", path)
    if (old?.isFIFO() === true) return await writePipe(path, data)
    const isDone = old !== undefined && isReplaceable(path, old) && isReplaced(path, data, old, manner)
    if (!isDone) write(path, data, manner, old !== undefined)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw error instanceof Failure || code === undefined ? error : new Failure("io", "unwritable", path, code)
  }
}

/** Somebody reads a named pipe sooner or later. No thread is kept waiting for that: Ctrl-C could not end one. */
async function writePipe(path: string, data: string | Uint8Array): Promise<void> {
  const pipe = new Socket({ fd: await openedPipe(path), readable: false, writable: true })
  await finished(pipe.end(data))
}

const PATIENCE_MS = 20

async function openedPipe(path: string): Promise<number> {
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error
      await setTimeout(PATIENCE_MS)
    }
  }
}

/** Whether another file may take its place. Devices and pipes stay, and so do descriptors that a shell has open (`/dev/stdout`). */
function isReplaceable(path: string, old: Stats): boolean {
  return old.isFile() && !/^\/(?:dev|proc)\//.test(resolve(path))
}

/** What a system says that lets a file be written, and not be exchanged. */
const NO_EXCHANGE: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS", "EBUSY", "EXDEV"])

/** Writes a file beside the old one, then gives it its name; false where that is not allowed. A link that leads there stays one. */
function isReplaced(path: string, data: string | Uint8Array, old: Stats, { isSecret }: FileManner): boolean {
  // What nobody may write is not exchanged either.
  accessSync(path, constants.W_OK)
  const target = realpathSync(path)
  const beside = join(dirname(target), `.jot-${randomUUID()}`)
  try {
    writeWhole(beside, data, isSecret ? { ...old, mode: OWNER_ONLY } : old)
    renameSync(beside, target)
    return true
  } catch (error) {
    rmSync(beside, { force: true })
    if (NO_EXCHANGE.has((error as NodeJS.ErrnoException).code ?? "")) return false
    throw error
  }
}

/** Waits until the disk has it: a name must not lead to a file that a power cut leaves empty. */
function writeWhole(path: string, data: string | Uint8Array, { uid, gid, mode }: Pick<Stats, "uid" | "gid" | "mode">) {
  const file = openSync(path, "wx", OWNER_ONLY)
  try {
    fchownSync(file, uid, gid)
    fchmodSync(file, mode & PERMISSIONS)
    writeFileSync(file, data)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const PERMISSIONS = 0o7777

function write(path: string, data: string | Uint8Array, { isSecret, force }: FileManner, isThere: boolean): void {
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
