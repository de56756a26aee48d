/** Places that text comes from: a file, stdin, an open descriptor, the environment, a person. */

import {
  constants,
  createReadStream,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statSync,
} from "node:fs"
import { Socket } from "node:net"
import { dirname } from "node:path"
import { isatty, ReadStream } from "node:tty"
import { Failure } from "../frame/failure.ts"
import type { Session } from "../frame/session.ts"
import type { Asked } from "./prompt.ts"

/** Bytes that are read of one source: larger than any token or key. */
const MAX_BYTES = 4_194_304
/** What is longer, or holds lines, is no path: someone gave the key itself. */
const MAX_PATH = 255

/** Whether a text names a place rather than being the thing itself. */
export function isSource(text: string): boolean {
  return text === "-" || text === "prompt" || /^(?:@|env:|fd:)/.test(text)
}

/**
 * Reads what a text names: `-`, `@FILE`, `env:NAME`, `fd:N`, `prompt`.
 *
 * @param what - What a person is asked for.
 * @throws Failure `usage` for an unset variable and for `prompt` where nobody can be asked; `io` for what cannot be read.
 */
export async function readSource(source: string, session: Session, what: Asked = "text"): Promise<Uint8Array> {
  if (source === "-") return readStdin()
  if (source.startsWith("@")) return readFile(source.slice(1))
  if (source.startsWith("fd:")) return readDescriptor(source.slice(3))
  if (source.startsWith("env:")) return new TextEncoder().encode(readVariable(source.slice(4), session))
  const { ask } = await import("./prompt.ts")
  return new TextEncoder().encode(await ask(what, session))
}

/**
 * A text that is the thing itself unless it names a place.
 *
 * @throws Failure as `readSource`; `input` for the name of a file.
 */
export async function textAt(text: string, session: Session): Promise<string> {
  if (isSource(text)) return textOf(await readSource(text, session))
  refuseFileName(text)
  return text
}

/**
 * Whoever forgets the @ before the name of a file is told so, and not that a name is no token.
 *
 * @throws Failure `input` for the name of a file, a pipe or a device.
 */
export function refuseFileName(text: string): void {
  const isFile = text.length <= MAX_PATH && existsSync(text) && !statSync(text).isDirectory()
  if (isFile) throw new Failure("input", "file_unmarked", text)
}

/** Reads what is a file unless it names another place. */
export function readPlace(text: string, session: Session): Promise<Uint8Array> {
  return isSource(text) ? readSource(text, session) : readFile(text)
}

/** Reads a file, or a named pipe. */
export async function readFile(path: string): Promise<Uint8Array> {
  return collect(chunksOf(path), path)
}

/** Waits for whoever writes without keeping a thread: Ctrl-C could not end one that is still opening the pipe. */
function pipeAt(path: string): Socket {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false })
}

/** Reads an open descriptor. */
export async function readDescriptor(text: string): Promise<Uint8Array> {
  if (!/^\d{1,6}$/.test(text)) throw new Failure("usage", "descriptor_invalid")
  return collect(chunksFrom(Number(text)), `fd:${text}`)
}

async function* chunksFrom(fd: number): AsyncGenerator<unknown> {
  const status = fstatSync(fd)
  if (status.isFIFO() && isOfRuntime(fd)) throw new Failure("usage", "descriptor_invalid")
  if (isatty(fd)) yield* new ReadStream(fd)
  else if (status.isFIFO() || status.isSocket()) yield* new Socket({ fd, readable: true, writable: false })
  else yield* createReadStream("", { fd, autoClose: false })
}

const DESCRIPTORS = "/proc/self/fd"
const WRITABLE = 0o200

/**
 * Whether a pipe ends in this very process, as the runtime has some for itself: there is nobody else to write, and what is read there the
 * runtime would miss, which is how it hears of Ctrl-C. Only Linux can tell (proc(5)); a number that a shell did not open is rare enough.
 */
function isOfRuntime(fd: number): boolean {
  if (process.platform !== "linux") return false
  const pipe = readlinkSync(`${DESCRIPTORS}/${fd}`)
  // One with a name others can open at any time.
  if (!pipe.startsWith("pipe:")) return false
  return readdirSync(DESCRIPTORS).some((name) => {
    const link = `${DESCRIPTORS}/${name}`
    const status = lstatSync(link, { throwIfNoEntry: false })
    return status !== undefined && (status.mode & WRITABLE) !== 0 && readlinkSync(link) === pipe
  })
}

/** The value of a variable of the environment. */
export function readVariable(name: string, { env }: Session): string {
  const value = env[name]
  if (value !== undefined) return value
  // `--secret-env "$SECRET"` is soon written: what is no usual name of a variable is not repeated.
  throw /^[A-Z_][A-Z0-9_]{0,63}$/.test(name)
    ? new Failure("usage", "variable_unset", name)
    : new Failure("usage", "variable_unset_name")
}

