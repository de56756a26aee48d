/** Making keys, and writing those in the key box in another form. */

import { computed, type Signal, signal } from "@preact/signals"
import type { JSX } from "preact"
import { algorithms } from "../state/algorithms.ts"
import { MAX_COMMON_NAME } from "../state/certificate.ts"
import { now } from "../state/clock.ts"
import { suppliedKeys } from "../state/keys.ts"
import { later } from "../state/later.ts"
import {
  chosenKind,
  commonName,
  encryptionKinds,
  formerKey,
  KEY_OUTPUTS,
  type KeyIdSource,
  type KeyKind,
  type KeyOutput,
  keyIdSource,
  kindToMake,
  makeKey,
  making,
  makingProblem,
  modulusBits,
  newPassphrase,
  restoreKey,
  typedKeyId,
  validDays,
  type Written,
  writeKeys,
} from "../state/making-keys.ts"
import { fill, words } from "../words/words.ts"
import { focusBefore } from "./focus.ts"
import { PLAIN_TEXT } from "./plain-text.ts"
import "../style/making.css"

const ID_SOURCES: readonly KeyIdSource[] = ["thumbprint", "date", "random", "typed", "none"]
const MODULUS_BITS = [2048, 3072, 4096]

/** So long a passphrase must stand still: each one costs 600,000 rounds of a hash. */
const DELAY_MS = 250

/** Whom a certificate is for, unless that is said. */
const THIS_MACHINE = "localhost"
const VALID_DAYS = [30, 365, 3650, 36_500]

const chosenOutput = signal<KeyOutput | "">("")
const copied = signal<Written | undefined>(undefined)

/** The keys of the key box in the form that was asked for. */
const written = later(
  computed(() => {
    const [form, keys] = [chosenOutput.value, suppliedKeys.value]
    const passphrase = (isSealable() && newPassphrase.value) || undefined
    return form === "" || keys === undefined
      ? undefined
      : {
          keys,
          request: {
            form,
            passphrase,
            commonName: commonName.value || THIS_MACHINE,
            days: validDays.value,
            from: now.peek(),
          },
        }
  }),
  async ({ keys, request }) => ({
    result: await writeKeys(keys, request),
    isEmpty: keys.every(({ jwk }) => jwk === undefined),
  }),
  DELAY_MS,
)

/** Whether the form that was asked for can be encrypted. */
function isSealable(): boolean {
  return chosenOutput.value.startsWith("pkcs8")
}

/** The panel of keys that are made and converted. */
export function MakeKeys(): JSX.Element {
  const { keys } = words.value
  return (
    <section class="panel" aria-labelledby="keys-title">
      <h2 id="keys-title">{keys.title}</h2>
      <div class="fields">
        <Kind />
        {/^(?:RS|PS)/.test(kindToMake()) && <Choice label={keys.bits} chosen={modulusBits} among={MODULUS_BITS} />}
        <KeyId />
        {keyIdSource.value === "typed" && <Line label={keys.id_text} text={typedKeyId} />}
      </div>
      <div class="act">
        <button type="button" class="button" aria-disabled={making.value !== undefined} onClick={() => void makeKey()}>
          {making.value === undefined ? keys.generate : keys.making}
        </button>
        {formerKey.value !== undefined && (
          <button
            type="button"
            class="button"
            onClick={({ currentTarget }) => {
              restoreKey()
              focusBefore(currentTarget)
            }}
          >
            {keys.restore}
          </button>
        )}
      </div>
      <output class="states">
        {makingProblem.value !== "" && (
          <span class="chip" data-tone="bad">
            {fill(keys.problem, makingProblem.value)}
          </span>
        )}
      </output>
      <Output />
    </section>
  )
}

function Kind(): JSX.Element {
  const { keys } = words.value
  const signatures = algorithms.value.filter(({ name }) => name !== "none")
  return (
    <label class="field">
      <span>{keys.kind}</span>
      <select
        value={chosenKind.value}
        onChange={({ currentTarget }) => {
          chosenKind.value = currentTarget.value
        }}
      >
        <option value="">{fill(keys.suggested, chosenKind.value === "" ? kindToMake() : "…")}</option>
        <optgroup label={keys.signatures}>{signatures.map(kindOption)}</optgroup>
        <optgroup label={keys.encryption}>{encryptionKinds.value.map(kindOption)}</optgroup>
      </select>
    </label>
  )
}

