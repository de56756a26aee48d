// @ts-check
// The options, read from the sources: names, types and comments. Bounds of durations are found by trying; defaults that a comment
// names are compared with those that the package has.

import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { createAuth, KeyRing } from "@jotkit/auth"
import { memoryStore } from "@jotkit/auth/memory"
import ts from "typescript"
import { findFiles, readText } from "../files.mjs"
import { root } from "../shell.mjs"

const MINIMAL = { key: new Uint8Array(32), issuer: "https://api.example", audience: "https://api.example" }
const store = memoryStore()
/** As guards want it that renew tokens. */
const auth = createAuth({ ...MINIMAL, store, locations: ["header", "cookie"] })
const { settingsOf } = await import(pathToFileURL(join(root, "packages/auth/dist/core/settings.js")).href)
/** What becomes of options that are not given. */
const settings = settingsOf(MINIMAL)

/** What takes the options of an interface that is not the value of another option. @type {Record<string, (options: object) => unknown>} */
const TAKERS = {
  AuthOptions: (options) => createAuth({ ...MINIMAL, ...options }),
  GuardOptions: (options) => auth.guard(options),
  KeyRingOptions: (options) => new KeyRing({ store, ...options }),
}
/** What an option needs beside itself, by the first part of its path. @type {Record<string, Record<string, object>>} */
const BESIDE = { dpop: { store, dpop: { baseUrl: MINIMAL.issuer } } }
const UNITS = /** @type {const} */ ([
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
])
const FOREVER = 100 * 365 * 86_400

/** @typedef {{ name: string, type: ts.TypeNode, comment: string }} Member */

const { interfaces, aliases } = declared()

/**
 * @param {string} name Of the interface.
 * @param {string} path Of the option that has it as its value; empty for the outermost.
 * @returns {string[]} The lines of a table.
 */
export function optionRows(name, path) {
  const found = interfaces.get(name)
  if (found === undefined) throw new Error(`there is no interface ${name}`)
  const take = TAKERS[name] ?? (path === "" ? undefined : TAKERS["AuthOptions"])
  const rows = membersOf(found.type).flatMap((member) => rowsOf(member, path, take))
  return ["| option | type | default | range | |", "| --- | --- | --- | --- | --- |", ...rows]
}

/**
 * One row for an option; for one that is an object, one for each member as well.
 *
 * @param {Member} member
 * @param {string} path
 * @param {((options: object) => unknown) | undefined} take
 * @returns {string[]}
 */
function rowsOf({ name, type, comment }, path, take) {
  const full = path === "" ? name : `${path}.${name}`
  const inner = withoutUndefined(type)
  const { said, rest } = apart(comment || commentOfType(inner))
  if (said === "" && rest === "") throw new Error(`the option ${full} has no comment`)
  if (!ts.isTypeLiteralNode(inner)) {
    const known = take === TAKERS["AuthOptions"] ? defaultOf(full, said) : said
    return [row(full, textOf(inner), known, rangeOf(full, inner, take), rest)]
  }
  const members = membersOf(inner).map((one) => {
    const [place, kind] = [`${full}.${one.name}`, withoutUndefined(one.type)]
    return row(place, textOf(kind), defaultOf(place, ""), rangeOf(place, kind, take), one.comment)
  })
  return [row(full, "object", "", "", comment), ...members]
}

/**
 * @param {string} name
 * @param {string} type
 * @param {...string} cells
 */
function row(name, type, ...cells) {
  const all = [`\`${name}\``, `\`${type.replaceAll("|", "\\|")}\``, ...cells]
  return `|${all.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`
}

/**
 * The default that the package has; what a comment says of it must be the same.
 *
 * @param {string} path
 * @param {string} said
 */
function defaultOf(path, said) {
  // What every auth is given here has no default.
  if (path in MINIMAL) return said
  const value = path.split(".").reduce((inner, name) => inner?.[name], settings)
  const known =
    typeof value === "number" ? duration(value) : ["string", "boolean"].includes(typeof value) ? String(value) : ""
  if (said === "") return known === "" ? "" : `\`${known}\``
  const [, amount, unit] = /^(\d+) (s|minutes|days)$/.exec(said) ?? []
  const plain = amount === undefined ? said.replaceAll("`", "") : `${amount}${unit?.charAt(0)}`
  if (known !== "" && /^[\w-]+$/.test(plain) && plain !== known)
    throw new Error(`the comment of ${path} says ${said}, the default is ${known}`)
  return said
}

/**
 * The default that a comment names, and the rest of it.
 *
 * @param {string} comment
 */
