// @ts-check
// The other implementations: how each is installed, always the newest, how it is started, and what it has.
import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { root } from "../shell.mjs"
import { exchangeMadeKeys, exchangeWithOpenSsh, exchangeWithOpenSsl } from "./jot.mjs"
import { exchangeWithProvider } from "./oidc.mjs"
import { exchangeWithClient } from "./openid.mjs"
import { exchangeWithPyJwt } from "./pyjwt.mjs"

const folder = join(root, "tests/interop")
/** What is fetched and built; nothing in it is committed. */
const built = join(folder, ".peers")
const python = join(built, "python/bin/python")
const goPeer = join(built, "go/peer")
const archives = join(built, "java")
const latchset = join(built, "latchset")

/**
 * @typedef {object} Covers What an implementation has of the two tables of algorithms.
 * @property {readonly string[]} rsa Key management with RSA.
 * @property {readonly string[]} curves Key agreement.
 * @property {readonly string[]} signatures By algorithm.
 * @property {readonly string[]} keys Types of key, by curve where there is one.
 * @property {boolean} makesPartyInfo Whether `apu` and `apv` can be given when it encrypts.
 */

/**
 * @typedef {object} PeerKind
 * @property {string} name
 * @property {() => string | undefined} prepare Installs it; says why not.
 * @property {() => readonly string[]} command
 * @property {Covers} [covers] Of those that exchange keys, signatures and encrypted messages.
 * @property {import("./jot.mjs").JotCovers} [jot] What is exchanged with the command line.
 * @property {(peer: import("./peer.mjs").Peer, tally: import("./tally.mjs").Tally) => Promise<void>} [exchange] The others' own suite.
 */

const SIGNATURES = [
  ...["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA"],
]
const KEYS = ["oct", "RSA", "P-256", "P-384", "P-521", "Ed25519"]

/** @type {Covers} */
const ALL_OF_PYTHON = {
  rsa: ["RSA-OAEP", "RSA-OAEP-256"],
  curves: ["P-256", "P-384", "P-521", "X25519", "X448"],
  signatures: [...SIGNATURES, "ES256K", "Ed25519", "Ed448"],
  keys: [...KEYS, "secp256k1", "Ed448", "X25519", "X448"],
  makesPartyInfo: true,
}

/** @type {readonly (readonly [string, string])[]} */
const ENCRYPTIONS = [
  ["RSA-OAEP", "A128CBC-HS256"],
  ["RSA-OAEP-256", "A256GCM"],
  ["ECDH-ES", "A128GCM"],
  ["ECDH-ES+A256KW", "A256CBC-HS512"],
  ["A128KW", "A192GCM"],
  ["A256GCMKW", "A192CBC-HS384"],
  ["dir", "A256GCM"],
  ["dir", "A256CBC-HS512"],
  ["PBES2-HS256+A128KW", "A128GCM"],
]
/** What the command of latchset has. */
const LATCHSET_MADE = ["RS256", "ES256", "ES384", "ES512"]
const LATCHSET_SIGNATURES = SIGNATURES.filter((name) => name !== "EdDSA")
const LATCHSET_ENCRYPTIONS = ENCRYPTIONS.filter(([algorithm]) => !algorithm.startsWith("RSA"))

/** @type {readonly PeerKind[]} */
export const PEERS = [
  {
    name: "PyJWT",
    prepare: () => preparePython(["PyJWT[crypto]"], "jwt, cryptography"),
    command: () => [python, join(folder, "pyjwt_peer.py")],
    exchange: exchangeWithPyJwt,
    jot: { signatures: [...SIGNATURES, "ES256K"], encryptions: [] },
  },
  {
    name: "Flask-JWT-Extended",
    prepare: () => preparePython(["Flask-JWT-Extended", "Flask", "cryptography"], "flask_jwt_extended, cryptography"),
    command: () => [python, join(folder, "flask_peer.py")],
    // Its tokens begin to age when it is imported.
    exchange: async (peer, tally) => (await import("./flask.mjs")).exchangeWithFlask(peer, tally),
  },
  {
    name: "joserfc",
    prepare: () => preparePython(["joserfc"], "joserfc"),
    command: () => [python, join(folder, "joserfc_peer.py")],
    covers: ALL_OF_PYTHON,
  },
  {
    name: "jwcrypto",
    prepare: () => preparePython(["jwcrypto"], "jwcrypto"),
    command: () => [python, join(folder, "jwcrypto_peer.py")],
    covers: ALL_OF_PYTHON,
  },
  {
    name: "jose",
    prepare: () => undefined,
    command: () => [process.execPath, join(folder, "jose-peer.mjs")],
    covers: {
      rsa: ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
      curves: ["P-256", "P-384", "P-521", "X25519"],
      signatures: [...SIGNATURES, "Ed25519"],
      keys: [...KEYS, "X25519"],
      makesPartyInfo: true,
    },
    jot: { signatures: [...SIGNATURES, "Ed25519"], encryptions: ENCRYPTIONS },
  },
  {
    name: "latchset jose",
    prepare: prepareLatchset,
    command: () => [process.execPath, join(folder, "latchset-peer.mjs"), latchset],
    exchange: (peer, tally) => exchangeMadeKeys(peer, tally, LATCHSET_MADE),
    // Since CVE-2023-50967 it counts at most this often.
    jot: { signatures: LATCHSET_SIGNATURES, encryptions: LATCHSET_ENCRYPTIONS, mostRounds: 32_768 },
  },
  {
    name: "OpenSSL",
    prepare: () => (succeeds("openssl", ["version"]) ? undefined : "no openssl"),
    command: () => [process.execPath, join(folder, "openssl-peer.mjs")],
    exchange: exchangeWithOpenSsl,
  },
  {
    name: "OpenSSH",
    prepare: () => (succeeds("ssh", ["-V"]) ? undefined : "no ssh-keygen"),
    command: () => [process.execPath, join(folder, "openssh-peer.mjs")],
    exchange: exchangeWithOpenSsh,
  },
  {
    name: "oidc-provider",
    prepare: () => undefined,
    command: () => [process.execPath, join(folder, "oidc-provider-peer.mjs")],
    exchange: exchangeWithProvider,
  },
  {
    name: "openid-client",
    prepare: () => undefined,
    command: () => [process.execPath, join(folder, "openid-client-peer.mjs")],
    exchange: exchangeWithClient,
  },
  {
    name: "go-jose",
    prepare: prepareGo,
    command: () => [goPeer],
    covers: {
      rsa: ["RSA-OAEP", "RSA-OAEP-256"],
      curves: ["P-256", "P-384", "P-521"],
      signatures: SIGNATURES,
      // It reads secrets, but has no thumbprint of them.
      keys: KEYS.filter((kind) => kind !== "oct"),
      makesPartyInfo: false,
    },
  },
  {
    name: "Nimbus JOSE+JWT",
    prepare: prepareJava,
    command: () => ["java", "-cp", [...jars()].join(delimiter), join(folder, "java/Peer.java")],
    covers: {
      rsa: ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"],
      curves: ["P-256", "P-384", "P-521", "X25519"],
      signatures: [...SIGNATURES, "ES256K", "Ed25519"],
      keys: [...KEYS, "secp256k1", "X25519"],
      makesPartyInfo: true,
    },
  },
]

