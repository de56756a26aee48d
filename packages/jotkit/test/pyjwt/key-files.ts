/** The keys that PyJWT's own tests use, read in place. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { JwkObject } from "jotkit"

/** The folder with PyJWT's key files, as `describeShared` takes it. */
export const KEY_FOLDER = "vectors/pyjwt-keys"

/** A key file: PEM, an OpenSSH line or the text of a JWK. */
export function readKeyText(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8")
}

/** A key file that holds a JWK. */
export function readJwk(folder: string, name: string): JwkObject {
  return JSON.parse(readKeyText(folder, name)) as JwkObject
}

/** A key file in the form in which `encode` and `decode` take it. */
export function readKeyFile(folder: string, name: string): string | JwkObject {
  return name.endsWith(".json") ? readJwk(folder, name) : readKeyText(folder, name)
}
