/** What travels beside the token: its hashes in the token are compared with what is pasted here, and so is the signature of what is detached. */

import { textOf } from "@jotkit/inspect"
import type { JSX } from "preact"
import { bindings } from "../state/beside.ts"
import { type BesideFields, besideFields } from "../state/input.ts"
import { reading } from "../state/reading.ts"
import { catalogue, fill, words } from "../words/words.ts"
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

/** The panel; there where the token has such hashes, or is without what it signs. */
export function Beside(): JSX.Element | null {
  const { beside } = words.value
  const all = bindings.value ?? []
  const { isDetached } = reading.value
  if (all.length === 0 && !isDetached) return null
  const fields = [...new Set(all.map(({ name }) => FIELDS[name]))]
  const hashesOf = (field: keyof BesideFields) => all.flatMap(({ name }) => (FIELDS[name] === field ? name : []))
  return (
    <Fold id="beside" title={beside.title} note={all.map(({ name }) => name).join(", ")} isOpen={isDetached}>
      {isDetached && <Field name="content" label={beside.detached} />}
      {all.length > 0 && <p class="hint">{beside.hint}</p>}
      {fields.map((name) => (
        <Field key={name} name={name} label={fill(beside.against, hashesOf(name).join(", "))} />
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

interface FieldProps {
  readonly name: keyof BesideFields
  readonly label: string
}

/** Named for its hashes: "Token" and "Key" are the names of other boxes. */
function Field({ name, label }: FieldProps): JSX.Element {
  const { beside } = words.value
  const id = `beside-${name}`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        {...PLAIN_TEXT}
        id={id}
        aria-describedby={`${id}-hint`}
        rows={2}
        value={besideFields.value[name]}
        onInput={({ currentTarget }) => {
          besideFields.value = { ...besideFields.value, [name]: currentTarget.value }
        }}
      />
      <span id={`${id}-hint`} class="hint">
        {beside[name]}
      </span>
    </div>
  )
}
