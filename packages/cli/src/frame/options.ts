/** What stands on the command line, read by the table of flags. */

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

  /** @param given - For each flag its values; of a switch none. */
  constructor(given: ReadonlyMap<FlagName, readonly string[]>) {
    this.#given = given
  }

  /** The names of all that were given. */
  get names(): readonly FlagName[] {
    return [...this.#given.keys()]
  }

  /** Whether a flag was given. */
  has(name: FlagName): boolean {
    return this.#given.has(name)
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

/**
 * Reads a command line. Flags may stand anywhere before `--`; names are never shortened; what stands behind `--` is an operand.
 *
 * @throws Failure `usage` for a flag that does not exist, lacks its value, or was given twice.
 */
export function readLine(args: readonly string[]): Line {
  const given = new Map<FlagName, string[]>()
  const operands: string[] = []
  const rest = [...args]
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === "--") operands.push(...rest.splice(0))
    else if (argument.startsWith("--")) readFlag(argument.slice(2), rest, given)
    else if (argument.startsWith("-") && argument !== "-") readShorts(argument.slice(1), rest, given)
    else operands.push(argument)
  }
  return { options: new Options(given), operands }
}

function readFlag(text: string, rest: string[], given: Map<FlagName, string[]>): void {
  const at = text.indexOf("=")
  const name = at === -1 ? text : text.slice(0, at)
  const value = at === -1 ? undefined : text.slice(at + 1)
  if (!isFlagName(name)) throw unknownFlag(name)
  take(name, value, rest, given)
}

/** `-qv`, `-o FILE`. */
function readShorts(letters: string, rest: string[], given: Map<FlagName, string[]>): void {
  const names = [...letters].map((letter) => FLAG_NAMES.find((name) => FLAGS[name].short === letter))
  // A token may begin with a dash: what was taken for letters is never repeated.
  for (const name of names) if (name === undefined) throw new Failure("usage", "flag_unknown_short")
  for (const name of names) if (name !== undefined) take(name, undefined, rest, given)
}

function take(name: FlagName, inline: string | undefined, rest: string[], given: Map<FlagName, string[]>): void {
  const { kind } = FLAGS[name]
  if (kind === "switch" && inline !== undefined) throw new Failure("usage", "flag_without_value", name)
  if (kind !== "list" && given.has(name)) throw new Failure("usage", "flag_twice", name)
  const values = given.get(name) ?? []
  given.set(name, values)
  if (kind === "switch") return
  // A value may begin with one dash (`-90s`), not with two: then it was forgotten, and `=` takes everything.
  const takesNext = rest[0]?.startsWith(kind === "optional" ? "-" : "--") === false
  const value = inline ?? (takesNext ? rest.shift() : undefined)
  if (value === undefined && kind !== "optional") throw new Failure("usage", "flag_value_missing", name)
  if (value !== undefined) values.push(value)
}

function unknownFlag(name: string): Failure {
  // Only what looks like a name is repeated: the rest may be anything.
  const isName = /^[a-z][a-z0-9-]{0,31}$/i.test(name)
  if (!isName) return new Failure("usage", "flag_unknown_short")
  const known = nearest(name, FLAG_NAMES)
  return known === undefined
    ? new Failure("usage", "flag_unknown", name)
    : new Failure("usage", "flag_unknown_near", name, known)
}
