/** The one object that every command answers with under `--json`. */

import { describeFinding, type Finding } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import type { Json } from "./json.ts"
import type { Answer } from "./session.ts"

/** The answer as a script gets it. */
export function envelope({ code, members = {}, checks = [], findings = [] }: Answer): Json {
  return {
    schema: 1,
    ok: code === "ok",
    code,
    ...members,
    checks: checks.map((check) => ({ ...check })),
    findings: findings.map(findingOf),
  }
}

function findingOf(found: Finding): Json {
  const { id, severity, path, range, ref } = found
  const { message, fix } = describeFinding(found, en)
  return { id, severity, path, range: [...range], message, fix, ref }
}
