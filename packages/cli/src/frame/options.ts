/** What stands on the command line, read by the table of flags. */

import { parseArgs } from "node:util"
import { Failure } from "./failure.ts"
import { FLAG_NAMES, FLAGS, type FlagName, isFlagName } from "./flags.ts"
import { nearest } from "./nearest.ts"

/** Flags and operands, in order. */
export interface Line {
  readonly options: Options
  readonly operands: readonly string[]
}

/** The flags that were given. */
export class Options {
  readonly #given: ReadonlyMap<FlagName, readonly string[]>
  readonly #letters: ReadonlySet<FlagName>

  /**
   * @param given - For each flag its values; of a switch none.
   * @param letters - Those that were given by their letter.
   */
  constructor(given: ReadonlyMap<FlagName, readonly string[]>, letters: ReadonlySet<FlagName> = new Set()) {
    this.#given = given
    this.#letters = letters
  }

  /** The names of all that were given. */
  get names(): readonly FlagName[] {
    return [...this.#given.keys()]
  }

  /** Whether a flag was given. */
  has(name: FlagName): boolean {
    return this.#given.has(name)
  }

  /** Whether a flag was given by its letter: `-h` asks for less than `--help`. */
  isLetter(name: FlagName): boolean {
    return this.#letters.has(name)
  }

  /** The value of a flag; undefined if it was not given, or without one. */
  text(name: FlagName): string | undefined {
    return this.#given.get(name)?.at(-1)
  }

  /** All values of a flag; undefined if it was not given. */
  list(name: FlagName): readonly string[] | undefined {
    return this.#given.get(name)
  }

  /**
   * The value of a flag that takes one of a few words.
   *
   * @throws Failure `usage` for another word.
   */
  choice<Name extends string>(name: FlagName, words: readonly Name[]): Name | undefined {
    const given = this.text(name)
    const word = words.find((known) => known === given)
    if (given !== undefined && word === undefined) throw new Failure("usage", "flag_choice", name, words.join(" "))
    return word
  }
}

/** The table in the platform's terms. To the platform a flag with an optional value is a switch: `readLine` gives it what follows. */
const SPELLINGS = Object.fromEntries(
  FLAG_NAMES.map((name) => {
    const { kind, short } = FLAGS[name]
    const type: "string" | "boolean" = kind === "value" || kind === "list" ? "string" : "boolean"
    return [name, short === undefined ? { type } : { type, short }]
  }),
)

/**
 * Reads a command line. Flags may stand anywhere before `--`; names are never shortened; what stands behind `--` is an operand.
 *
 * @throws Failure `usage` for a flag that does not exist, lacks its value, names an empty place, or was given twice.
 */
export function readLine(args: readonly string[]): Line {
  const given = new Map<FlagName, string[]>()
  const letters = new Set<FlagName>()
  const operands: string[] = []
  // Not strict, because then the platform's own messages would repeat arguments, which may be secrets.
  const how = { options: SPELLINGS, strict: false, allowPositionals: true, tokens: true } as const
  let waiting: string[] | undefined
  for (const token of parseArgs({ args: [...args], ...how }).tokens) {
    if (token.kind === "positional") (token.value === "-" ? operands : (waiting ?? operands)).push(token.value)
    waiting = token.kind === "option" ? take(token, given, letters) : undefined
  }
  return { options: new Options(given, letters), operands }
}

/** A flag as the platform found it. */
interface Spelt {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly inlineValue?: boolean | undefined
}

/** Adds a flag. The answer is where its value goes, if that may still follow. */
function take(token: Spelt, given: Map<FlagName, string[]>, letters: Set<FlagName>): string[] | undefined {
  const name = nameOf(token)
  const { kind } = FLAGS[name]
  const { value } = token
  if (kind !== "list" && given.has(name)) throw new Failure("usage", "flag_twice", name)
  refuseValue(name, token)
  const values = given.get(name) ?? []
  if (value !== undefined) values.push(value)
  given.set(name, values)
  if (!token.rawName.startsWith("--")) letters.add(name)
  return kind === "optional" && value === undefined ? values : undefined
}

/** Values that are never empty, unless a shell has put nothing in the place of a variable. */
const PLACES: ReadonlySet<string | undefined> = new Set(["SRC", "FILE", "PATH"])

/** A value where there is to be none, and none, or an empty one, where there is to be one. */
function refuseValue(name: FlagName, { value, inlineValue: isInline }: Spelt): void {
  const { kind, value: wanted } = FLAGS[name]
  if (kind === "switch" && value !== undefined) throw new Failure("usage", "flag_without_value", name)
  if (kind === "switch" || kind === "optional") return
  // A value may begin with one dash (`-90s`), not with two: then it was forgotten, and `=` takes everything.
  const isForgotten = value === undefined || (isInline !== true && value.startsWith("--"))
  if (isForgotten) throw new Failure("usage", "flag_value_missing", name)
  if (value === "" && PLACES.has(wanted)) throw new Failure("usage", "flag_value_empty", name)
}

function nameOf({ name, rawName, inlineValue }: Spelt): FlagName {
  const isLetter = !rawName.startsWith("--")
  // A token may begin with a dash: what was taken for letters is never repeated, and `-oTEXT` names no file.
  if (isLetter && (!isFlagName(name) || inlineValue === true)) throw new Failure("usage", "flag_unknown_short")
  if (!isFlagName(name)) throw unknownFlag(name)
  return name
}

function unknownFlag(name: string): Failure {
  // Only what looks like a name is repeated: the rest may be anything.
  const isName = /^[a-z][a-z0-9-]{0,31}$/i.test(name)
  if (!isName) return new Failure("usage", "flag_unknown_short")
  // `--output` is near no flag by its letters, but `--out` is its beginning.
  const known = nearest(name, FLAG_NAMES) ?? FLAG_NAMES.find((flag) => flag.length > 2 && name.startsWith(flag))
  return known === undefined
    ? new Failure("usage", "flag_unknown", name)
    : new Failure("usage", "flag_unknown_near", name, known)
}
