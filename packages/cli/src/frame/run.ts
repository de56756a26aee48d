/** From the arguments to the exit status: the one place where anything is printed. */

import type { Word, Words } from "../words/en.ts"
import { COMMAND_NAMES, COMMANDS, type CommandName } from "./commands.ts"
import { escapeLine } from "./escape.ts"
import { EXIT_CODES, type ExitCode, Failure } from "./failure.ts"
import { COMMON } from "./flags.ts"
import { nearest } from "./nearest.ts"
import { type Options, readLine } from "./options.ts"
import { isColoured, type Painter, painter } from "./paint.ts"
import { Progress } from "./progress.ts"
import type { Answer, Note, Session } from "./session.ts"
import { writeError, writeNew, writeOutput } from "./streams.ts"
import { TOPICS } from "./topics.ts"

/** What was asked for. */
interface Task {
  readonly name: CommandName
  readonly operands: readonly string[]
  readonly options: Options
}

/** Runs the program and sets the exit status of the process. */
export async function run(args: readonly string[]): Promise<void> {
  // Should everything end without an answer, that is a fault of ours.
  process.exitCode = EXIT_CODES.internal
  process.exitCode = EXIT_CODES[await codeOf(args)]
}

async function codeOf(args: readonly string[]): Promise<ExitCode> {
  const manner = mannerOf(args)
  const { isJson, language } = manner
  process.once("SIGINT", () => void interrupted(isJson))
  endOnFaults(manner)
  try {
    const { options, operands } = readLine(args)
    refuseOtherLanguages(options)
    const words = await wordsOf(language)
    if (args.length === 0) throw new Failure("usage", "nothing_to_do")
    const task = taskOf(options, operands)
    shown.row = TABLE.find(({ name }) => name === task.name)
    const session = sessionOf(task, words, isJson, language)
    await setClock(session)
    const { command } = await COMMANDS[task.name].load()
    return await print(await command(session), session)
  } catch (error) {
    return await fail(error, manner)
  }
}

/** What nobody waits for ends the program as well, streams and timers included. The first fault is told. */
function endOnFaults(manner: Manner): void {
  let isEnding = false
  const end = (error: unknown) => {
    if (isEnding) return
    isEnding = true
    void fail(error, manner).then((code) => process.exit(EXIT_CODES[code]))
  }
  process.on("uncaughtException", end).on("unhandledRejection", end)
}

/** How to speak, also where the line cannot be read: a script must get its object whatever it did wrong, and a person words. */
interface Manner {
  readonly isJson: boolean
  readonly language: "en" | "zh-Hant"
  readonly isVerbose: boolean
}

function mannerOf(args: readonly string[]): Manner {
  const end = args.indexOf("--")
  const flags = end === -1 ? args : args.slice(0, end)
  const isJson = wantsJson(flags)
  const isVerbose = flags.some((flag) => flag === "--verbose" || /^-[a-z]*v/.test(flag))
  return { isJson, language: isJson ? "en" : languageOf(flags), isVerbose }
}

function wantsJson(flags: readonly string[]): boolean {
  const isReport =
    flags.includes("--format=json") || flags.some((flag, at) => flag === "json" && flags[at - 1] === "--format")
  return isReport || flags.includes("--json") || flags.includes("--jsonl")
}

const CHINESE = /^zh[-_](?:hant|tw|hk|mo)(?:[-_.@]|$)/i

