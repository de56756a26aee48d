/** Both engines side by side: `jotkit` runs on WebCrypto in this project, `onNode` on node:crypto, each in modules of its own. */
import * as onWeb from "jotkit"

/** The package, on whichever engine. */
export type Jotkit = typeof onWeb

// The project in vitest.config.ts resolves this name; it is no package.
const name = "jotkit-on-node"
/** The package on the engine for Node. */
export const onNode: Jotkit = await import(name)

/** What a call answered: its result as JSON, or class, code and fault of the error. Errors that are not of the package are thrown on. */
async function answerOf(call: () => unknown): Promise<string> {
  try {
    return `answer ${JSON.stringify(await call(), plain)}`
  } catch (error) {
    if (!onWeb.isJwtError(error)) throw error
    return `${error.name} ${error.code} ${error.fault}`
  }
}

/** Bytes as hexadecimal digits, members in the order of their names: the platforms order those of a JWK as they like. */
function plain(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex")
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The answers of both engines to one call. */
export async function answersOf(call: (jotkit: Jotkit) => unknown): Promise<{ web: string; node: string }> {
  return { web: await answerOf(() => call(onWeb)), node: await answerOf(() => call(onNode)) }
}
