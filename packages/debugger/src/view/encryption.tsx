/** Encrypting what the payload says, or the signed token. */

import { textOf } from "@jotkit/inspect"
import type { JSX } from "preact"
import {
  canNest,
  chosenEncryption,
  chosenManagement,
  encryptDraft,
  encryptingProblem,
  encryption,
  isCompressed,
  isNesting,
  management,
  missingEncryptions,
  passwordCount,
} from "../state/encrypting.ts"
import { CONTENT_ENCRYPTION, KEY_MANAGEMENT } from "../state/fitting.ts"
import { catalogue, fill, words } from "../words/words.ts"
import "../style/making.css"

/** Problems with words of their own. */
const TOLD = ["key", "unfit", "empty", "count", "absent"] as const

/** The panel of encryption. */
export function Encryption(): JSX.Element {
  const { encrypt } = words.value
  return (
    <section class="panel" aria-labelledby="encrypt-title">
      <h2 id="encrypt-title">{encrypt.title}</h2>
      <p class="hint">{encrypt.hint}</p>
      <div class="fields">
        <Management />
        <Content />
        <What />
        {management.value?.startsWith("PBES2") === true && <Count />}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={isCompressed.value}
          onChange={({ currentTarget }) => {
            isCompressed.value = currentTarget.checked
          }}
        />
        {encrypt.zip}
      </label>
      <div class="act">
        <button type="button" class="button" onClick={() => void encryptDraft()}>
          {encrypt.encrypt}
        </button>
      </div>
      <output class="states">
        <Problem />
      </output>
    </section>
  )
}

function Management(): JSX.Element {
  const { encrypt } = words.value
  const usual = chosenManagement.value === "" ? management.value : undefined
  return (
    <label class="field">
      <span>{encrypt.management}</span>
      <select
        value={chosenManagement.value}
        onChange={({ currentTarget }) => {
          chosenManagement.value = currentTarget.value
        }}
      >
        <option value="">{usual === undefined ? encrypt.by_key_none : fill(encrypt.by_key, usual)}</option>
        {KEY_MANAGEMENT.map(optionOf)}
      </select>
    </label>
  )
}

function Content(): JSX.Element {
  const { encrypt } = words.value
  return (
    <label class="field">
      <span>{encrypt.encryption}</span>
      <select
        value={chosenEncryption.value}
        onChange={({ currentTarget }) => {
          chosenEncryption.value = currentTarget.value
        }}
      >
        <option value="">{fill(encrypt.by_key, chosenEncryption.value === "" ? encryption.value : "…")}</option>
        {Object.keys(CONTENT_ENCRYPTION).map(optionOf)}
      </select>
    </label>
  )
}

function optionOf(name: string): JSX.Element {
  const isMissing = missingEncryptions.value.has(name)
  return (
    <option key={name} value={name} disabled={isMissing}>
      {isMissing ? fill(words.value.encrypt.absent, name) : name}
    </option>
  )
}

function What(): JSX.Element {
  const { encrypt } = words.value
  return (
    <label class="field">
      <span>{encrypt.what}</span>
      <select
        value={isNesting.value && canNest.value ? "token" : "payload"}
        onChange={({ currentTarget }) => {
          isNesting.value = currentTarget.value === "token"
        }}
      >
        <option value="payload">{encrypt.what_payload}</option>
        <option value="token" disabled={!canNest.value}>
          {encrypt.what_token}
        </option>
      </select>
    </label>
  )
}

function Count(): JSX.Element {
  const { encrypt } = words.value
  return (
    <label class="field">
      <span>{encrypt.count}</span>
      <input
        type="number"
        class="text"
        min={1000}
        max={1_200_000}
        placeholder={management.value === "PBES2-HS256+A128KW" ? "600000" : "210000"}
        value={passwordCount.value ?? ""}
        onInput={({ currentTarget }) => {
          passwordCount.value = currentTarget.value === "" ? undefined : currentTarget.valueAsNumber
        }}
      />
    </label>
  )
}

function Problem(): JSX.Element | null {
  const { encrypt } = words.value
  const problem = encryptingProblem.value
  if (problem === undefined) return null
  const told = TOLD.find((code) => code === problem.code)
  return (
    <span class="chip" data-tone="bad" data-code={problem.code}>
      {told === undefined
        ? fill(encrypt.problem_other, textOf(catalogue.value, "check", problem.code))
        : fill(encrypt[`problem_${told}`], problem.detail)}
    </span>
  )
}