/** JSON is never translated. */
function languageOf(flags: readonly string[]): "en" | "zh-Hant" {
  const { env } = process
  const at = flags.lastIndexOf("--lang")
  const said = at === -1 ? flags.find((flag) => flag.startsWith("--lang="))?.slice(7) : flags[at + 1]
  const wanted = said ?? [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((one) => one) ?? "en"
  return CHINESE.test(wanted) ? "zh-Hant" : "en"
}

function refuseOtherLanguages(options: Options): void {
  const wanted = options.text("lang") ?? "en"
  if (!CHINESE.test(wanted) && !/^en\b/i.test(wanted)) throw new Failure("usage", "flag_choice", "lang", "en zh-Hant")
}

async function wordsOf(language: "en" | "zh-Hant"): Promise<Words> {
  if (language === "en") return (await import("../words/en.ts")).en
  return (await import("../words/zh-hant.ts")).zhHant
}

/** The command that the operands begin with, and the operands behind its name. */
function commandIn(operands: readonly string[]): { name: CommandName; operands: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const text = operands.slice(0, length).join(" ")
    const name = COMMAND_NAMES.find((known) => known === text)
    if (name !== undefined) return { name, operands: operands.slice(name.split(" ").length) }
  }
  return undefined
}

function taskOf(options: Options, given: readonly string[]): Task {
  const [first = ""] = given
  // Whoever asks for help is not told what else is wrong.
  if (options.has("version")) return { name: "version", operands: [], options }
  if (options.has("help")) return { name: "help", operands: first === "help" ? given.slice(1) : given, options }
  const found = commandIn(given) ?? (looksLikeToken(first) ? { name: "inspect" as const, operands: given } : undefined)
  if (found === undefined) throw unknownCommand(given)
  const { flags, most } = COMMANDS[found.name]
  const foreign = options.names.find((name) => !flags.includes(name) && !COMMON.includes(name))
  if (foreign !== undefined) throw new Failure("usage", "flag_foreign", foreign, found.name)
  if (found.operands.length > most) throw new Failure("usage", "too_many_operands", found.name)
  return { ...found, options }
}

/** What a command may be called. */
const WORD = /^[a-z][a-z-]{0,23}$/

/** A token, or a place where one is; commands are words. */
function looksLikeToken(text: string): boolean {
  return text === "-" || /^(?:@|env:|\s*\{)/.test(text) || text.includes(".") || /\s/.test(text) || text.length > 40
}

function unknownCommand(operands: readonly string[]): Failure {
  const [text = ""] = operands
  if (text === "") return new Failure("usage", "nothing_to_do")
  // What is no word may be part of a token or a secret: it is not repeated.
  if (!WORD.test(text)) return new Failure("usage", "command_unknown")
  const under = COMMAND_NAMES.filter((name) => name.startsWith(`${text} `))
  const both = operands.slice(0, 2).join(" ")
  if (under.length > 0 && WORD.test(operands[1] ?? "")) {
    const near = nearest(both, under)
    if (near !== undefined) return new Failure("usage", "command_unknown_near", both, near)
  }
  if (under.length > 0) return new Failure("usage", "command_incomplete", text, under.join(", "))
  const known = TOPICS.some((topic) => topic === text) ? `help ${text}` : nearest(text, COMMAND_NAMES)
  if (known === undefined) return new Failure("usage", "command_unknown")
  return new Failure("usage", "command_unknown_near", text, known)
}

/** Reads `--at` before anything else is done. */
async function setClock(session: Session): Promise<void> {
  const text = session.options.text("at")
  if (text === undefined) return
  const { clockOf } = await import("../input/time.ts")
  clock.now = clockOf(text, session)
}

const TABLE: Session["table"] = COMMAND_NAMES.map((name) => {
  const { operands, flags, examples } = COMMANDS[name]
  return { name, operands, flags: [...flags, ...COMMON], examples }
})

/** Lines in a pipe or a file are as long as on a usual terminal. */
const USUAL_COLUMNS = 80

/**
 * The clock of this run: `--at`, else the machine's when it is first asked for. By then the token is here: another program may have made it
 * after this one was started.
 */
const clock: { now?: number } = {}

function sessionOf({ operands, options }: Task, words: Words, isJson: boolean, language: "en" | "zh-Hant"): Session {
  const { env, stdout, stderr } = process
  const choice = options.choice("color", ["auto", "always", "never"])
  const colours = (stream: { isTTY?: boolean }) =>
    painter(isColoured({ isTerminal: stream.isTTY === true, choice, env }))
  const paintNotes = colours(stderr)
  const isUnicode = language !== "en" || isUnicodeLocale(env)
  const write = options.has("no-newline") ? withoutLastLineEnd() : writeOutput
  shown.progress = progressOn(process, options, isUnicode, paintNotes)
  const say = (word: Word, ...details: readonly string[]) => fill(words[word], details)
  return {
    options,
    operands,
    table: TABLE,
    env,
    get now() {
      clock.now ??= Math.floor(Date.now() / 1000)
      return clock.now
    },
    isJson,
    language,
    say,
    width: (!options.has("out") && stdout.columns) || USUAL_COLUMNS,
    isUnicode,
    paint: isJson || options.has("out") ? painter(false) : colours(stdout),
    paintNotes,
    write: (text) => {
      shown.progress.clear()
      return write(text)
    },
    progress: shown.progress.step,
    tell: (note) => tell(note, { isQuiet: options.has("quiet"), isJson, paintNotes, say }),
  }
}

/** What stands on stderr beside messages: how far a task has come, where there is a terminal, and help for the command. */
const shown: { progress: Progress; row: Session["table"][number] | undefined } = {
  progress: new Progress(undefined),
  row: undefined,
}

function progressOn({ stderr, env }: NodeJS.Process, options: Options, isUnicode: boolean, paint: Painter): Progress {
  const isSilent = options.has("quiet") || options.has("json")
  if (stderr.isTTY !== true || isSilent || env["TERM"] === "dumb") return new Progress(undefined)
  const columns = stderr.columns || USUAL_COLUMNS
  return new Progress({ write: writeError, columns, isUnicode, paint: (text) => paint("faint", text) })
}

/** As POSIX has it: the first that is set counts. Windows and macOS say it otherwise, and can. */
function isUnicodeLocale(env: NodeJS.ProcessEnv): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((one) => one)
  return locale === undefined ? process.platform !== "linux" : /utf-?8/i.test(locale)
}

