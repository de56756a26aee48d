/** The linter: everything that is odd, weak or dangerous about a token or a key set, whether or not its signature holds. */

import type { Reading } from "../read/reading.ts"
import { checkAlgorithm, checkKeys, checkSignatures } from "./algorithm.ts"
import { checkHashes } from "./bindings.ts"
import { checkContent, checkParties, checkPresence, checkShapes } from "./claims.ts"
import { contextOf, type Finding, type LintOptions, type LintRule } from "./context.ts"
import { checkJson, checkSegments, checkShape } from "./encoding.ts"
import {
  checkCritical,
  checkEmbeddedKeys,
  checkEncryption,
  checkKeyId,
  checkMirroredClaims,
  checkRemoteKeys,
  checkTypes,
} from "./header.ts"
import { checkKeySet } from "./key-set.ts"
import type { Severity } from "./rules.ts"
import { checkSize } from "./size.ts"
import { checkLifetime, checkUnits, checkValidity } from "./time.ts"

const CHECKS: readonly LintRule[] = [
  checkShape,
  checkSegments,
  checkJson,
  checkAlgorithm,
  checkKeys,
  checkEmbeddedKeys,
  checkRemoteKeys,
  checkKeyId,
  checkCritical,
  checkTypes,
  checkEncryption,
  checkMirroredClaims,
  checkSignatures,
  checkValidity,
  checkUnits,
  checkLifetime,
  checkPresence,
  checkShapes,
  checkParties,
  checkContent,
  checkSize,
  checkKeySet,
]
const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }
/** A text of a million odd numbers is one problem. */
const MAX_FINDINGS = 1000

/**
 * Looks for everything that is wrong with a reading. Findings say where, by path and by range, and never hold a secret or the value of
 * a claim; words for them stand in the catalogues.
 *
 * @returns The gravest first, otherwise in the order of the token; at most 1,000.
 */
export async function lint(reading: Reading, options: LintOptions): Promise<Finding[]> {
  const context = contextOf(reading, options)
  const found = [...CHECKS.flatMap((check) => check(context)), ...(await checkHashes(context))]
  const severities = options.severities ?? {}
  const kept = found.flatMap((one): Finding[] => {
    const severity = severities[one.id] ?? one.severity
    return severity === "off" ? [] : [{ ...one, severity }]
  })
  return kept
    .sort((one, other) => ORDER[one.severity] - ORDER[other.severity] || one.range[0] - other.range[0])
    .slice(0, MAX_FINDINGS)
}
