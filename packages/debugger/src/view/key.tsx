/** The key to verify with: pasted, typed or dropped, and what was read of it. */

import { type OfferedKey, type SecretEncoding, visibleText } from "@jotkit/inspect"
import { batch, signal } from "@preact/signals"
import type { JSX } from "preact"
import { algorithms, type ListedAlgorithm } from "../state/algorithms.ts"
import { isForgotten } from "../state/forget.ts"
import {
  acceptedAlgorithm,
  giveKey,
  keyFile,
  keyOrigin,
  keyText,
  passphrase,
  refused,
  secretEncoding,
} from "../state/input.ts"
import { MAX_FILE_BYTES, refusedFile, takeKeyFile } from "../state/key-file.ts"
import { hasKey, suppliedKeys } from "../state/keys.ts"
import { publicHalf } from "../state/making-keys.ts"
import { fill, sized, words } from "../words/words.ts"
import { focusOn } from "./focus.ts"
import { KeyList } from "./key-line.tsx"
import { PLAIN_TEXT, refuseLarge, tooLargeText } from "./plain-text.ts"
import "../style/key.css"

const ENCODINGS: readonly SecretEncoding[] = ["utf8", "base64", "base64url", "hex"]

/** A file hangs over the panel. */
const isDragging = signal(false)

/** The panel of the key. */
export function KeyBox(): JSX.Element {
  const { key } = words.value
  return (
    <section
      class="panel key"
      aria-labelledby="key-title"
      data-dragging={isDragging.value}
      onDragOver={(event) => {
        event.preventDefault()
        isDragging.value = true
      }}
      onDragLeave={() => {
        isDragging.value = false
      }}
      onDrop={(event) => {
        event.preventDefault()
        isDragging.value = false
        takeFile(event.dataTransfer?.files[0])
      }}
    >
      <div class="panel-head">
        <h2 id="key-title">
          <label for="key">{key.title}</label>
        </h2>
        <div class="actions">
          {hasKey.value && (
            <button type="button" class="button" onClick={clearKey}>
              {key.clear}
            </button>
          )}
          <FileButton />
        </div>
      </div>
      <KeyText />
      <p id="key-hint" class={isDragging.value || !hasKey.value ? "hint" : "visually-hidden"}>
        {isDragging.value ? key.drop : key.hint}
      </p>
      {refused.value?.box === "key" && (
        <p class="chip" data-tone="bad">
          {tooLargeText(refused.value.text)}
        </p>
      )}
      <RefusedFile />
      <div class="fields">
        <AlgorithmField />
        <EncodingField />
      </div>
      {suppliedKeys.value?.[0]?.form === "pkcs8_encrypted" && <Passphrase />}
      <Summary />
    </section>
  )
}

/** The button goes with the key, and the focus would go with it. */
function clearKey(): void {
  giveKey("")
  focusOn("key")
}

/** Asked for where the key is of no use without. */
function Passphrase(): JSX.Element {
  const { keys } = words.value
  const isWrong = passphrase.value !== "" && suppliedKeys.value?.[0]?.problem !== undefined
  return (
    <div class="field">
      <label for="key-passphrase">{keys.passphrase}</label>
      <input
        id="key-passphrase"
        type="password"
        class="text"
        autocomplete="off"
        aria-describedby="passphrase-hint"
        value={passphrase.value}
        onInput={({ currentTarget }) => {
          passphrase.value = currentTarget.value
        }}
      />
      <span id="passphrase-hint" class="hint" aria-live="polite">
        {isWrong ? keys.passphrase_wrong : keys.passphrase_hint}
      </span>
    </div>
  )
}

function KeyText(): JSX.Element {
  const { key } = words.value
  const file = keyFile.value
  return (
    <>
      <textarea
        id="key"
        class="key-text"
        {...PLAIN_TEXT}
        aria-describedby="key-hint"
        rows={Math.min(14, Math.max(3, keyText.value.split("\n").length))}
        value={keyText.value}
        onBeforeInput={(event) => refuseLarge(event)}
        onInput={({ currentTarget }) => {
          isForgotten.value = false
          refusedFile.value = undefined
          giveKey(currentTarget.value)
        }}
      />
      {file !== undefined && (
        <p class="chip">{fill(key.file_read, visibleText(file.name), sized(file.bytes.length, "byte"))}</p>
      )}
    </>
  )
}

