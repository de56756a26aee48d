// @ts-check
// The engine under test, with one addition: it reads and hands out the key objects of the process that makes the fixtures.
// A key object of Node cannot exist in another runtime; the same key in DER can.
import { isForeignKey, toForeignKey } from "#foreign-keys"
import { engine as real } from "#real-engine"

/** @param {{ type: string, export: (options?: object) => Uint8Array }} key */
function importForeign(key) {
  if (key.type === "secret") return real.importSecret(new Uint8Array(key.export()))
  const label = key.type === "public" ? "PUBLIC KEY" : "PRIVATE KEY"
  const der = new Uint8Array(key.export({ type: key.type === "public" ? "spki" : "pkcs8", format: "der" }))
  return real.importDer(der, label)
}

/** @type {typeof real} */
export const engine = {
  ...real,
  importPlatformKey(value) {
    return isForeignKey(value) ? importForeign(value) : real.importPlatformKey(value)
  },
  toKeyObject(key) {
    return toForeignKey(real, key)
  },
}
