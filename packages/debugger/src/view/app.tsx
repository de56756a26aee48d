/**
 * The page from top to bottom: token, verdicts, the gist of it, the key that is needed, and all that the token says. On a phone everything stands in this
 * order; on a wide screen what the user gives is on the left, and what the page says about it on the right. A new panel is one file and
 * one line here.
 */

import type { ComponentChildren, JSX } from "preact"
import { words } from "../words/words.ts"
import { About } from "./about.tsx"
import { openAbout } from "./about-window.ts"
import { Announcer } from "./announcer.tsx"
import { Beside } from "./beside.tsx"
import { Bytes } from "./bytes.tsx"
import { Certificates } from "./certificates.tsx"
import { Claims } from "./claims.tsx"
import { Disclosures } from "./disclosures.tsx"
import { Editors } from "./editors.tsx"
import { Encryption } from "./encryption.tsx"
import { Findings } from "./findings.tsx"
import { focusOn } from "./focus.ts"
import { Gist } from "./gist.tsx"
import { HeaderParameters } from "./headers.tsx"
import { Inside } from "./inside.tsx"
import { KeyBox } from "./key.tsx"
import { KeyInspector } from "./key-inspector.tsx"
import { MakeKeys } from "./make-keys.tsx"
import { Notices } from "./notices.tsx"
import { PolicyForm } from "./policy.tsx"
import { Preferences } from "./preferences.tsx"
import { CodeSamples } from "./samples.tsx"
import { Share } from "./share.tsx"
import { Timeline } from "./timeline.tsx"
import { TokenBox } from "./token.tsx"
import { Verdicts } from "./verdicts.tsx"
import { Weight } from "./weight.tsx"
import { WhereFrom } from "./where-from.tsx"

interface AppProps {
  /** Below the key. */
  readonly children: ComponentChildren
}

/** The whole page. */
export function App({ children }: AppProps): JSX.Element {
  const { page } = words.value
  return (
    <>
      <button type="button" class="button skip" onClick={goToToken}>
        {page.skip}
      </button>
      <header class="masthead">
        <h1>
          <Wordmark />
          <span class="masthead-name">{page.name}</span>
        </h1>
        <Preferences />
      </header>
      <main>
        <Notices />
        <div class="bench">
          <TokenBox />
          <div class="column answers">
            <Verdicts />
            <Gist />
          </div>
          <KeyBox />
          <div class="column asks">
            <PolicyForm />
            <Beside />
          </div>
          <div class="column contents">
            <Inside />
            <Timeline />
            <KeyInspector />
            <Claims />
            <Disclosures />
            <HeaderParameters />
            <Certificates />
            <Bytes />
            <Findings />
            <Weight />
            <CodeSamples />
          </div>
          <div class="column tools">
            {children}
            <WhereFrom />
            <Editors />
            <Encryption />
            <MakeKeys />
          </div>
        </div>
      </main>
      <footer class="footer">
        {children === undefined && <p>{page.pledge}</p>}
        <button type="button" class="button" onClick={openAbout}>
          {words.value.about.title}
        </button>
      </footer>
      <Share />
      <About />
      <Announcer />
    </>
  )
}

/** Not by the address: that is for links, and to read another one would put away what is said of the first. */
function goToToken(): void {
  focusOn("token")
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