interface NoteManner extends Pick<Session, "paintNotes" | "isJson" | "say"> {
  readonly isQuiet: boolean
}

const COLOURS = { notice: "doubt", info: "faint", warning: "doubt", error: "bad" } as const

function tell({ level, text, isAlways }: Note, { isQuiet, isJson, paintNotes, say }: NoteManner): void {
  const isSilenced = (level !== "error" && isQuiet) || (isJson && level !== "notice")
  if (isSilenced && isAlways !== true) return
  shown.progress.clear()
  const line = level === "warning" || level === "error" ? say("explained", say(`level.${level}`), text) : text
  writeError(`${paintNotes(COLOURS[level], escapeLine(line))}\n`)
}

async function print(answer: Answer, session: Session): Promise<ExitCode> {
  const { code, text, notes = [], isStreamed = false, isPlaced = false, isSecret = false } = answer
  shown.progress.end()
  for (const note of notes) session.tell(note)
  if (isStreamed) return code
  const data = session.isJson ? await envelopeText(answer) : text
  if (data === undefined || data.length === 0) return code
  const file = isPlaced ? undefined : session.options.text("out")
  if (file === undefined) {
    await session.write(data)
    return code
  }
  const content = session.options.has("no-newline") && typeof data === "string" ? data.replace(/\n$/, "") : data
  await writeNew(file, content, { isSecret, force: session.options.has("force") })
  return code
}

/** Writes text, and holds a line end at its end back until something follows. Bytes are none of ours to shorten. */
function withoutLastLineEnd(): Session["write"] {
  let held = ""
  return async (text) => {
    const isText = typeof text === "string"
    const whole = isText ? held + text : text
    if (!isText && held !== "") await writeOutput(held)
    held = isText && whole.length > 0 && text.endsWith("\n") ? "\n" : ""
    return writeOutput(held === "" ? whole : whole.slice(0, -1))
  }
}

async function envelopeText(answer: Answer): Promise<string> {
  const { envelope } = await import("./envelope.ts")
  const { indentJson, writeJson } = await import("./json.ts")
  return `${indentJson(writeJson(await envelope(answer)))}\n`
}

