/** Values of flags and operands, by what stands for them in help: `ALG`, `SRC`, `auto|always|never`. */

import { readdirSync, readFileSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { FlagName } from "../frame/flags.ts"
import type { Session, TableRow } from "../frame/session.ts"
import type { Candidate } from "./candidates.ts"

/** What is asked for, and where on the line. */
export interface Asked {
  readonly typed: string
  readonly operands: readonly string[]
  readonly row: TableRow | undefined
  readonly session: Session
  /** The flag whose value it is; undefined for an operand. */
  readonly flag?: FlagName
}

type Source = (asked: Asked) => readonly Candidate[] | Promise<readonly Candidate[]>

/** Files larger than this are no key sets; and nobody waits for a completion. */
const MOST_BYTES = 4_194_304
const MOST_FILES = 500
const NAME_BEHIND_FOLDER = process.platform === "win32" ? /[^/\\]*$/ : /[^/]*$/

const SOURCES: Readonly<Record<string, Source>> = {
  ALG: algorithms,
  ENC: async () => named((await import("../input/encryption.ts")).CONTENT_ENCRYPTIONS),
  FORMAT: formats,
  RULE: rules,
  FAULT: async () => named((await import("../commands/issuer.ts")).FAULTS),
  KTY: async () => named((await import("../commands/generate.ts")).KINDS),
  CURVE: async () => named((await import("../commands/generate.ts")).CURVE_NAMES),
  CLAIM: (asked) => names(asked, "", ""),
  POINTER: (asked) => names(asked, "/", ""),
  "NAME=TEXT": (asked) => names(asked, "", "="),
  KID: keyIds,
  TIME: () => named(["now", "+15m", "+1h", "+1d"]),
  FILE: ({ typed }) => files(typed, ""),
  PATH: ({ typed }) => files(typed, ""),
  SET: ({ typed }) => files(typed, ""),
  KEY: ({ typed }) => files(typed, ""),
  SRC: ({ typed }) => [...places(typed), ...files(typed, "")],
  TOKEN: ({ typed }) => places(typed),
  PAYLOAD: ({ typed }) => places(typed),
}

/** Words that stand for themselves, such as `always`, and beginnings of words, such as `issuer:URL`. */
const WORD = /^[a-z0-9][A-Za-z0-9-]*$/
const BEGINNING = /^[a-z]+:[A-Z]+$/

/** @param form - What stands for the value in help; alternatives with bars between them. */
export async function valuesFor(form: string, asked: Asked): Promise<Candidate[]> {
  const found: Candidate[] = []
  for (const one of form.split("|")) {
    const source = Object.hasOwn(SOURCES, one) ? SOURCES[one] : undefined
    if (source !== undefined) found.push(...(await source(asked)))
    else if (WORD.test(one)) found.push({ value: one })
    else if (BEGINNING.test(one)) found.push({ value: one.slice(0, one.indexOf(":") + 1) })
  }
  return found
}

function named(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value }))
}

/** Tokens inside encrypted ones are signed: only `--alg` itself says how a key is encrypted. */
async function algorithms({ row, flag }: Asked): Promise<Candidate[]> {
  const isEncrypted = row?.name === "encrypt" || row?.name === "decrypt"
  const { KEY_MANAGEMENT_ALGORITHMS } = await import("../input/encryption.ts")
  if (isEncrypted && flag === "alg") return named(KEY_MANAGEMENT_ALGORITHMS)
  const { listAlgorithms } = await import("jotkit")
  const signing = listAlgorithms().filter((name) => name !== "none")
  return named(row?.name === "key generate" ? [...signing, ...KEY_MANAGEMENT_ALGORITHMS] : signing)
}

/** What makes tokens takes an algorithm; everything else with a format makes reports. */
async function formats({ row }: Asked): Promise<Candidate[]> {
  if (row?.flags.includes("alg") === true) return named(["compact", "flattened", "general"])
  return named((await import("../frame/reports.ts")).REPORT_FORMATS)
}

async function rules({ session }: Asked): Promise<Candidate[]> {
  const { explainRule, RULE_IDS } = await import("@jotkit/inspect")
  const { catalogueOf } = await import("../input/catalogue.ts")
  const catalogue = await catalogueOf(session)
  return RULE_IDS.map((id) => ({ value: id, about: explainRule(id, catalogue).message }))
}

/** Names of claims, or of header parameters where the flag is about the header. */
async function names({ flag, session }: Asked, before: string, behind: string): Promise<Candidate[]> {
  const { lookUp, namesOf } = await import("@jotkit/inspect")
  const { catalogueOf } = await import("../input/catalogue.ts")
  const vocabulary = flag === "header" || flag === "header-get" ? "headers" : "claims"
  const catalogue = await catalogueOf(session)
  return namesOf(vocabulary).map((name) => ({
    value: before + name + behind,
    about: lookUp(vocabulary, name, catalogue)?.label ?? "",
  }))
}

/** The ids in the key set that the line names before. */
function keyIds({ operands, row }: Asked): Candidate[] {
  const [file = ""] = operands.slice(row?.name.split(" ").length)
  const path = unfolded(file.replace(/^@/, ""))
  if (statSync(path).size > MOST_BYTES) return []
  const set: unknown = JSON.parse(readFileSync(path, "utf8"))
  const ids = listOf(own(set, "keys")).map((key) => own(key, "kid"))
  return named(ids.filter((id) => typeof id === "string").filter((id) => id !== ""))
}

function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Forms of a source, and files behind `@`. */
function places(typed: string): Candidate[] {
  if (typed.startsWith("@")) return files(typed.slice(1), "@")
  return named(["-", "@", "env:", "fd:", "prompt"])
}

/** Files and folders that begin as the path does. Hidden ones only where a dot has been typed. */
function files(typed: string, lead: string): Candidate[] {
  const start = NAME_BEHIND_FOLDER.exec(typed)?.[0] ?? ""
  const folder = typed.slice(0, typed.length - start.length)
  const entries = readdirSync(folder === "" ? "." : unfolded(folder), { withFileTypes: true })
  return entries
    .filter(({ name }) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
    .slice(0, MOST_FILES)
    .map((entry) => {
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && isFolderAt(join(unfolded(folder), entry.name)))
      return { value: `${lead}${folder}${entry.name}${isFolder ? "/" : ""}` }
    })
}

function isFolderAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** The shell gives what was typed: `~` is not the home yet. */
function unfolded(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path
}
