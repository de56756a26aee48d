// Compiled by scripts/check-package.mjs against the installed tarball, where no framework is.
import { type Allowed, createAuth, KeyRing, type Refused, type Store } from "@jotkit/auth"
import { refusalResponse, withAuth } from "@jotkit/auth/fetch"
import { memoryStore } from "@jotkit/auth/memory"
import { nodeRequest } from "@jotkit/auth/node"
import { postgresStore } from "@jotkit/auth/postgres"
import { redisStore } from "@jotkit/auth/redis"
import { sqliteStore } from "@jotkit/auth/sqlite"

interface User {
  readonly name: string
}

const store: Store = memoryStore()
const auth = createAuth({
  keyRing: new KeyRing({ store }),
  store,
  issuer: "https://api.example",
  audience: "https://api.example",
  loaders: { user: ({ sub }): User | undefined => (sub === "ada" ? { name: "Ada" } : undefined) },
})

export const handler = withAuth(auth, (request, { user, identity }) => {
  const name: string = user.name
  return new Response(`${request.method} ${name} ${identity}`)
})

export async function judge(incoming: Parameters<typeof nodeRequest>[0]): Promise<Response | string> {
  const verdict: Allowed<User> | Refused = await auth.check(nodeRequest(incoming))
  return verdict.allowed ? verdict.user.name : refusalResponse(verdict)
}

export async function perhaps(incoming: Parameters<typeof nodeRequest>[0]): Promise<string | undefined> {
  const verdict = await auth.check(nodeRequest(incoming), { optional: true })
  return verdict.allowed ? verdict.identity : undefined
}

export const stores: readonly ((connection: never) => Store)[] = [sqliteStore, redisStore, postgresStore]

// @ts-expect-error the issuer is a text
createAuth({ key: "a secret of more than thirty-two bytes", issuer: 1, audience: "https://api.example" })
