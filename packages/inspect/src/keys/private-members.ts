/** What of a JWK is not for others. */

import type { JsonMember, JsonNode } from "../read/json.ts"

/** Members that only its owner may have (RFC 7518, section 6; RFC 8037, section 2; RFC 9964). */
const PRIVATE_MEMBERS: readonly string[] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

/** The private members of a JWK; of anything else none. */
export function privateMembers(jwk: JsonNode): readonly JsonMember[] {
  return jwk.type === "object" ? jwk.members.filter(({ name }) => PRIVATE_MEMBERS.includes(name)) : []
}
