/** Words: one catalogue for each language, imported only where it is used. Programs go by codes; people read these. */

import type { Check } from "../judge/check.ts"
import type { Kind } from "../kind/kind.ts"
import type { Finding } from "../lint/context.ts"
import type { RuleId } from "../lint/rules.ts"

/** All words of one language. In texts `{0}` and `{1}` stand for what a message names, `{all}` for all of it. */
export interface Catalogue {
  /** BCP 47, also for `Intl`. */
  readonly language: string
  /** For each claim a label and a meaning, with a bar between them. */
  readonly claims: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly keyMembers: Readonly<Record<string, string>>
  readonly kinds: Readonly<Record<Kind, string>>
  /** For each rule what is wrong, why it matters and what to do, with bars between them. */
  readonly rules: Readonly<Record<RuleId, string>>
  /** Everything else, as `group.code`; messages of a rule's variants as `RULE.variant`. */
  readonly texts: Readonly<Record<string, string>>
}

/** Groups of texts: what a code belongs to. */
export type TextGroup =
  | "status"
  | "verdict"
  | "check"
  | "answer"
  | "disclosure"
  | "state"
  | "json"
  | "removed"
  | "time"
  | "policy"
  | "reason"
  | "hint"
  | "SHAPE"
  | "fixture"

/** A finding in words. */
export interface FindingText {
  readonly message: string
  readonly why: string
  readonly fix: string
}

/**
 * The words for a code, such as `textOf(en, "hint", "secret_encoding", "base64")`. A code without words is its own text.
 *
 * @param detail - What the message names; several with `, ` between them.
 */
export function textOf(catalogue: Catalogue, group: TextGroup, code: string, detail = ""): string {
  return filled(textAt(catalogue, `${group}.${code}`) ?? code, detail)
}

/** A finding in words. */
export function describeFinding({ id, variant, detail }: Finding, catalogue: Catalogue): FindingText {
  const { message, why, fix } = explainRule(id, catalogue)
  const particular = variant === undefined ? undefined : textAt(catalogue, `${id}.${variant}`)
  return { message: filled(particular ?? message, detail), why, fix }
}

/** What a rule is about, for `--explain`. The message may hold places to be filled. */
export function explainRule(id: RuleId, catalogue: Catalogue): FindingText {
  const [message = "", why = "", fix = ""] = catalogue.rules[id].split("|")
  return { message, why, fix }
}

/** A check in words. */
export function describeCheck({ id, code, detail }: Check, catalogue: Catalogue): string {
  return textOf(catalogue, "check", code ?? id, detail)
}

function textAt({ texts }: Catalogue, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined
}

function filled(text: string, detail: string): string {
  const parts = detail.split(", ")
  return text.replaceAll(/\{(\d|all)\}/g, (_, place: string) =>
    place === "all" ? detail : (parts[Number(place)] ?? ""),
  )
}
