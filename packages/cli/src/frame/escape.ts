/** What a token says is shown, never obeyed: characters that steer terminals or turn text around are written as escapes. */

// C0 without line feed and tab, DEL, C1, soft hyphen, marks of direction, what has no width or is not seen (the set of `visibleText` in
// @jotkit/inspect, which the frame does not wait for), tags, and halves of characters.
const STEERING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu

/** Writes steering characters as `\u001b`, which JSON understands as well. */
export function escapeControls(text: string): string {
  return text.replaceAll(STEERING, escaped)
}

/** As `escapeControls`, on one line: for values inside a line of a report. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t")
}

/** Unit by unit of UTF-16, as JSON does it. */
function escaped(letters: string): string {
  return letters
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")
}
