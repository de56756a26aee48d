/**
 * The page from top to bottom: token, verdicts, the key that they need, and what the token says. On a phone everything stands in this
 * order; on a wide screen what the user gives is on the left, and what the page says about it on the right. A new panel is one file and
 * one line here.
 */

import type { JSX } from "preact"
import { words } from "../words/words.ts"
import { Claims } from "./claims.tsx"
import { Editors } from "./editors.tsx"
import { Encryption } from "./encryption.tsx"
import { Findings } from "./findings.tsx"
import { HeaderParameters } from "./headers.tsx"
import { Inside } from "./inside.tsx"
import { KeyBox } from "./key.tsx"
import { MakeKeys } from "./make-keys.tsx"
import { Preferences } from "./preferences.tsx"
import { Timeline } from "./timeline.tsx"
import { TokenBox } from "./token.tsx"
import { Verdicts } from "./verdicts.tsx"

/** The whole page. */
export function App(): JSX.Element {
  const { page } = words.value
  return (
    <>
      <a class="skip" href="#token">
        {page.skip}
      </a>
      <header class="masthead">
        <h1>
          <Wordmark />
          <span class="masthead-name">{page.name}</span>
        </h1>
        <Preferences />
      </header>
      <main class="bench">
        <TokenBox />
        <Verdicts />
        <KeyBox />
        <div class="column contents">
          <Inside />
          <Timeline />
          <Claims />
          <HeaderParameters />
          <Findings />
        </div>
        <div class="column tools">
          <Editors />
          <Encryption />
          <MakeKeys />
        </div>
      </main>
      <footer class="footer">
        <p>{page.pledge}</p>
      </footer>
    </>
  )
}

/** The name, over the three parts that a token has. */
function Wordmark(): JSX.Element {
  return (
    <span class="wordmark">
      jot
      <span class="wordmark-parts" aria-hidden="true">
        <i data-part="header" />
        <i data-part="payload" />
        <i data-part="signature" />
      </span>
    </span>
  )
}
