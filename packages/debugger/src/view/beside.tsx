/** What travels beside the token: its hashes in the token are compared with what is pasted here. */

import { textOf } from "@jotkit/inspect"
import type { JSX } from "preact"
import { bindings } from "../state/beside.ts"
import { type BesideFields, besideFields } from "../state/input.ts"
import { catalogue, words } from "../words/words.ts"
import { Fold } from "./fold.tsx"
import { Mark } from "./mark.tsx"
import { PLAIN_TEXT } from "./plain-text.ts"

/** Which box each hash needs. */
const FIELDS = {
  at_hash: "accessToken",
  c_hash: "code",
  s_hash: "state",
  ath: "accessToken",
  "cnf.jkt": "proof",
} as const

/** The panel; there where the token has such hashes. */
export function Beside(): JSX.Element | null {
  const { beside } = words.value
  const all = bindings.value ?? []
  if (all.length === 0) return null
  const names = [...new Set(all.map(({ name }) => FIELDS[name]))]
  return (
    <Fold id="beside" title={beside.title} note={all.map(({ name }) => name).join(", ")}>
      <p class="hint">{beside.hint}</p>
      {names.map((name) => (
        <Field key={name} name={name} />
      ))}
      <ul class="marked">
        {all.map(({ name, status }) => (
          <li key={name} data-binding={name} data-status={status}>
            <Mark name={status} />
            <span>
              <span class="code">{name}</span>{" "}
              {status === "not_checked" ? beside.not_checked : textOf(catalogue.value, "status", status)}
            </span>
          </li>
        ))}
      </ul>
    </Fold>
  )
}

function Field({ name }: { readonly name: keyof BesideFields }): JSX.Element {
  return (
    <label class="field">
      <span>{words.value.beside[name]}</span>
      <textarea
        {...PLAIN_TEXT}
        rows={2}
        value={besideFields.value[name]}
        onInput={({ currentTarget }) => {
          besideFields.value = { ...besideFields.value, [name]: currentTarget.value }
        }}
      />
    </label>
  )
}
