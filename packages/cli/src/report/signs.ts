/** Signs that stand beside words, never instead of them. */

import type { Verdict } from "@jotkit/inspect"
import type { Session } from "../frame/session.ts"

const SIGNS = {
  pass: ["✓", "+"],
  fail: ["✗", "x"],
  not_checked: ["–", "-"],
  cannot_check: ["?", "?"],
  error: ["✗", "x"],
  warning: ["!", "!"],
  info: ["·", "-"],
  arrow: ["→", "->"],
  more: ["…", "..."],
} as const

/** A sign, as the terminal can show it. */
export function signOf(name: keyof typeof SIGNS, { isUnicode }: Session): string {
  return SIGNS[name][isUnicode ? 0 : 1]
}

/** The colour of an answer. */
export const STATUS_COLOURS = {
  pass: "good",
  fail: "bad",
  not_checked: "faint",
  cannot_check: "doubt",
} as const satisfies Readonly<Record<Verdict["status"], string>>