/**
 * @param {readonly string[]} requirements
 * @param {string} modules What must be there when the index does not answer.
 */
function preparePython(requirements, modules) {
  if (!existsSync(python) && !succeeds("python3", ["-m", "venv", join(built, "python")]))
    return "no python3 that makes virtual environments"
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", ...requirements]
  if (succeeds(python, install) || succeeds(python, ["-c", `import ${modules}`])) return undefined
  return "it could not be installed"
}

function prepareGo() {
  const module = join(built, "go")
  if (!succeeds("go", ["version"])) return "no Go"
  mkdirSync(module, { recursive: true })
  copyFileSync(join(folder, "go/main.go"), join(module, "main.go"))
  if (!existsSync(join(module, "go.mod"))) succeeds("go", ["mod", "init", "interop.invalid/peer"], module)
  // Without an answer from the module proxy, the version of the last time is good enough.
  succeeds("go", ["get", "github.com/go-jose/go-jose/v4@latest"], module)
  return succeeds("go", ["build", "-o", goPeer, "."], module) ? undefined : "it could not be built"
}

function prepareJava() {
  if (!succeeds("java", ["-version"])) return "no Java"
  const copy = ["--batch-mode", "--quiet", "--file", join(folder, "java/pom.xml"), "dependency:copy-dependencies"]
  const copied = succeeds("mvn", [...copy, `-DoutputDirectory=${archives}`, "-Dmdep.useBaseVersion=true"])
  return copied || jars().length > 0 ? undefined : "it could not be fetched with mvn"
}

/** The command as Debian has it; beside the system where it is not installed: what it wants lies next to it. */
function prepareLatchset() {
  mkdirSync(built, { recursive: true })
  if (succeeds("jose", ["alg"])) return void writeFileSync(latchset, '#!/bin/sh\nexec jose "$@"\n', { mode: 0o755 })
  const packages = join(built, "debian")
  const download = () => succeeds("apt-get", ["download", "jose", "libjose0", "libjansson4"], packages)
  mkdirSync(packages, { recursive: true })
  if (!download() && !(succeeds("apt-get", ["update"]) && download()) && !existsSync(join(packages, "usr")))
    return "no jose, and no Debian to fetch it from"
  for (const name of readdirSync(packages).filter((file) => file.endsWith(".deb")))
    if (!succeeds("dpkg-deb", ["-x", name, "."], packages)) return "it could not be unpacked"
  const libraries = readdirSync(join(packages, "usr/lib")).map((name) => join(packages, "usr/lib", name))
  const script = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries.join(":")}' exec '${join(packages, "usr/bin/jose")}' "$@"\n`
  writeFileSync(latchset, script, { mode: 0o755 })
  return succeeds(latchset, ["alg"]) ? undefined : "it does not run"
}

/** The newest archive of each library: older ones may lie beside it. */
function jars() {
  if (!existsSync(archives)) return []
  const byName = new Map()
  const files = readdirSync(archives).filter((name) => name.endsWith(".jar"))
  for (const file of files.sort(new Intl.Collator("en", { numeric: true }).compare))
    byName.set(file.replace(/-\d[^-]*\.jar$/, ""), join(archives, file))
  return [...byName.values()]
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} [cwd]
 */
function succeeds(command, args, cwd = folder) {
  return spawnSync(command, args, { cwd, stdio: "ignore" }).status === 0
}
