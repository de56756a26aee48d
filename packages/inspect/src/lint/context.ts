/** What the rules look at, and how they report. */

import type { Counterparts } from "../judge/bindings.ts"
import type { OfferedKey } from "../keys/keys.ts"
import { type Kind, recognise } from "../kind/kind.ts"
import { type JsonNode, memberOf, type Range, textMember } from "../read/json.ts"
import { locate } from "../read/locate.ts"
import type { Reading } from "../read/reading.ts"
import { RULES, type RuleId, type Severity } from "./rules.ts"

/** One thing that was found. */
export interface Finding {
  readonly id: RuleId
  readonly severity: Severity
  /** A JSON Pointer (RFC 6901) into the token, such as `/header/alg`; empty for the whole. */
  readonly path: string
  /** In characters of the reading's text. */
  readonly range: Range
  /** Which of the rule's messages, where it has several. */
  readonly variant: string | undefined
  /** What the message names. Never a secret, never a claim's value. */
  readonly detail: string
  /** Where the rule is written. */
  readonly ref: string
}

/** What stands beside the token, and what is usual here. */
export interface LintOptions {
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly now: number
  /** Seconds that clocks may differ. Default 0. */
  readonly leeway?: number | undefined
  /** Keys by `readKeys`. */
  readonly keys?: readonly OfferedKey[] | undefined
  /** Longest lifetime in seconds. Default a day, an hour for ID tokens. */
  readonly maxLifetime?: number | undefined
  /** What hashes in the token are of. */
  readonly counterparts?: Counterparts | undefined
  /** Another severity for a rule, or `off`. */
  readonly severities?: Readonly<Partial<Record<RuleId, Severity | "off">>> | undefined
}

/** A token under examination. */
export interface Context {
  readonly reading: Reading
  readonly kind: Kind
  readonly header: JsonNode | undefined
  readonly claims: JsonNode | undefined
  readonly alg: string | undefined
  readonly keys: readonly OfferedKey[]
  readonly options: LintOptions
}

/** How a finding differs from what the table says. */
export interface Particulars {
  readonly variant?: string | undefined
  readonly detail?: string | undefined
  readonly severity?: Severity | undefined
  readonly range?: Range | undefined
}

/** A check: looks at one thing, reports all of it. */
export type LintRule = (context: Context) => readonly Finding[]

/** Prepares a reading for the rules. */
export function contextOf(reading: Reading, options: LintOptions): Context {
  const header = reading.header?.json?.root
  const payload = reading.payload?.json?.root
  return {
    reading,
    kind: recognise(reading).kind,
    header,
    claims: payload?.type === "object" ? payload : undefined,
    alg: textMember(header, "alg"),
    keys: options.keys ?? [],
    options,
  }
}

/** Makes a finding; its place is that of the path unless another is given. */
export function finding({ reading }: Context, id: RuleId, path: string, particulars: Particulars = {}): Finding {
  const { severity, ref } = RULES[id]
  const range = particulars.range ?? locate(reading, path)?.characters ?? [0, reading.text.length]
  const { variant, detail = "" } = particulars
  return { id, severity: particulars.severity ?? severity, path, range, variant, detail, ref }
}

/** A header member's value. */
export function headerValue({ header }: Context, name: string): JsonNode | undefined {
  return memberOf(header, name)?.value
}

/** A claim's value. */
export function claimValue({ claims }: Context, name: string): JsonNode | undefined {
  return memberOf(claims, name)?.value
}

/** Whether the token is, or pretends to be, a JWT. */
export function isJwt({ reading, claims }: Context): boolean {
  return (reading.form === "jws" || reading.form === "sd-jwt") && claims !== undefined
}
