/** The platform's key types, found without asking users for the DOM library or a particular version of Node's types. */
import type { KeyObject as NodeKeyObject } from "node:crypto"

/** Node's KeyObject. */
export type KeyObject = NodeKeyObject

/** WebCrypto's CryptoKey, as the runtime's own types have it. */
export type CryptoKey = typeof globalThis extends { CryptoKey: { prototype: infer Native } }
  ? Native
  : { readonly type: string; readonly extractable: boolean; readonly algorithm: object; readonly usages: string[] }