function apart(comment) {
  const match = /(?:^|(?<=[.?] ))(?:By default |Default:? )([^.;?]+(?:\.\d[^.;?]*)?)[.;?]? ?/.exec(comment)
  if (match === null) return { said: "", rest: comment }
  const rest = comment.slice(0, match.index) + capital(comment.slice(match.index + match[0].length))
  return { said: match[1] ?? "", rest: rest.trim() }
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * Which durations are accepted.
 *
 * @param {string} path
 * @param {ts.TypeNode} type
 * @param {((options: object) => unknown) | undefined} take
 */
function rangeOf(path, type, take) {
  const text = textOf(type)
  if (take === undefined || !/\bLifetime\b/.test(text)) return ""
  // Among other forms, an object that holds the duration.
  const [, member] = /\{ (?:readonly )?(\w+): Lifetime/.exec(text) ?? []
  const place = member === undefined ? path : `${path}.${member}`
  const accepts = (/** @type {number} */ seconds) => {
    try {
      take(nested(place, seconds))
      return true
    } catch {
      return false
    }
  }
  const least = [0, 0.001, 1].find(accepts)
  if (least === undefined) throw new Error(`the option ${path} accepts no duration`)
  const most = accepts(FOREVER) ? undefined : largest(accepts, Math.ceil(least), FOREVER)
  return most === undefined ? `${duration(least)} or more` : `${duration(least)} to ${duration(most)}`
}

/**
 * @param {(seconds: number) => boolean} accepts
 * @param {number} good
 * @param {number} bad
 * @returns {number}
 */
function largest(accepts, good, bad) {
  if (bad - good <= 1) return good
  const middle = Math.floor((good + bad) / 2)
  return accepts(middle) ? largest(accepts, middle, bad) : largest(accepts, good, middle)
}

/**
 * Options that hold one value, and what it needs.
 *
 * @param {string} path
 * @param {unknown} value
 * @returns {object}
 */
function nested(path, value) {
  const [first = "", ...inner] = path.split(".")
  const beside = BESIDE[first] ?? {}
  const [member] = inner
  return { ...beside, [first]: member === undefined ? value : { ...beside[first], ...nested(inner.join("."), value) } }
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds === 0) return "0"
  if (seconds < 1) return `${seconds * 1000} ms`
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ["s", 1]
  return `${seconds / size}${unit}`
}

/** Every interface and alias of the sources, by its name. */
function declared() {
  /** @type {Map<string, { type: ts.InterfaceDeclaration, comment: string }>} */
  const interfaces = new Map()
  /** @type {Map<string, { type: ts.TypeNode, comment: string }>} */
  const aliases = new Map()
  for (const path of findFiles("packages/auth/src", /\.ts$/)) {
    const source = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2022, true)
    for (const node of source.statements) {
      const comment = commentOf(node)
      if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, { type: node, comment })
      if (ts.isTypeAliasDeclaration(node)) aliases.set(node.name.text, { type: node.type, comment })
    }
  }
  return { interfaces, aliases }
}

/**
 * @param {ts.InterfaceDeclaration | ts.TypeLiteralNode} node
 * @returns {Member[]}
 */
function membersOf(node) {
  const bases = ts.isInterfaceDeclaration(node) ? (node.heritageClauses ?? []).flatMap(({ types }) => [...types]) : []
  const inherited = bases.flatMap(({ expression }) => {
    const base = interfaces.get(expression.getText())
    return base === undefined ? [] : membersOf(base.type)
  })
  const own = node.members.filter(ts.isPropertySignature).map((member) => {
    if (member.type === undefined) throw new Error(`${member.name.getText()} has no type`)
    return { name: member.name.getText(), type: member.type, comment: commentOf(member) }
  })
  return [...own, ...inherited]
}

/** @param {ts.Node} node */
function commentOf(node) {
  const [first] = ts.getJSDocCommentsAndTags(node)
  const text = first === undefined || !ts.isJSDoc(first) ? "" : ts.getTextOfJSDocComment(first.comment)
  return (text ?? "").replaceAll(/\s+/g, " ").trim()
}

/** What stands above the type, where an option has no comment of its own. @param {ts.TypeNode} type */
function commentOfType(type) {
  const inner = withoutUndefined(type)
  if (!ts.isTypeReferenceNode(inner)) return ""
  const name = inner.typeName.getText()
  return interfaces.get(name)?.comment ?? aliases.get(name)?.comment ?? ""
}

/** @param {ts.TypeNode} type @returns {ts.TypeNode} */
function withoutUndefined(type) {
  if (ts.isParenthesizedTypeNode(type)) return withoutUndefined(type.type)
  if (!ts.isUnionTypeNode(type)) return type
  const rest = type.types.filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword)
  const [only] = rest
  return rest.length === 1 && only !== undefined ? withoutUndefined(only) : type
}

/** A type as it is written, with what a choice of ours stands for. @param {ts.TypeNode} type @returns {string} */
function textOf(type) {
  if (ts.isUnionTypeNode(type)) {
    const parts = type.types.filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword)
    return parts.map(textOf).join(" | ")
  }
  const alias = ts.isTypeReferenceNode(type) ? aliases.get(type.typeName.getText()) : undefined
  if (alias !== undefined && ts.isUnionTypeNode(alias.type) && type.getText() !== "Lifetime") return textOf(alias.type)
  return type.getText().replaceAll(/\s+/g, " ").replaceAll(" | undefined", "")
}
