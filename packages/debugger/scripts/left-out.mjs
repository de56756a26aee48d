// @ts-check
// What the core has for other programs, left out of the page.
import { parseAst, Visitor } from "vite"

/** Methods of its classes, by file. Nothing on the page calls them: {@link leftOut} fails when that changes. */
const METHODS = new Map([
  ["jwk.ts", ["fromPem", "fromCryptoKey", "toPrivatePem", "thumbprintUri", "thumbprintUriAsync"]],
])

/**
 * Statements of its files: the loop that names the classes of errors, which the page tells apart by their codes, and what Node shows of a key.
 *
 * @type {ReadonlyMap<string, RegExp>}
 */
const STATEMENTS = new Map([
  ["errors.ts", /^for \(const \[name, errorClass\] of /],
  ["jwk.ts", /^Object\.defineProperty\(Jwk\.prototype, Symbol\.for\("nodejs\.util\.inspect\.custom"\), /],
])

export const leftOut = {
  name: "left-out",
  enforce: /** @type {const} */ ("pre"),
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    const [, file = ""] = /[\\/]jotkit[\\/]src[\\/](\w+\.ts)$/.exec(id) ?? []
    const methods = new Set(METHODS.get(file))
    const statement = STATEMENTS.get(file)
    if (statement === undefined) return undefined
    /** @type {import("vite").ESTree.Node[]} */
    const found = []
    /** @param {import("vite").ESTree.Statement} one */
    const see = (one) => {
      if (statement.test(code.slice(one.start, one.end))) found.push(one)
    }
    new Visitor({
      ForOfStatement: see,
      ExpressionStatement: see,
      MethodDefinition(one) {
        if (one.key.type === "Identifier" && methods.has(one.key.name)) found.push(one)
      },
    }).visit(parseAst(code, { lang: "ts" }))
    if (found.length !== methods.size + 1) throw new Error(`${id}: what is left out of the page is written otherwise`)
    return {
      code: found.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), code),
      map: null,
    }
  },
  /** @param {string} code */
  renderChunk(code) {
    const methods = new Set([...METHODS.values()].flat())
    new Visitor({
      Identifier({ name }) {
        if (methods.has(name)) throw new Error(`the page calls ${name}, which is left out of it`)
      },
    }).visit(parseAst(code))
  },
}
