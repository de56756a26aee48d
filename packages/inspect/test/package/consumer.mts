// Compiled by scripts/check-package.mjs against the installed tarball.
import { type Catalogue, describeFinding, type Finding, lint, type Reading, read } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { zhHant } from "@jotkit/inspect/zh-hant"

const reading: Reading = read("eyJhbGciOiJub25lIn0.e30.")
const catalogues: readonly Catalogue[] = [en, zhHant]

export async function words(): Promise<string[]> {
  const findings: readonly Finding[] = await lint(reading, { now: 1_700_000_000 })
  return catalogues.flatMap((catalogue) => findings.map((finding) => describeFinding(finding, catalogue).message))
}

// @ts-expect-error the clock is an argument
export const refused: unknown = lint(reading, {})
