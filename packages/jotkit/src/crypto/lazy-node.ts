/** `node:crypto`, loaded when it is first needed: programs that import the package and make no token yet do not pay for it. */
import type * as NodeCrypto from "node:crypto"

let loaded: typeof NodeCrypto | undefined

/** The module. */
export function nodeCrypto(): typeof NodeCrypto {
  loaded ??= process.getBuiltinModule("node:crypto")
  return loaded
}
