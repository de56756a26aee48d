/** The words of what only the build that fetches has, in the language that is chosen. */

import { computed, type ReadonlySignal } from "@preact/signals"
import { language } from "../state/settings.ts"
import { connectedEn } from "./connected-en.ts"
import { connectedZhHant } from "./connected-zh-hant.ts"

/** Every text: a language that lacks one does not compile. */
export type ConnectedWords = { readonly [Name in keyof typeof connectedEn]: string }

/** The texts. */
export const connectedWords: ReadonlySignal<ConnectedWords> = computed(() =>
  language.value === "en" ? connectedEn : connectedZhHant,
)
