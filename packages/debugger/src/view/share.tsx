/** Sharing: a link with the token in its fragment. A token that works is shared whole only after a question. */

import { visibleText } from "@jotkit/inspect"
import { batch, computed, signal } from "@preact/signals"
import type { JSX } from "preact"
import { reading } from "../state/reading.ts"
import {
  canShare,
  claimNames,
  isLive,
  isLocal,
  isSecretive,
  linkTo,
  personalNames,
  redacted,
  type Sealed,
  seal,
} from "../state/share.ts"
import { fill, words } from "../words/words.ts"
import { CopyButton } from "./copy.tsx"
import { Dialog } from "./dialog.tsx"
import "../style/share.css"

const WAYS = ["redacted", "sealed", "whole"] as const
/** Claims that can be chosen. */
const MAX_LISTED = 100
/** Characters of a text that are shown; all of them are copied. */
const MAX_SHOWN = 10_000

const isOpen = signal(false)
const way = signal<(typeof WAYS)[number]>("redacted")
/** That the token still works is known, and it is to be shared all the same. */
const isAgreed = signal(false)
/** Claims that are masked although they are about nobody, or shown although they are. */
const turned = signal<ReadonlySet<string>>(new Set())
const sealed = signal<(Sealed & { readonly token: string }) | undefined>(undefined)

const masked = computed(
  () => new Set(claimNames.value.filter((name) => personalNames.value.has(name) !== turned.value.has(name))),
)

/** Opens the window, if there is something to share. */
export function openShare(): void {
  batch(() => {
    isOpen.value = canShare.peek()
    way.value = "redacted"
    isAgreed.value = false
    turned.value = new Set()
    sealed.value = undefined
  })
}

/** The window. */
export function Share(): JSX.Element | null {
  const { share, keys } = words.value
  if (!isOpen.value || !canShare.value) return null
  return (
    <Dialog
      title={share.title}
      onClose={() => {
        isOpen.value = false
      }}
    >
      <p class="hint">{share.hint}</p>
      {isLocal && <p class="note">{share.local}</p>}
      <fieldset class="choice">
        <legend class="visually-hidden">{share.title}</legend>
        {WAYS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="way"
              checked={way.value === one}
              onChange={() => {
                way.value = one
              }}
            />
            <span>
              <strong>{share[one]}</strong> <span class="faint">{share[`${one}_more`]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {way.value === "redacted" ? (
        <Redacted />
      ) : isSecretive(reading.value) ? (
        <p class="chip" data-tone="bad">
          {keys.is_secret}
        </p>
      ) : way.value === "sealed" ? (
        <SealedLink />
      ) : (
        <Whole />
      )}
    </Dialog>
  )
}

function Redacted(): JSX.Element {
  const { share } = words.value
  const text = redacted(reading.value, masked.value)
  return (
    <>
      {claimNames.value.length > 0 && (
        <fieldset class="choice claims-choice">
          <legend>{share.masked}</legend>
          {claimNames.value.slice(0, MAX_LISTED).map((name) => (
            <label key={name}>
              <input type="checkbox" checked={masked.value.has(name)} onChange={() => turn(name)} />
              <span class="code">{visibleText(name)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Result name={share.link} text={linkTo("token", text)} />
      <Result name={share.token} text={text} />
    </>
  )
}

function turn(name: string): void {
  const next = new Set(turned.value)
  if (!next.delete(name)) next.add(name)
  turned.value = next
}

function SealedLink(): JSX.Element {
  const { share, encrypt } = words.value
  const { text: token } = reading.value
  if (!isSecureContext)
    return (
      <p class="chip" data-tone="bad">
        {fill(encrypt.problem_absent, "PBES2")}
      </p>
    )
  const done = sealed.value?.token === token ? sealed.value : undefined
  if (done === undefined)
    return (
      <p>
        <button
          type="button"
          class="button button-strong"
          onClick={async () => {
            sealed.value = { ...(await seal(token)), token }
          }}
        >
          {share.seal}
        </button>
      </p>
    )
  return (
    <>
      <Result name={share.link} text={linkTo("sealed", done.text)} />
      <Result name={share.passphrase} text={done.passphrase} />
      <p class="note">{share.separately}</p>
    </>
  )
}

function Whole(): JSX.Element {
  const { share } = words.value
  if (isLive.value && !isAgreed.value)
    return (
      <p class="chip" data-tone="bad">
        <span>{share.live}</span>
        <button
          type="button"
          class="button"
          onClick={() => {
            isAgreed.value = true
          }}
        >
          {share.agree}
        </button>
      </p>
    )
  return <Result name={share.link} text={linkTo("token", reading.value.text)} />
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

/** Where the button that asked for the text is gone, the focus would be. */
function takeFocus(box: HTMLElement | null): void {
  if (document.activeElement === document.body) box?.focus()
}

/** A text to take away. */
function Result({ name, text }: { readonly name: string; readonly text: string }): JSX.Element {
  return (
    <div class="result">
      <label class="field">
        <span>{name}</span>
        <textarea
          ref={takeFocus}
          class="line-text"
          readOnly
          rows={2}
          value={shortened(text)}
          spellcheck={false}
          translate={false}
        />
      </label>
      <CopyButton id={`share ${name}`} name={name} label={words.value.copying.label} text={() => text} />
    </div>
  )
}
