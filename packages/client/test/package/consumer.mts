// Compiled by scripts/check-package.mjs against the installed tarball.
import {
  type Client,
  type ClientChange,
  type ClientStorage,
  createClient,
  readClaims,
  type StandardSchemaV1,
  type UnverifiedClaims,
  unsafeKeepInLocal,
} from "@jotkit/client"
import { dpopKeys } from "@jotkit/client/dpop"

declare const schema: StandardSchemaV1<unknown, { nickname: string }>
const storage: ClientStorage = unsafeKeepInLocal()

const client = createClient({ baseUrl: "https://api.example", mode: "bearer", schema, storage, dpop: dpopKeys() })
const typed: Client<UnverifiedClaims<{ nickname: string }>> = client
export const end: () => void = typed.onChange((change: ClientChange<{ nickname: string }>) => change.claims?.nickname)
export const nickname: string | undefined = client.claims?.nickname
export const shown: string = readClaims("e30.e30.e30", schema).nickname
export const unknownClaim: unknown = readClaims("e30.e30.e30")["nickname"]
export const platformFetch: typeof fetch = client.fetch

// @ts-expect-error the schema does not say so
client.claims?.role
// @ts-expect-error there is no such mode
createClient({ baseUrl: "https://api.example", mode: "jwt" })
