/** Table of contents: everything the package offers, in the order in which a token meets it. */

export {
  type FindOptions,
  type FoundToken,
  findTokens,
  type RemovalKind,
  type TokenSearch,
  type TokenSource,
} from "./find/find.ts"
export * from "./read/json.ts"
export { type Location, locate, pathAt } from "./read/locate.ts"
export { type ReadOptions, read } from "./read/read.ts"
export type { Disclosure, Form, Reading, RecipientPart, ShapeProblem, SignaturePart } from "./read/reading.ts"
export { charactersOf, type Segment, type SegmentName, type SegmentNote, type SegmentState } from "./read/segment.ts"
