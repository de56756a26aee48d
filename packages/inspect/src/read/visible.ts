/** Text of strangers, made fit to be shown: what controls a terminal, hides, or turns the order of others around becomes visible. */

// Controls (C0, DEL, C1), soft hyphen, grapheme joiner, the Arabic letter mark, zero-width and direction marks, separators of lines and
// paragraphs, word joiners, blanks of other scripts, byte order mark, interlinear marks, tags, variation selectors of the supplement; and
// halves of characters.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]|\u034f|\p{Surrogate}/gu
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

/**
 * Writes every character that is not plainly seen as an escape: `\u202e`, `\u{e0041}`, `\n`. What is left can be given to a terminal or
 * a page as text.
 *
 * @param keepLineEnds - Leave `\n` as it is, for text of several lines.
 */
export function visibleText(text: string, keepLineEnds = false): string {
  return text.replaceAll(HIDDEN, (letter) =>
    keepLineEnds && letter === "\n" ? letter : (SHORT[letter] ?? escapeOf(letter)),
  )
}

function escapeOf(letter: string): string {
  const code = (letter.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`
}
