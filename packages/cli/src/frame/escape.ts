/** What a token says is shown, never obeyed: characters that steer terminals or turn text around are written as escapes. */

// C0 without line feed and tab, DEL, C1, marks of direction, and characters without width.
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Writes steering characters as `\u001b`, which JSON understands as well. */
export function escapeControls(text: string): string {
  return text.replaceAll(STEERING, escaped)
}

/** As `escapeControls`, on one line: for values inside a line of a report. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t")
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`
}
