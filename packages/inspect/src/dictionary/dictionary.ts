/** What a name means, and where that is written. */

import type { Catalogue } from "../language/catalogue.ts"
import { CLAIMS, DOCUMENTS, HEADERS, KEY_MEMBERS } from "./names.ts"

/** Where a name is used. */
export type Vocabulary = "claims" | "headers" | "keyMembers"

/** A document that defines a name. */
export interface Source {
  readonly title: string
  /** To be shown; nothing here follows it. */
  readonly url: string
}

/** What is known of a name. */
export interface Entry {
  readonly name: string
  /** A word or two. */
  readonly label: string
  readonly meaning: string
  /** The document that defines it first, then others that use it. */
  readonly sources: readonly Source[]
}

const TABLES: Readonly<Record<Vocabulary, ReadonlyMap<string, readonly string[]>>> = {
  claims: byName(CLAIMS),
  headers: byName(HEADERS),
  keyMembers: byName(KEY_MEMBERS),
}

/** Looks a name up; undefined if it is nobody's. Case counts. */
export function lookUp(vocabulary: Vocabulary, name: string, catalogue: Catalogue): Entry | undefined {
  const sources = TABLES[vocabulary].get(name)
  const text = Object.hasOwn(catalogue[vocabulary], name) ? catalogue[vocabulary][name] : undefined
  if (sources === undefined || text === undefined) return undefined
  const [label = "", meaning = ""] = text.split("|")
  return { name, label, meaning, sources: sources.map(sourceOf) }
}

/** All names of a vocabulary. */
export function namesOf(vocabulary: Vocabulary): string[] {
  return [...TABLES[vocabulary].keys()]
}

/** Whether a claim of this name is registered or in common use. */
export function isKnownClaim(name: string): boolean {
  return TABLES.claims.has(name)
}

function sourceOf(id: string): Source {
  const [title, url] = (Object.hasOwn(DOCUMENTS, id) ? DOCUMENTS[id] : undefined) ?? []
  return {
    title: title ?? id.replace(/^rfc/, "RFC "),
    url: url ?? `https://www.rfc-editor.org/rfc/${id}`,
  }
}

function byName(table: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>()
  for (const [source, names] of Object.entries(table)) {
    for (const name of names.split(" ")) map.set(name, [...(map.get(name) ?? []), source])
  }
  return map
}
