/** Table of contents: everything the package offers, in the order in which a token meets it. */

export { type DiagnoseRequest, type Diagnosis, diagnose, type Hint } from "./diagnose/diagnose.ts"
export { type Entry, lookUp, namesOf, type Source, type Vocabulary } from "./dictionary/dictionary.ts"
export { compare, type Difference } from "./diff/compare.ts"
export {
  type FindOptions,
  type FoundToken,
  findTokens,
  type RemovalKind,
  type TokenSearch,
  type TokenSource,
} from "./find/find.ts"
export { type Fixture, type FixtureCode, type FixtureRequest, makeFixtures } from "./fixtures/fixtures.ts"
export { type Binding, type Counterparts, checkBindings, proofThumbprint } from "./judge/bindings.ts"
export {
  type CertificateChain,
  type CertificateCheck,
  type CertificatesRequest,
  type ChainLink,
  checkCertificates,
} from "./judge/certificates.ts"
export type { Check, CheckId } from "./judge/check.ts"
export {
  checkDisclosures,
  type DisclosureAnswer,
  type DisclosuresAnswer,
  type KeyBindingCheck,
} from "./judge/disclosures.ts"
export { type JudgeRequest, type Judgment, judge, type Verdict } from "./judge/judge.ts"
export { type KeyAnswer, type KeyAnswerCode, misfitOf, needOf } from "./judge/signature.ts"
export { type Certificate, readCertificate } from "./keys/certificate.ts"
export {
  countKeys,
  type KeyForm,
  type KeyOptions,
  MAX_KEYS,
  type OfferedKey,
  type Provenance,
  readKeys,
  type SecretEncoding,
} from "./keys/keys.ts"
export { type Kind, type Recognition, recognise } from "./kind/kind.ts"
export {
  type Catalogue,
  describeCheck,
  describeFinding,
  explainRule,
  type FindingText,
  type TextGroup,
  textOf,
} from "./language/catalogue.ts"
export type { Finding, LintOptions } from "./lint/context.ts"
export { lint } from "./lint/lint.ts"
export { RULE_IDS, RULES, type RuleId, type Severity } from "./lint/rules.ts"
export { type SizeEntry, sizesOf } from "./lint/size.ts"
export { draftPolicy, type Policy, type PolicyProblem, type PolicyReading, readPolicy } from "./policy/policy.ts"
export * from "./read/json.ts"
export { type Location, locate, pathAt } from "./read/locate.ts"
export { type ReadOptions, read } from "./read/read.ts"
export type { Disclosure, Form, Reading, RecipientPart, ShapeProblem, SignaturePart } from "./read/reading.ts"
export { charactersOf, type Segment, type SegmentName, type SegmentNote, type SegmentState } from "./read/segment.ts"
export { visibleText } from "./read/visible.ts"
export { parseDuration, parseTime, type TimeArgument, type TimeRefusal } from "./time/argument.ts"
export { timesOf } from "./time/times.ts"
export {
  explainTime,
  isNumericDate,
  isoTime,
  localTime,
  relativeTime,
  type TimeFormat,
  type TimeValue,
} from "./time/words.ts"
