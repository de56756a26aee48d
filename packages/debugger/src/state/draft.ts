/**
 * What the token is to say, as text. It is the token's own until it is edited; then it is a draft beside the token, which stays as it is
 * until the draft is signed.
 */

import { memberOf, readJson } from "@jotkit/inspect"
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals"
import { giveToken, tokenText } from "./input.ts"
import { laidOut, withMember } from "./json-edit.ts"
import { opened } from "./opening.ts"
import { reading } from "./reading.ts"

/** The two texts. */
export interface Draft {
  readonly header: string
  readonly payload: string
}

/** One of them. */
export type DraftBox = keyof Draft

/** A payload that nobody edited and that was not there yet is still the token's: its key may be about to open it. */
interface Edited {
  readonly header: string
  readonly payload: string | undefined
}

/** Longer texts are not edited here: each keystroke would lay them out anew. */
export const MAX_EDITED = 200_000
const MAX_UNDONE = 300
const EMPTY: Draft = { header: "", payload: "" }

/** What was edited; undefined as long as that is nothing. */
const edited: Signal<Edited | undefined> = signal(undefined)
const past: Signal<readonly Draft[]> = signal([])
const future: Signal<readonly Draft[]> = signal([])
/** A token that was encrypted here, and what it holds: its header may be edited before it is opened, and with a key that does not open it. */
const encrypted: Signal<{ readonly token: string; readonly payload: string } | undefined> = signal(undefined)
let lastStroke = ""

/** Whether the token says more than can be edited here. */
export const isTooLong: ReadonlySignal<boolean> = computed(() => reading.value.text.length > MAX_EDITED)

const ofToken: ReadonlySignal<Draft> = computed(() => {
  if (isTooLong.value) return EMPTY
  const { header, payload } = reading.value
  return {
    header: shownText(header?.content),
    payload: shownText((payload ?? opened.value?.payload)?.content ?? encrypted.value?.payload),
  }
})

function shownText(text = ""): string {
  return laidOut(text, { isIndented: true }) ?? text
}

/** The texts as they stand. */
export const draft: ReadonlySignal<Draft> = computed(() =>
  edited.value === undefined ? ofToken.value : whole(edited.value, ofToken.value.payload),
)

function whole({ header, payload }: Edited, own: string): Draft {
  return { header, payload: payload ?? own }
}

/** Whether the texts say something else than the token. */
export const isUnsigned: ReadonlySignal<boolean> = computed(() => !isSame(draft.value, ofToken.value))

/** Whether there is something to undo. */
export const canUndo: ReadonlySignal<boolean> = computed(() => past.value.length > 0)

/** Whether there is something to redo. */
export const canRedo: ReadonlySignal<boolean> = computed(() => future.value.length > 0)

/** Whether the header is that of the token, as it is. */
export const isHeaderOwn: ReadonlySignal<boolean> = computed(
  () => reading.value.form === "jws" && draft.value.header === ofToken.value.header,
)

function isSame(one: Draft, other: Draft): boolean {
  return one.header === other.header && one.payload === other.payload
}

/**
 * Edits the texts. The token is not touched.
 *
 * @param stroke - The kind of edit: several of one kind in a row are undone at once. Empty: always one of its own.
 */
export function editDraft(changes: Partial<Draft>, stroke = ""): void {
  const before = draft.peek()
  const after = { ...before, ...changes }
  if (isSame(before, after)) return
  batch(() => {
    if (stroke === "" || stroke !== lastStroke) past.value = [...past.peek(), before].slice(-MAX_UNDONE)
    future.value = []
    const payload = changes.payload ?? edited.peek()?.payload ?? (before.payload === "" ? undefined : before.payload)
    edited.value = { header: after.header, payload }
  })
  lastStroke = stroke
}

// Another token: the texts are its own. What was not signed can be had back.
effect(() => {
  if (encrypted.peek()?.token !== tokenText.value) encrypted.value = undefined
  const unsigned = edited.peek()
  if (unsigned !== undefined) past.value = [...past.peek(), whole(unsigned, "")].slice(-MAX_UNDONE)
  leaveDraft()
})

/** Takes a token that was encrypted here. */
export function giveEncrypted(token: string, payload: string): void {
  batch(() => {
    encrypted.value = { token, payload }
    giveToken(token)
  })
}

/** Lets the texts be the token's own again. */
export function leaveDraft(): void {
  edited.value = undefined
  lastStroke = ""
}

/** Takes back the last edit, whatever became of the token since. */
export function undo(): void {
  step(past, future)
}

/** Does again what was taken back. */
export function redo(): void {
  step(future, past)
}

function step(from: Signal<readonly Draft[]>, to: Signal<readonly Draft[]>): void {
  const texts = from.peek().at(-1)
  if (texts === undefined) return
  batch(() => {
    from.value = from.peek().slice(0, -1)
    to.value = [...to.peek(), draft.peek()]
    edited.value = texts
  })
  lastStroke = ""
}

/** Forgets the texts, and those that could be had back. */
export function forgetDrafts(): void {
  batch(() => {
    leaveDraft()
    past.value = []
    future.value = []
  })
}

/** Sets one member of one text; nothing happens where that text is no object. */
export function setMember(box: DraftBox, name: string, value: unknown): void {
  const text = withMember(draft.peek()[box], name, JSON.stringify(value))
  if (text !== undefined) editDraft({ [box]: text })
}

/** The text that a member of the header holds. */
export function headerMember(name: string): string | undefined {
  const value = memberOf(readJson(draft.value.header).root, name)?.value
  return value?.type === "string" ? String(value.value) : undefined
}
