/** A JSON object that is put together member by member. What was written keeps its order and the text of its numbers. */

import { formatJson, type JsonNode, readJson } from "@jotkit/inspect"
import { Failure } from "../frame/failure.ts"
import type { FlagName } from "../frame/flags.ts"

/** A value: JSON text as it was written, or an object that was opened to be changed. */
type Tree = string | Map<string, Tree>

/** An object under construction. */
export class Members {
  readonly #root: Map<string, Tree> = new Map()

  /**
   * Reads an object.
   *
   * @throws Failure `input` if the text is not JSON, no object, or names a member twice.
   */
  static read(text: string): Members {
    const { root, problem } = readJson(text)
    if (problem !== undefined) throw new Failure("input", "json_invalid", String(problem.line), String(problem.column))
    if (root?.type !== "object") throw new Failure("input", "json_not_object")
    refuseTwins(root)
    const members = new Members()
    for (const { name, value } of root.members) members.set(name, compact(text, value))
    return members
  }

  /** How many there are. */
  get size(): number {
    return this.#root.size
  }

  /** Whether a member of this name is there. */
  has(name: string): boolean {
    return this.#root.has(name)
  }

  /** The JSON text of a member. */
  get(name: string): string | undefined {
    const tree = this.#root.get(name)
    return tree === undefined ? undefined : written(tree)
  }

  /** Whether a JSON Pointer leads to something. */
  hasAt(pointer: string): boolean {
    let tree: Tree | undefined = this.#root
    for (const name of namesIn(pointer)) {
      if (tree === undefined) return false
      tree = (typeof tree === "string" ? mapOf(tree) : tree).get(name)
    }
    return tree !== undefined
  }

  /** Takes a member out. */
  delete(name: string): void {
    this.#root.delete(name)
  }

  /** Sets a member to JSON text; the place of one that is there stays. */
  set(name: string, json: string): void {
    this.#root.set(name, json)
  }

  /**
   * Sets what a JSON Pointer (RFC 6901) leads to. Objects on the way are made where there are none.
   *
   * @throws Failure `usage` where something else than an object is on the way.
   */
  setAt(pointer: string, json: string): void {
    const names = namesIn(pointer)
    const last = names.pop() ?? ""
    names.reduce(opened, this.#root).set(last, json)
  }

  /** The object as JSON, without white space of ours. */
  toJson(): string {
    return written(this.#root)
  }
}

function namesIn(pointer: string): string[] {
  return pointer
    .slice(1)
    .split("/")
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"))
}

/**
 * Refuses what is no JSON Pointer: `~` begins `~0` or `~1` (RFC 6901, section 3).
 *
 * @throws Failure `usage` for a `~` before anything else.
 */
export function refuseBadEscape(flag: FlagName, pointer: string): void {
  const [found] = /~(?![01]).?/u.exec(pointer) ?? []
  if (found !== undefined) throw new Failure("usage", "pointer_escape", flag, found)
}

function opened(parent: Map<string, Tree>, name: string): Map<string, Tree> {
  const value = parent.get(name) ?? new Map<string, Tree>()
  const child = typeof value === "string" ? mapOf(value) : value
  parent.set(name, child)
  return child
}

/** The text of a value without the white space between its parts. */
function compact(text: string, root: JsonNode): string {
  return formatJson({ text, root, problem: undefined }, 0)
}

function mapOf(text: string): Map<string, Tree> {
  const { root } = readJson(text)
  if (root?.type !== "object") throw new Failure("usage", "pointer_blocked")
  return new Map(root.members.map(({ name, value }) => [name, text.slice(...value.range)]))
}

function written(tree: Tree): string {
  if (typeof tree === "string") return tree
  return `{${[...tree].map(([name, value]) => `${JSON.stringify(name)}:${written(value)}`).join(",")}}`
}

function refuseTwins(node: JsonNode): void {
  if (node.type === "array") for (const item of node.items) refuseTwins(item)
  if (node.type !== "object") return
  for (const { duplicate, value } of node.members) {
    if (duplicate) throw new Failure("input", "json_twice")
    refuseTwins(value)
  }
}

/** One `NAME=TEXT` or `NAME:=JSON`. */
export interface Assignment {
  readonly name: string
  /** The value as JSON. */
  readonly json: string
}

/**
 * Reads an assignment, split at the first `=`: text is always text, JSON only behind `:=`.
 *
 * @throws Failure `usage` without a name or a `=`, for what is not JSON behind `:=`, and for a path that is no JSON Pointer.
 */
export function assignmentOf(flag: "claim" | "header", text: string): Assignment {
  const at = text.indexOf("=")
  const isTyped = text[at - 1] === ":"
  const name = text.slice(0, isTyped ? at - 1 : at)
  if (at === -1 || name === "") throw new Failure("usage", "assignment_invalid", flag)
  if (name.startsWith("/")) refuseBadEscape(flag, name)
  const value = text.slice(at + 1)
  if (!isTyped) return { name, json: JSON.stringify(value) }
  if (readJson(value).problem !== undefined) throw new Failure("usage", "assignment_not_json", flag)
  return { name, json: value.trim() }
}

/** Whether a text is one JSON object. */
export function isObjectText(text: string): boolean {
  const { root, problem } = readJson(text)
  return root?.type === "object" && problem === undefined
}
