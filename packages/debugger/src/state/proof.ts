/** What can be shown of what the page promises, found out when it is asked for. */

import { program } from "./program.ts"

/** What was found. */
export interface Proof {
  /** The hash of the program that runs, as the policy writes it; undefined where the browser cannot tell. */
  readonly program: string | undefined
  /** Whether the policy names exactly that. */
  readonly isAsNamed: boolean
  /** The policy, rule by rule. */
  readonly policy: readonly string[]
  /** The addresses of everything that was asked for since the page was loaded. */
  readonly requests: readonly string[]
}

/** Finds out. */
export async function proofOf(): Promise<Proof> {
  const meta = document.querySelector<HTMLMetaElement>('meta[http-equiv="Content-Security-Policy"]')
  const hash = await hashOf(program)
  return {
    program: hash,
    isAsNamed: meta?.content.includes(`'${hash}'`) === true,
    policy: meta?.content.split("; ") ?? [],
    requests: performance.getEntriesByType("resource").map(({ name }) => name),
  }
}

async function hashOf(text: string): Promise<string | undefined> {
  if (!isSecureContext) return undefined
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`
}
