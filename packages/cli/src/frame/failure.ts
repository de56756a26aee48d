/** How the program ends, and the exceptions that end it. */

import type { Word } from "../words/en.ts"

/** What scripts can rely on: the code in JSON and the exit status that goes with it. */
export const EXIT_CODES = {
  ok: 0,
  negative: 1,
  usage: 2,
  input: 3,
  signature: 4,
  claims: 5,
  key: 6,
  network: 7,
  io: 8,
  lint: 10,
  internal: 70,
  interrupted: 130,
} as const

/** The name of an exit status. */
export type ExitCode = keyof typeof EXIT_CODES

/** Ends a command. Its words never hold a token, a secret or the value of a claim. */
export class Failure extends Error {
  readonly code: ExitCode
  /** A stable name, and the message in the catalogues. */
  readonly word: Word
  readonly details: readonly string[]

  /** Whether the library refused: then its message and its code are the details. */
  get isOfLibrary(): boolean {
    return this.word.startsWith("library")
  }

  /** What scripts are told: of a refusal of the library its own code. */
  get reason(): string {
    return this.isOfLibrary ? (this.details[1] ?? this.word) : this.word
  }

  /** @param details - What the message names. */
  constructor(code: ExitCode, word: Word, ...details: readonly string[]) {
    super(word)
    this.name = "Failure"
    this.code = code
    this.word = word
    this.details = details
  }
}