/** The same as dropping a file, for those who do not drag. */
function FileButton(): JSX.Element {
  const { key } = words.value
  return (
    <label class="button file-button">
      {key.file}
      <input
        type="file"
        onChange={({ currentTarget }) => {
          takeFile(currentTarget.files?.[0])
          currentTarget.value = ""
        }}
      />
    </label>
  )
}

function takeFile(file: File | undefined): void {
  if (file !== undefined) void takeKeyFile(file)
}

function RefusedFile(): JSX.Element | null {
  const { key, make } = words.value
  const file = refusedFile.value
  if (file === undefined) return null
  const large = fill(key.file_large, visibleText(file.name), sized(MAX_FILE_BYTES, "byte"))
  return (
    <p class="chip" data-tone="bad">
      {file.isLarge ? large : make.key_unreadable}
    </p>
  )
}

/** Which algorithm is accepted: what fits the key, or the one that the user names. Never what the token asks for. */
function AlgorithmField(): JSX.Element {
  const { key } = words.value
  return (
    <label class="field">
      <span>{key.algorithm}</span>
      <select
        value={acceptedAlgorithm.value}
        onChange={({ currentTarget }) => {
          acceptedAlgorithm.value = currentTarget.value
        }}
      >
        <option value="">{key.algorithm_any}</option>
        {acceptedAlgorithm.value.includes(" ") && (
          <option value={acceptedAlgorithm.value}>{acceptedAlgorithm.value}</option>
        )}
        {algorithms.value.map((algorithm) => (
          <option
            key={algorithm.name}
            value={algorithm.name}
            disabled={!algorithm.isAvailable || algorithm.name === "none"}
          >
            {nameOf(algorithm)}
          </option>
        ))}
      </select>
    </label>
  )
}

function nameOf({ name, isAvailable }: ListedAlgorithm): string {
  const { key } = words.value
  if (name === "none") return fill(key.algorithm_none, name)
  if (!isAvailable) return fill(key.algorithm_absent, name)
  return name === "EdDSA" ? fill(key.algorithm_legacy, name) : name
}

function EncodingField(): JSX.Element {
  const { key } = words.value
  return (
    <label class="field">
      <span>{key.encoding}</span>
      <select
        value={secretEncoding.value}
        onChange={({ currentTarget }) => {
          secretEncoding.value = ENCODINGS.find((one) => one === currentTarget.value) ?? "utf8"
        }}
      >
        {ENCODINGS.map((encoding) => (
          <option key={encoding} value={encoding}>
            {key[encoding]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What was read in the box, so that nobody has to guess what was taken for what. */
function Summary(): JSX.Element | null {
  const { key } = words.value
  const keys = suppliedKeys.value ?? []
  if (keys.length === 0) return null
  const [only] = keys
  return (
    <div class="summary">
      <h3>{key.summary}</h3>
      <KeyList text={keyText.value} keys={keys} />
      {only?.form === "secret" && secretEncoding.value === "utf8" && /[\r\n]$/.test(keyText.value) && (
        <p class="note">{key.newline}</p>
      )}
      {keys.length === 1 && only?.isPrivate === true && !only.isSymmetric && <PrivateGiven offered={only} />}
    </div>
  )
}

/** Half of a key comes from where the whole came from. */
function keepPublic(text: string, { provenance }: OfferedKey): void {
  batch(() => {
    giveKey(text)
    keyOrigin.value = { text, provenance }
  })
  focusOn("key-title")
}

/** A private key is more than verifying needs. */
function PrivateGiven({ offered }: { readonly offered: OfferedKey }): JSX.Element {
  const { key } = words.value
  const { jwk, thumbprint } = offered
  const half = jwk && publicHalf(jwk)
  return (
    <p class="chip" data-tone="spent">
      <span>{key.private_given}</span>
      {half !== undefined && (
        <button
          type="button"
          class="button"
          // Without a thumbprint it is one that cannot be written as a JWK.
          onClick={() =>
            keepPublic(thumbprint === undefined ? half.toPem() : JSON.stringify(half, undefined, 2), offered)
          }
        >
          {key.keep_public}
        </button>
      )}
    </p>
  )
}
