/** The page comes to life: settings, what a link brought, the clock, and the view. */

import { effect } from "@preact/signals"
import { render } from "preact"
import "../style/tokens.css"
import "../style/base.css"
import "../style/panel.css"
import { probeAlgorithms } from "../state/algorithms.ts"
import { startClock } from "../state/clock.ts"
import { probeEncryptions } from "../state/encrypting.ts"
import { giveToken } from "../state/input.ts"
import { takeLink } from "../state/link.ts"
import { probeKinds } from "../state/making-keys.ts"
import { restoreSettings } from "../state/settings.ts"
import { App } from "../view/app.tsx"
import { words } from "../words/words.ts"

const link = takeLink()
restoreSettings(link.language)
startClock()
if (link.token !== undefined) giveToken(link.token)
void probeAlgorithms()
void probeKinds()
void probeEncryptions()
effect(() => {
  document.title = words.value.page.title
})

const root = document.getElementById("page")
if (root !== null) render(<App />, root)
