/** The words of the page in the language that is chosen, with those of `@jotkit/inspect` beside them. */

import type { Catalogue } from "@jotkit/inspect"
import { en as inspectEn } from "@jotkit/inspect/en"
import { zhHant as inspectZhHant } from "@jotkit/inspect/zh-hant"
import { computed, type ReadonlySignal } from "@preact/signals"
import { language } from "../state/settings.ts"
import { en } from "./en.ts"
import { zhHant } from "./zh-hant.ts"

/** Every text of the page: a language that lacks one, or has one too many, does not compile. */
export type Words = {
  readonly [Panel in keyof typeof en]: { readonly [Name in keyof (typeof en)[Panel]]: string }
}

/** The texts of the page. */
export const words: ReadonlySignal<Words> = computed(() => (language.value === "en" ? en : zhHant))

/** The names and texts of `@jotkit/inspect`. */
export const catalogue: ReadonlySignal<Catalogue> = computed(() =>
  language.value === "en" ? inspectEn : inspectZhHant,
)

/** For `Intl` and the document. */
export const locale: ReadonlySignal<string> = computed(() => (language.value === "en" ? "en" : "zh-Hant-TW"))

/** A number of bytes or bits, such as "1 byte", 「32 位元組」. */
export function sized(count: number, unit: "byte" | "bit"): string {
  const { size } = words.value
  const form = new Intl.PluralRules(locale.value).select(count) === "one" ? "one" : "other"
  return fill(size[`${unit}_${form}` as const], count)
}

/** A text with its places filled. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replaceAll(/\{(\d)\}/g, (_, place: string) => String(values[Number(place)] ?? ""))
}