async function failureOf(error: unknown): Promise<Failure | Error> {
  if (error instanceof Failure) return error
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  if (typeof code === "string" && typeof syscall === "string") return new Failure("io", "system_error", code)
  const { isJwtError } = await import("jotkit")
  if (isJwtError(error)) {
    const { failureOfJwt } = await import("./jwt-failure.ts")
    return failureOfJwt(error)
  }
  return error instanceof Error ? error : new Error("unknown")
}

async function fail(error: unknown, manner: Manner): Promise<ExitCode> {
  shown.progress.end()
  const words = await wordsOf(manner.language)
  try {
    return await printFailure(await failureOf(error), manner, words)
  } catch (broken) {
    // Where stdout itself is what failed, it cannot say so.
    return await printFailure(await failureOf(broken), { ...manner, isJson: false }, words)
  }
}

async function printFailure(failure: Failure | Error, manner: Manner, words: Words): Promise<ExitCode> {
  const isKnown = failure instanceof Failure
  const code = isKnown ? failure.code : "internal"
  const message = isKnown ? await textOfFailure(failure, manner, words) : words.internal_error
  if (manner.isJson) {
    const reason = isKnown ? failure.reason : "internal_error"
    await writeOutput(`${JSON.stringify(failed(code, reason, message))}\n`)
    return code
  }
  writeError(`jot: ${message}\n`)
  if (!isKnown) writeError(manner.isVerbose ? placesOf(failure) : `${words.see_verbose}\n`)
  else if (failure.word === "nothing_to_do") {
    const { shortHelp } = await import("./help.ts")
    writeError(`\n${shortHelp(TABLE, (word) => words[word])}`)
  } else if (shown.row !== undefined && NOTHING_GIVEN.has(failure.word)) {
    const { commandHelp } = await import("./help.ts")
    writeError(`\n${commandHelp(shown.row, true, (word) => words[word])}`)
  } else if (code === "usage") writeError(`${words.see_help}\n`)
  return code
}

/** Failures of commands that were typed alone, on a terminal. */
const NOTHING_GIVEN: ReadonlySet<Word> = new Set<Word>([
  "token_missing",
  "payload_missing",
  "key_file_missing",
  "scan_what",
])

/** The library speaks English; the catalogue of the shared part has words for most of its refusals. */
async function textOfFailure(failure: Failure, { language }: Manner, words: Words): Promise<string> {
  const { word, details, isOfLibrary } = failure
  const [, code] = details
  if (isOfLibrary && code !== undefined && language !== "en") {
    const [{ textOf }, { zhHant }] = await Promise.all([import("@jotkit/inspect"), import("@jotkit/inspect/zh-hant")])
    const text = textOf(zhHant, "check", code)
    if (text !== code) return text
  }
  return fill(words[word], details)
}

/** What scripts get where there is nothing else to tell. */
function failed(code: ExitCode, reason: string, message: string): object {
  return { schema: 1, ok: false, code, reason, message, checks: [], findings: [] }
}

/** Where a fault of ours is, without its message: that may hold anything. */
function placesOf({ name, message, stack = "" }: Error): string {
  const places = stack
    .slice(stack.indexOf(message) + message.length)
    .split("\n")
    .filter((line) => /^ +at /.test(line))
  return [name, ...places.slice(0, 8), ""].join("\n")
}

function interrupted(isJson: boolean): void {
  shown.progress.end()
  if (isJson) process.stdout.write(`${JSON.stringify(failed("interrupted", "interrupted", "interrupted"))}\n`)
  process.exit(EXIT_CODES.interrupted)
}

function fill(text: string, details: readonly string[]): string {
  // Names of files and keys are written by others: none may steer a terminal, or pass for a line of ours.
  return text.replaceAll(/\{(\d)\}/g, (_, place: string) => escapeLine(details[Number(place)] ?? ""))
}
