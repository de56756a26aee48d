/** What a command is given, and what it gives back. */

import type { Finding } from "@jotkit/inspect"
import type { Word } from "../words/en.ts"
import type { CommandName } from "./commands.ts"
import type { ExitCode } from "./failure.ts"
import type { FlagName } from "./flags.ts"
import type { Json } from "./json.ts"
import type { Options } from "./options.ts"
import type { Painter } from "./paint.ts"
import type { Step } from "./progress.ts"

/** A message for people. A `notice` is told even beside JSON. */
export interface Note {
  readonly level: "notice" | "info" | "warning" | "error"
  readonly text: string
  /** Told under `--quiet` and `--json`, too: what must not be missed. */
  readonly isAlways?: boolean
}

/** A line of `checks` as scripts see it. */
export interface CheckLine {
  readonly id: string
  readonly status: "pass" | "fail" | "skipped" | "unavailable"
  readonly code?: string | undefined
  readonly message: string
}

/** What came of a command. */
export interface Answer {
  readonly code: ExitCode
  readonly checks?: readonly CheckLine[]
  readonly findings?: readonly Finding[]
  /** Further members of the JSON object. */
  readonly members?: { readonly [name: string]: Json }
  /** Data for stdout, with its last line end. */
  readonly text?: string | Uint8Array
  readonly notes?: readonly Note[]
  /** Already written: nothing is left to print. */
  readonly isStreamed?: boolean
  /** What `--out` names has been written already. */
  readonly isPlaced?: boolean
  /** The output holds a private key or secret. */
  readonly isSecret?: boolean
}

/** A command as help and its like describe it. */
export interface TableRow {
  readonly name: CommandName
  readonly operands: string
  /** Those of its own, and those that every command takes. */
  readonly flags: readonly FlagName[]
  readonly examples: readonly string[]
}

/** The surroundings of a command. */
export interface Session {
  readonly options: Options
  readonly operands: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** All commands. */
  readonly table: readonly TableRow[]
  /** Seconds since 1970: `--at`, else the clock. */
  readonly now: number
  readonly isJson: boolean
  readonly language: "en" | "zh-Hant"
  /** A message in the language of the user. */
  readonly say: (word: Word, ...details: readonly string[]) => string
  /** Columns that a line of stdout may take. */
  readonly width: number
  /** Whether more than ASCII can be shown: lines, arrows, ticks. */
  readonly isUnicode: boolean
  readonly paint: Painter
  readonly paintNotes: Painter
  /** Writes data, and waits where the reader is slow. Tells whether anybody still reads. */
  readonly write: (text: string | Uint8Array) => Promise<boolean>
  /** Tells how far a task has come that may take more than a second; shown on a terminal only. */
  readonly progress: Step
  /** Writes a note at once, by the rules for notes. */
  readonly tell: (note: Note) => void
}

/** A command. */
export type Command = (session: Session) => Promise<Answer>
