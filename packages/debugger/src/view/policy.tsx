/** What the user expects of the token: a form, and the same as a file. */

import { draftPolicy, type PolicyProblem, textOf, visibleText } from "@jotkit/inspect"
import type { JSX } from "preact"
import { acceptedAlgorithm, emptyPolicy, expectedNonce, type PolicyFields, policyFields } from "../state/input.ts"
import { policyDraft as draft, LISTS, policyReading, policyText, takePolicy } from "../state/policy.ts"
import { reading } from "../state/reading.ts"
import { catalogue, fill, sized, words } from "../words/words.ts"
import { Fold } from "./fold.tsx"
import { PLAIN_TEXT } from "./plain-text.ts"

const NAMES = ["issuer", "audience", "subject", "typ", "require", "maxAge", "leeway"] as const
const HINTS = { maxAge: "duration_hint", leeway: "duration_hint", typ: "typ_hint" } as const
/** No policy is larger. */
const MAX_BYTES = 65_536

/** The panel of the policy. */
export function PolicyForm(): JSX.Element {
  const { policy } = words.value
  const count = policyText.value === "{}" ? 0 : Object.keys(JSON.parse(policyText.value) as object).length
  return (
    <Fold id="policy" title={policy.title} note={count > 0 ? <span class="count">{count}</span> : undefined}>
      <p class="hint">{policy.hint}</p>
      <div class="fields">
        {NAMES.map((name) => (
          <PolicyField key={name} name={name} />
        ))}
        <Field
          name="algorithms"
          hint={policy.algorithms_hint}
          value={acceptedAlgorithm.value}
          onInput={(text) => {
            acceptedAlgorithm.value = text
          }}
        />
        <Field
          name="nonce"
          hint={policy.nonce_hint}
          value={expectedNonce.value}
          onInput={(text) => {
            expectedNonce.value = text
          }}
        />
      </div>
      <Actions />
      <PolicyFile />
    </Fold>
  )
}

function PolicyField({ name }: { readonly name: keyof PolicyFields }): JSX.Element {
  const { policy } = words.value
  return (
    <Field
      name={name}
      hint={name in HINTS ? policy[HINTS[name as keyof typeof HINTS]] : undefined}
      value={policyFields.value[name]}
      onInput={(text) => {
        policyFields.value = { ...policyFields.value, [name]: text }
      }}
    />
  )
}

interface FieldProps {
  readonly name: keyof PolicyFields | "algorithms" | "nonce"
  readonly hint: string | undefined
  readonly value: string
  readonly onInput: (text: string) => void
}

function Field({ name, hint, value, onInput }: FieldProps): JSX.Element {
  const { policy } = words.value
  const read = policyReading.value
  const problem = read.ok ? undefined : read.problems.find(({ member }) => member === name)
  const id = `policy-${name}`
  const properties = {
    ...PLAIN_TEXT,
    id,
    value,
    "aria-invalid": problem !== undefined,
    "aria-describedby": `${id}-hint`,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => {
      draft.value = undefined
      onInput(currentTarget.value)
    },
  }
  return (
    <div class="field">
      <label for={id}>{policy[name]}</label>
      {LISTS.has(name as keyof PolicyFields) ? (
        <textarea rows={Math.min(10, value.split("\n").length)} {...properties} />
      ) : (
        <input type="text" class="text" {...properties} />
      )}
      <span id={`${id}-hint`} class={problem === undefined ? "hint" : "field-error"}>
        {problem === undefined ? hint : textOf(catalogue.value, "policy", problem.code, problem.member)}
      </span>
    </div>
  )
}

function Actions(): JSX.Element {
  const { policy } = words.value
  const { form } = reading.value
  return (
    <div class="actions">
      {(form === "jws" || form === "sd-jwt") && (
        <button type="button" class="button" onClick={() => takePolicy(JSON.stringify(draftPolicy(reading.peek())))}>
          {policy.draft}
        </button>
      )}
      <button
        type="button"
        class="button"
        onClick={() => {
          policyFields.value = emptyPolicy
          acceptedAlgorithm.value = ""
          expectedNonce.value = ""
          draft.value = undefined
        }}
      >
        {policy.clear}
      </button>
    </div>
  )
}

/** The policy as the file that it is elsewhere. */
function PolicyFile(): JSX.Element {
  const { policy } = words.value
  return (
    <>
      <div class="field">
        <label for="policy-json">{policy.json}</label>
        <textarea
          id="policy-json"
          {...PLAIN_TEXT}
          rows={Math.min(16, 1 + policyText.value.split("\n").length)}
          aria-describedby="policy-json-hint policy-json-error"
          aria-invalid={draft.value !== undefined}
          value={draft.value?.text ?? (policyText.value === "{}" ? "" : policyText.value)}
          onInput={({ currentTarget }) => takeText(currentTarget.value)}
          onBlur={() => {
            if (draft.value?.problems.length === 0) draft.value = undefined
          }}
        />
        <span id="policy-json-hint" class="hint">
          {policy.json_hint}
        </span>
      </div>
      <output id="policy-json-error" class="field-error">
        {draft.value?.largeFile === undefined
          ? draft.value?.problems.map(wordsOf).join("; ")
          : fill(words.value.key.file_large, visibleText(draft.value.largeFile), sized(MAX_BYTES, "byte"))}
      </output>
      <div class="actions">
        <label class="button file-button">
          {policy.read}
          <input
            type="file"
            accept=".json,application/json"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? []
              if (file !== undefined) void takeFile(file)
              currentTarget.value = ""
            }}
          />
        </label>
        <a
          class="button"
          download="policy.json"
          href={`data:application/json;charset=utf-8,${encodeURIComponent(`${policyText.value}\n`)}`}
        >
          {policy.save}
        </a>
      </div>
    </>
  )
}

/** Keeps the text as it is written while someone writes it: a form that rewrites it under the cursor is none to write in. */
function takeText(text: string): void {
  draft.value = { text, problems: takePolicy(text.trim() === "" ? "{}" : text) }
}

async function takeFile(file: File): Promise<void> {
  if (file.size > MAX_BYTES) {
    draft.value = { text: policyText.peek(), problems: [], largeFile: file.name }
    return
  }
  takeText(await file.text())
  if (draft.value?.problems.length === 0) draft.value = undefined
}

function wordsOf({ code, member, nearest }: PolicyProblem): string {
  const text = textOf(catalogue.value, "policy", code, member)
  return nearest === undefined ? text : `${text} (${fill(words.value.policy.did_you_mean, nearest)})`
}
