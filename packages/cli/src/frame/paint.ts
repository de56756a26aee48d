/** Colour, for each stream on its own. */

import { styleText } from "node:util"

/** Makes text coloured, or leaves it. */
export type Painter = (colour: Colour, text: string) => string

/** The colours in use; the three parts of a token have one each. */
type Colour = keyof typeof STYLES

const STYLES = {
  header: "red",
  payload: "magenta",
  signature: "cyan",
  good: "green",
  bad: "red",
  doubt: "yellow",
  faint: "dim",
  strong: "bold",
} as const

/** What decides about colour. */
export interface ColourRequest {
  readonly isTerminal: boolean
  /** `--color`. */
  readonly choice: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Whether a stream is coloured: the flag, then `NO_COLOR`, `FORCE_COLOR`, then whether it is a terminal. */
export function isColoured({ isTerminal, choice, env }: ColourRequest): boolean {
  if (choice === "always") return true
  if (choice === "never") return false
  if ((env["NO_COLOR"] ?? "") !== "") return false
  if ((env["FORCE_COLOR"] ?? "") !== "") return env["FORCE_COLOR"] !== "0"
  return isTerminal && env["TERM"] !== "dumb"
}

/** A painter that colours, or one that does not. */
export function painter(coloured: boolean): Painter {
  if (!coloured) return (_, text) => text
  // The platform would ask its own stdout and its own variables: `isColoured` has decided already.
  return (colour, text) => styleText(STYLES[colour], text, { validateStream: false })
}