function kindOption({ name, isAvailable }: KeyKind): JSX.Element {
  return (
    <option key={name} value={name} disabled={!isAvailable}>
      {isAvailable ? name : fill(words.value.keys.absent, name)}
    </option>
  )
}

/** One of a few numbers. */
function Choice({
  label,
  chosen,
  among,
}: {
  readonly label: string
  readonly chosen: Signal<number>
  readonly among: readonly number[]
}): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={String(chosen.value)}
        onChange={({ currentTarget }) => {
          chosen.value = Number(currentTarget.value)
        }}
      >
        {among.map((number) => (
          <option key={number} value={String(number)}>
            {number}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A line of text. */
function Line({
  label,
  text,
  ...more
}: {
  readonly label: string
  readonly text: Signal<string>
  readonly placeholder?: string
  readonly maxLength?: number
}): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="text"
        {...PLAIN_TEXT}
        {...more}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
        }}
      />
    </label>
  )
}

function KeyId(): JSX.Element {
  const { keys } = words.value
  return (
    <label class="field">
      <span>{keys.id}</span>
      <select
        value={keyIdSource.value}
        onChange={({ currentTarget }) => {
          keyIdSource.value = ID_SOURCES.find((one) => one === currentTarget.value) ?? "none"
        }}
      >
        {ID_SOURCES.map((source) => (
          <option key={source} value={source}>
            {keys[`id_${source}`]}
          </option>
        ))}
      </select>
    </label>
  )
}

function Output(): JSX.Element {
  const { keys } = words.value
  const { result, isEmpty = true } = written.value ?? {}
  return (
    <>
      <label class="field">
        <span>{keys.form}</span>
        <select
          value={chosenOutput.value}
          onChange={({ currentTarget }) => {
            chosenOutput.value = KEY_OUTPUTS.find((one) => one === currentTarget.value) ?? ""
          }}
        >
          <option value="">{keys.form_none}</option>
          {KEY_OUTPUTS.map((form) => (
            <option key={form} value={form}>
              {keys[form]}
            </option>
          ))}
        </select>
      </label>
      {isSealable() && (
        <label class="field">
          <span>{keys.new_passphrase}</span>
          <input
            type="password"
            class="text"
            autocomplete="new-password"
            value={newPassphrase.value}
            onInput={({ currentTarget }) => {
              newPassphrase.value = currentTarget.value
            }}
          />
        </label>
      )}
      {chosenOutput.value === "certificate" && (
        <div class="fields">
          <Line label={keys.common_name} text={commonName} placeholder={THIS_MACHINE} maxLength={MAX_COMMON_NAME} />
          <Choice label={keys.days} chosen={validDays} among={VALID_DAYS} />
        </div>
      )}
      {written.value !== undefined && result === undefined && (
        <p class="hint">{isEmpty ? keys.no_key : keys.no_form}</p>
      )}
      {result !== undefined && <WrittenKey written={result} />}
    </>
  )
}

function WrittenKey({
  written: { form, text, content, fileName, isSecret },
  written: whole,
}: {
  readonly written: Written
}): JSX.Element {
  const { keys } = words.value
  return (
    <>
      <textarea class="key-text" readOnly rows={8} aria-label={keys.written} data-form={form} value={text} />
      {isSecret && <p class="note">{keys.is_secret}</p>}
      <div class="act">
        <button type="button" class="button" onClick={() => copy(whole)}>
          {copied.value === whole ? keys.copied : keys.copy}
        </button>
        <button type="button" class="button" onClick={() => save(content, fileName)}>
          {keys.save}
        </button>
      </div>
    </>
  )
}

/** By selecting it: that needs no permission, and works where the clipboard's own interface is not there. */
function copy(whole: Written): void {
  document.querySelector<HTMLTextAreaElement>("[data-form]")?.select()
  if (document.execCommand("copy")) copied.value = whole
}

/** Hands a file to the browser; it is made here and goes nowhere else. */
function save(content: Written["content"], fileName: string): void {
  const address = URL.createObjectURL(new Blob([content]))
  const link = Object.assign(document.createElement("a"), { href: address, download: fileName })
  link.click()
  URL.revokeObjectURL(address)
}
