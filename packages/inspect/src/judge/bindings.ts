/** Hashes in a token of things that travel beside it (OpenID Connect Core 1.0, section 3.1.3.6; RFC 9449, section 4.2). */

import { readKeys } from "../keys/keys.ts"
import { writeBase64Url } from "../read/base64url.ts"
import { memberOf, textMember } from "../read/json.ts"
import { read } from "../read/read.ts"
import type { Reading } from "../read/reading.ts"
import { sha2 } from "./digest.ts"

/** Texts whose hashes a token may hold. */
export interface Counterparts {
  /** For `at_hash` and `ath`. */
  readonly accessToken?: string | undefined
  /** For `c_hash`. */
  readonly code?: string | undefined
  /** For `s_hash`. */
  readonly state?: string | undefined
  /** The thumbprint (RFC 7638) of the key that was proved, for `cnf.jkt`. */
  readonly thumbprint?: string | undefined
}

/** One hash of the token and what came of comparing it. */
export interface Binding {
  readonly name: "at_hash" | "c_hash" | "s_hash" | "ath" | "cnf.jkt"
  /** A JSON Pointer into the token. */
  readonly path: string
  /** `not_checked`: its counterpart was not given. `cannot_check`: the signature's algorithm says of no hash. */
  readonly status: "pass" | "fail" | "not_checked" | "cannot_check"
}

/** The hash of each signature algorithm that OpenID Connect names by it; Ed25519 hashes with SHA-512. */
const HASHED_BY: Readonly<Record<string, number>> = { EdDSA: 512, Ed25519: 512, ES256K: 256 }
/** Of what each hash is. */
const COUNTERPARTS = {
  at_hash: "accessToken",
  c_hash: "code",
  s_hash: "state",
  ath: "accessToken",
  "cnf.jkt": "thumbprint",
} as const

/** Every hash that the token has, compared with its counterpart. */
export async function checkBindings(reading: Reading, counterparts: Counterparts): Promise<readonly Binding[]> {
  const claims = reading.payload?.json?.root
  const alg = textMember(reading.header?.json?.root, "alg") ?? ""
  const names = ["at_hash", "c_hash", "s_hash", "ath", "cnf.jkt"] as const
  const all = names.map(async (name): Promise<Binding[]> => {
    const said = textMember(name === "cnf.jkt" ? memberOf(claims, "cnf")?.value : claims, name.replace("cnf.", ""))
    if (said === undefined) return []
    const counterpart = counterparts[COUNTERPARTS[name]]
    const status = counterpart === undefined ? "not_checked" : await compared(name, { said, counterpart, alg })
    return [{ name, path: `/payload/${name.replace(".", "/")}`, status }]
  })
  return (await Promise.all(all)).flat()
}

interface Comparison {
  readonly said: string
  readonly counterpart: string
  readonly alg: string
}

async function compared(name: Binding["name"], { said, counterpart, alg }: Comparison): Promise<Binding["status"]> {
  if (name === "cnf.jkt") return said === counterpart ? "pass" : "fail"
  const bits = name === "ath" ? 256 : hashBits(alg)
  if (bits === undefined) return "cannot_check"
  const digest = await sha2(bits, new TextEncoder().encode(counterpart))
  const expected = name === "ath" ? digest : digest.subarray(0, digest.length / 2)
  return said === writeBase64Url(expected) ? "pass" : "fail"
}

/** The hash that the algorithm uses; undefined where it has none. */
function hashBits(alg: string): 256 | 384 | 512 | undefined {
  const said = Object.hasOwn(HASHED_BY, alg) ? HASHED_BY[alg] : Number(/^(?:HS|RS|PS|ES)(\d{3})$/.exec(alg)?.[1])
  return ([256, 384, 512] as const).find((bits) => bits === said)
}

/**
 * The thumbprint (RFC 7638) that `cnf.jkt` may name, of whatever shows the key: a DPoP proof, which holds it, a key, or the thumbprint
 * itself. Undefined for anything else.
 */
export async function proofThumbprint(text: string): Promise<string | undefined> {
  const bare = text.trim()
  if (/^[\w-]{43}$/.test(bare)) return bare
  const { header } = read(bare)
  const jwk = memberOf(header?.json?.root, "jwk")?.value
  const key =
    jwk?.type === "object"
      ? header?.content?.slice(...jwk.range)
      : bare.startsWith("{") || bare.startsWith("-----")
        ? bare
        : ""
  const [first] = await readKeys(key ?? "")
  return first?.thumbprint
}
