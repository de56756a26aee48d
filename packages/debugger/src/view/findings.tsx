/** Everything that is odd, weak or dangerous about the token: what, why it matters, and what to do. */

import { describeFinding, type Finding, type Severity } from "@jotkit/inspect"
import type { JSX } from "preact"
import { isAwaited, judged } from "../state/judgment.ts"
import { pointed } from "../state/pointed.ts"
import { catalogue, words } from "../words/words.ts"
import { useHeight } from "./hold.ts"
import { Mark } from "./mark.tsx"
import "../style/findings.css"

/** Findings that are listed. */
const MAX_LISTED = 200

/** The panel of the findings. */
export function Findings(): JSX.Element | null {
  const { findings: texts } = words.value
  const findings = judged.value?.findings
  const held = useHeight<HTMLElement>(isAwaited.value)
  if (findings === undefined && !isAwaited.value) return null
  return (
    <section {...held} class="panel findings" aria-labelledby="findings-title">
      <h2 id="findings-title">
        {texts.title} {findings?.length !== 0 && <span class="count">{findings?.length ?? "…"}</span>}
      </h2>
      {findings?.length === 0 && <p class="faint">{texts.none}</p>}
      <ul>
        {findings?.slice(0, MAX_LISTED).map((finding, index) => (
          <Line key={`${finding.id} ${finding.path} ${finding.variant} ${index}`} finding={finding} />
        ))}
      </ul>
    </section>
  )
}

function Line({ finding }: { readonly finding: Finding }): JSX.Element {
  const { findings: texts } = words.value
  const { id, severity, path, ref } = finding
  const { message, why, fix } = describeFinding(finding, catalogue.value)
  return (
    <li data-id={id} data-severity={severity}>
      <details
        onToggle={({ currentTarget }) => {
          pointed.value = currentTarget.open && path !== "" ? path : undefined
        }}
      >
        <summary>
          <Mark name={severity} />
          <span class="finding-text">
            <span class="visually-hidden">{nameOf(severity)}: </span>
            {message}
          </span>
          <span class="code faint finding-id">{id}</span>
        </summary>
        <p>{why}</p>
        <p>
          <strong>{texts.fix}</strong> {fix}
        </p>
        <p class="faint">
          {texts.reference} {ref}
        </p>
      </details>
    </li>
  )
}

function nameOf(severity: Severity): string {
  return words.value.findings[severity]
}
