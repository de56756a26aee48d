/**
 * `JSON.parse`, without the fault it has in V8 since 12.8 (Node 24 and 26, Chromium): once an object with the member `\`
 * was parsed, any member whose name is written with an escape may come out as `\` (nodejs/node#63785). One hostile text
 * would change what the next token says, so texts with such names are read here. Texts without them, nearly all, are not.
 */

/** An object that came out of JSON. */
export type JsonObject = Record<string, unknown>

/** As the second argument of `JSON.parse`. */
export type Reviver = (this: unknown, name: string, value: unknown) => unknown

/** The last escape in a member's name, its end and the colon. May also match inside a value, which costs only time. */
const ESCAPED_NAME = /\\.[^"\\]*"\s*:/
const TOKEN = /[{}[\]]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}[\],:"]+/g

/** As `JSON.parse`. @throws SyntaxError - `text` is not JSON. */
export function parseJsonText(text: string, reviver?: Reviver): unknown {
  if (!(text.includes("\\") && ESCAPED_NAME.test(text))) return JSON.parse(text, reviver)
  JSON.parse(text) // refuses what is not JSON
  const value = read(text)
  return reviver === undefined ? value : revive({ "": value }, "", reviver)
}

/** Reads text that is known to be JSON. */
function read(text: string): unknown {
  const root: unknown[] = []
  const open: (unknown[] | JsonObject)[] = [root]
  let name: string | undefined
  for (const [token] of text.matchAll(TOKEN)) {
    const holder = open.at(-1) ?? root
    if (token === "}" || token === "]") open.pop()
    else if (name === undefined && !Array.isArray(holder)) name = JSON.parse(token)
    else {
      const value = valueAt(token)
      put(holder, name, value)
      name = undefined
      if (token === "{" || token === "[") open.push(value as unknown[] | JsonObject)
    }
  }
  return root[0]
}

/** A scalar, or the object or array that begins here. */
function valueAt(token: string): unknown {
  if (token === "{") return {}
  return token === "[" ? [] : JSON.parse(token)
}

function put(holder: unknown[] | JsonObject, name: string | undefined, value: unknown): void {
  if (name === undefined) (holder as unknown[]).push(value)
  else define(holder as JsonObject, name, value)
}

/** The order and the meaning of `JSON.parse` with a reviver: from the leaves up, `undefined` removes. */
function revive(holder: JsonObject | unknown[], name: string, reviver: Reviver): unknown {
  const value = (holder as JsonObject)[name]
  if (typeof value === "object" && value !== null) {
    for (const member of Object.keys(value)) {
      const revived = revive(value as JsonObject, member, reviver)
      if (revived === undefined) delete (value as JsonObject)[member]
      else define(value as JsonObject, member, revived)
    }
  }
  return reviver.call(holder, name, value)
}

/** Sets a member, also one named `__proto__`. */
function define(holder: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true })
}