/** Bytes as text: UTF-8, or UTF-16 where a mark at the beginning says so, as PowerShell writes it. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder(markOf(bytes) ?? "utf-8").decode(bytes)
}

/** The encoding that a mark at the beginning names. */
export function markOf([first, second, third]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le"
  if (first === 0xfe && second === 0xff) return "utf-16be"
  return first === 0xef && second === 0xbb && third === 0xbf ? "utf-8" : undefined
}

let stdinIsTaken = false

/**
 * Standard input, once.
 *
 * @throws Failure `usage` the second time: a token and a key cannot both be there.
 */
export function takeStdin(): AsyncIterable<unknown> {
  if (stdinIsTaken) throw new Failure("usage", "stdin_twice")
  stdinIsTaken = true
  return process.stdin
}

/**
 * Whether something is known to stand on stdin that nobody has read. Of a pipe that a shell's loop may share nothing can be taken to find
 * out, and to suspect it always would be noise in every script; a socket, as Node gives to what it starts, is this program's alone.
 */
export async function isStdinLeft(): Promise<boolean> {
  if (stdinIsTaken) return false
  const status = fstatSync(process.stdin.fd)
  if (status.isFile()) return status.size > 0
  return (status.isSocket() || (status.isFIFO() && process.platform === "win32")) && hasArrived()
}

/** Looks once at what is there, and waits for nothing. */
async function hasArrived(): Promise<boolean> {
  const { stdin } = process
  const isThere = await new Promise<boolean>((resolve) => {
    stdin.once("readable", () => resolve(stdin.readableLength > 0))
    setImmediate(() => setImmediate(() => resolve(false)))
  })
  stdin.destroy()
  return isThere
}

/**
 * Tells how much has been read, of a file also of how much. Tokens that pass over the screen tell enough.
 *
 * @param file - A path or a descriptor.
 */
export async function* watched(
  chunks: AsyncIterable<unknown>,
  file: string | number,
  { progress, say }: Session,
): AsyncGenerator<unknown> {
  if (process.stdout.isTTY === true) return yield* chunks
  const status = typeof file === "number" ? fstatSync(file) : statSync(file, { throwIfNoEntry: false })
  const size = status?.size ?? 0
  let read = 0
  for await (const chunk of chunks) {
    if (Buffer.isBuffer(chunk)) read += chunk.length
    progress(say("progress_read"), Math.round(read / 1000), Math.round(size / 1000))
    yield chunk
  }
}

async function readStdin(): Promise<Uint8Array> {
  return collect(takeStdin(), "-")
}

/**
 * Whoever types a secret or a token where a file is meant should not see it again: only what looks like a path is named. That is one with an
 * ending, or in a folder that is there.
 */
function isPath(name: string): boolean {
  if (name.length > MAX_PATH || /[\n{]|-----/.test(name)) return false
  return (
    name === "-" ||
    /^fd:\d+$/.test(name) ||
    /\.[a-z0-9]{1,8}$/i.test(name) ||
    (/[/\\]/.test(name) && existsSync(dirname(name)))
  )
}

async function collect(stream: AsyncIterable<unknown>, name: string): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue
      length += chunk.length
      if (length > MAX_BYTES) throw new Failure("input", "source_too_large", name)
      chunks.push(chunk)
    }
  } catch (error) {
    throw unreadable(error, name)
  }
  return Buffer.concat(chunks)
}

/** A file or a named pipe piece by piece, however long it is. */
export async function* chunksOf(path: string): AsyncGenerator<unknown> {
  try {
    const status = statSync(path, { throwIfNoEntry: false })
    if (status?.isFIFO() === true) yield* pipeAt(path)
    else yield* status === undefined ? createReadStream(path) : openedAt(path, status)
  } catch (error) {
    throw unreadable(error, path)
  }
}

/**
 * A file, or a device. Some files of the system (`/proc/kmsg`) wait for more where others end: they say EAGAIN instead. For what is typed no
 * thread is kept waiting, as for a pipe.
 */
function openedAt(path: string, status: Stats): AsyncIterable<unknown> {
  const fd = openSync(path, status.isFile() ? constants.O_RDONLY | constants.O_NONBLOCK : constants.O_RDONLY)
  return isatty(fd) ? new ReadStream(fd) : createReadStream("", { fd })
}

/** What the system did not say is a fault of ours. */
function unreadable(error: unknown, name: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof Failure || code === undefined) return error
  return isPath(name) ? new Failure("io", "unreadable", name, code) : new Failure("io", "unreadable_name", code)
}
