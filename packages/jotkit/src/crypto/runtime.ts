/** What this runtime is called, for messages; nothing is decided by it. */
import { InvalidAlgorithmError } from "../errors.ts"

/** Parts of the user agent that name an engine, the most particular first. */
const AGENTS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/Cloudflare-Workers/, "Cloudflare Workers"],
  [/Bun\/([\d.]+)/, "Bun"],
  [/Deno\/([\d.]+)/, "Deno"],
  [/Node\.js\/([\d.]+)/, "Node"],
  [/Firefox\/(\d+)/, "Firefox"],
  [/Chrom(?:e|ium)\/(\d+)/, "Chromium"],
  [/Version\/(\d+)[\d.]* .*Safari/, "Safari"],
]

/** The runtime's name and version: "Node 20.20.2", "Chromium 156", "Cloudflare Workers". */
export function runtimeName(): string {
  const { process, navigator } = globalThis as {
    process?: { versions?: Readonly<Record<string, string | undefined>> }
    navigator?: { userAgent?: string }
  }
  const versions = process?.versions ?? {}
  if (versions["bun"] !== undefined) return `Bun ${versions["bun"]}`
  if (versions["deno"] !== undefined) return `Deno ${versions["deno"]}`
  if (versions["node"] !== undefined) return `Node ${versions["node"]}`
  return nameOfAgent(navigator?.userAgent ?? "")
}

function nameOfAgent(agent: string): string {
  for (const [pattern, name] of AGENTS) {
    const found = pattern.exec(agent)
    if (found !== null) return found[1] === undefined ? name : `${name} ${found[1]}`
  }
  return "this runtime"
}

/** The error for an algorithm that this runtime lacks. */
export function unavailable(name: string): InvalidAlgorithmError {
  return new InvalidAlgorithmError("algorithm_unavailable", `${name} is not available in ${runtimeName()}`)
}
