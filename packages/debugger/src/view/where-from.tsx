/** Where the key may be had: commands for a terminal, because this page asks nobody. */

import { memberOf, textMember } from "@jotkit/inspect"
import type { JSX } from "preact"
import { hasKey } from "../state/keys.ts"
import { reading } from "../state/reading.ts"
import { shellWord } from "../state/written.ts"
import { words } from "../words/words.ts"
import { CopyButton } from "./copy.tsx"

/** The panel, where the token names an issuer, or a place for its keys. */
export function WhereFrom(): JSX.Element | null {
  const { where } = words.value
  const { payload, header } = reading.value
  const issuer = addressOf(textMember(payload?.json?.root, "iss"))
  const place = memberOf(header?.json?.root, "jku") && addressOf(textMember(header?.json?.root, "jku"))
  if (hasKey.value || (issuer ?? place) === undefined) return null
  return (
    <section class="panel" aria-labelledby="where-title">
      <h2 id="where-title">{where.title}</h2>
      <p class="hint">{where.hint}</p>
      {issuer !== undefined && <Command text={`jot jwks fetch ${shellWord(`issuer:${issuer}`)}`} />}
      {issuer !== undefined && (
        <Command text={`curl -sS ${shellWord(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`)}`} />
      )}
      {place !== undefined && <p class="note">{where.named}</p>}
      {place !== undefined && <Command text={`curl -sS ${shellWord(place)}`} />}
    </section>
  )
}

function Command({ text }: { readonly text: string }): JSX.Element {
  return (
    <p class="command">
      <code class="code">{text}</code>
      <CopyButton id={text} name={text} text={() => text} />
    </p>
  )
}

/** An address as a browser writes it, so that nothing in it can hide; undefined where it is none. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 2000 || !/^https:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { href } = new URL(text)
  // Issuers are compared letter by letter: without a slash is another one than with it.
  return href === `${text}/` ? text : href
}
