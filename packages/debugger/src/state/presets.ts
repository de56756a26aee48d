/** Tokens to begin with: the members that their standards, or their services, ask for. */

import { batch } from "@preact/signals"
import { now } from "./clock.ts"
import { editDraft, headerMember } from "./draft.ts"
import { signaturesOf } from "./fitting.ts"
import { fitHeader, randomText } from "./making-keys.ts"
import { isAsked, signer } from "./signing.ts"

/** What a preset is made of; times count from now. */
interface Preset {
  readonly header: object
  readonly claims: (now: number) => object
}

const ISSUER = "https://issuer.example"
const API = "https://api.example"

/** By name; their names in words stand in the catalogue. */
const PRESETS = {
  // OpenID Connect Core 1.0, section 2.
  id_token: {
    header: { alg: "RS256", typ: "JWT" },
    claims: (at) => ({
      iss: ISSUER,
      sub: "user-1",
      aud: "client-1",
      exp: at + 3600,
      iat: at,
      auth_time: at,
      nonce: randomText(),
    }),
  },
  // RFC 9068, section 2.2.
  access_token: {
    header: { alg: "RS256", typ: "at+jwt" },
    claims: (at) => ({
      iss: ISSUER,
      exp: at + 300,
      aud: API,
      sub: "user-1",
      client_id: "client-1",
      iat: at,
      jti: randomText(),
      scope: "read write",
    }),
  },
  // RFC 7523, section 3.
  client_assertion: {
    header: { alg: "ES256", typ: "JWT" },
    claims: (at) => ({ iss: "client-1", sub: "client-1", aud: ISSUER, exp: at + 60, iat: at, jti: randomText() }),
  },
  // RFC 9449, section 4.2.
  dpop: {
    header: { typ: "dpop+jwt", alg: "ES256", jwk: {} },
    claims: (at) => ({ jti: randomText(), htm: "POST", htu: `${ISSUER}/token`, iat: at }),
  },
  service: {
    header: { alg: "ES256", typ: "JWT" },
    claims: (at) => ({
      iss: "service-a",
      sub: "service-a",
      aud: "service-b",
      exp: at + 60,
      iat: at,
      jti: randomText(),
    }),
  },
  // OpenID Connect Back-Channel Logout 1.0, section 2.4.
  logout: {
    header: { alg: "RS256", typ: "logout+jwt" },
    claims: (at) => ({
      iss: ISSUER,
      sub: "user-1",
      aud: "client-1",
      iat: at,
      exp: at + 120,
      jti: randomText(),
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
      sid: "session-1",
    }),
  },
  apple: {
    header: { alg: "ES256", kid: "ABC123DEFG" },
    claims: (at) => ({
      iss: "DEF123GHIJ",
      iat: at,
      exp: at + 3600,
      aud: "https://appleid.apple.com",
      sub: "com.example.app",
    }),
  },
  // The clock of the other side may be behind: GitHub asks for a minute of room.
  github: {
    header: { alg: "RS256", typ: "JWT" },
    claims: (at) => ({ iat: at - 60, exp: at + 540, iss: "Iv1.0123456789abcdef" }),
  },
  google: {
    header: { alg: "RS256", typ: "JWT", kid: "key-1" },
    claims: (at) => ({
      iss: "name@project.iam.gserviceaccount.com",
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: "https://oauth2.googleapis.com/token",
      exp: at + 3600,
      iat: at,
    }),
  },
  supabase: {
    header: { alg: "HS256", typ: "JWT" },
    claims: (at) => ({
      iss: `${API}/auth/v1`,
      sub: "7f1f2a3c-0000-4000-8000-000000000001",
      aud: "authenticated",
      exp: at + 3600,
      iat: at,
      role: "authenticated",
    }),
  },
} satisfies Record<string, Preset>

/** The name of a preset. */
export type PresetName = keyof typeof PRESETS

/** All names. */
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[] // its own keys, and no others

/** Begins a token of this kind, for the key that is there if it can sign. */
export function applyPreset(name: PresetName): void {
  const { header, claims }: Preset = PRESETS[name]
  const key = signer.peek()
  batch(() => {
    editDraft({ header: pretty(header), payload: pretty(claims(now.peek())) })
    const names = key === undefined ? [] : signaturesOf(key)
    if (key?.jwk !== undefined) fitHeader(key.jwk, names.find((one) => one === headerMember("alg")) ?? names[0])
    isAsked.value = false
  })
}

function pretty(value: object): string {
  return JSON.stringify(value, undefined, 2)
}
