/** What a secret may have been before it was pasted. */

import { type SecretEncoding, secretBytes } from "../keys/keys.ts"
import type { Hint } from "./diagnose.ts"

/** Bytes that may be the secret. */
export interface SecretGuess {
  readonly bytes: Uint8Array
  /** How they differ from what was given; empty for the text as it stands. */
  readonly hints: readonly Hint[]
}

const ENCODINGS: readonly SecretEncoding[] = ["utf8", "base64", "base64url", "hex"]

const LINE_FEED = 0x0a

/** Guesses, the text as it was given first; each once. */
export function secretGuesses(text: string, given: SecretEncoding): SecretGuess[] {
  const seen = new Set<string>()
  const guesses: SecretGuess[] = []
  const add = (bytes: Uint8Array, hints: readonly Hint[]) => {
    const mark = bytes.join()
    if (bytes.length === 0 || seen.has(mark)) return
    seen.add(mark)
    guesses.push({ bytes, hints })
  }
  for (const encoding of [given, ...ENCODINGS]) {
    for (const [variant, hint] of textsOf(text)) {
      const bytes = secretBytes(variant, encoding)
      if (bytes === undefined) continue
      const encoded: Hint[] = encoding === given ? [] : [{ code: "secret_encoding", detail: encoding }]
      add(bytes, [...encoded, ...hint])
      // `echo SECRET | base64`: the line end of echo was encoded too.
      if (encoding !== "utf8" && bytes.at(-1) === LINE_FEED)
        add(bytes.subarray(0, -1), [...encoded, ...hint, { code: "secret_newline", detail: "-" }])
    }
  }
  return guesses
}

function textsOf(text: string): readonly (readonly [string, readonly Hint[]])[] {
  const hint = (code: Hint["code"], detail = ""): readonly Hint[] => [{ code, detail }]
  const bare = text.replace(/\r?\n$/, "")
  const isKey = /-----BEGIN /.test(text)
  const key: readonly Hint[] = isKey ? hint("secret_is_key") : []
  const lf = text.replaceAll("\r\n", "\n")
  const lines = lf.replace(/\n$/, "")
  return [
    [text, key],
    [bare, [...key, ...hint("secret_newline", "-")]],
    [`${bare}\n`, [...key, ...hint("secret_newline", "+")]],
    [`${bare}\r\n`, [...key, ...hint("secret_newline", "+")]],
    [lf, [...key, ...hint("secret_line_ends", "LF")]],
    [lf.replaceAll("\n", "\r\n"), [...key, ...hint("secret_line_ends", "CRLF")]],
    [text.trim(), [...key, ...hint("secret_spaces")]],
    [text.trim().replace(/^(["'`])(.*)\1$/s, "$2"), [...key, ...hint("secret_quotes")]],
    [text.replaceAll("\\n", "\n"), [...key, ...hint("secret_line_ends", "\\n")]],
    ...(
      [
        ["\n", "LF"],
        ["\r\n", "CRLF"],
      ] as const
    ).flatMap(([end, name]) =>
      ["", end].map((last): readonly [string, readonly Hint[]] => [
        lines.replaceAll("\n", end) + last,
        [...key, ...hint("secret_line_ends", name), ...hint("secret_newline", last === "" ? "-" : "+")],
      ]),
    ),
  ]
}
