/** Every flag, once. Commands name those that they take. */

/** How a flag is written. `optional` takes a value behind `=`, or the next argument where that is no flag. */
export interface Flag {
  readonly kind: "switch" | "value" | "list" | "optional"
  readonly short?: string
  /** What stands for the value in help. */
  readonly value?: string
  readonly group: FlagGroup
}

/** Where help lists a flag. */
export type FlagGroup = "keys" | "checks" | "claims" | "task" | "output" | "general"

const flags = {
  key: { kind: "list", value: "SRC", group: "keys" },
  secret: { kind: "value", value: "TEXT", group: "keys" },
  "secret-file": { kind: "value", value: "FILE", group: "keys" },
  "secret-env": { kind: "value", value: "NAME", group: "keys" },
  "secret-fd": { kind: "value", value: "N", group: "keys" },
  "secret-prompt": { kind: "switch", group: "keys" },
  "secret-encoding": { kind: "value", value: "utf8|base64|base64url|hex", group: "keys" },
  "secret-raw": { kind: "switch", group: "keys" },
  "allow-argv-secrets": { kind: "switch", group: "keys" },
  passphrase: { kind: "value", value: "SRC", group: "keys" },
  "new-passphrase": { kind: "value", value: "SRC", group: "keys" },
  password: { kind: "value", value: "SRC", group: "keys" },
  "unsafe-weak-key": { kind: "switch", group: "keys" },
  "explain-key": { kind: "switch", group: "keys" },
  alg: { kind: "list", value: "ALG", group: "checks" },
  iss: { kind: "list", value: "TEXT", group: "checks" },
  aud: { kind: "list", value: "TEXT", group: "checks" },
  sub: { kind: "value", value: "TEXT", group: "checks" },
  typ: { kind: "value", value: "TYPE", group: "checks" },
  require: { kind: "list", value: "CLAIM", group: "checks" },
  "max-age": { kind: "value", value: "DURATION", group: "checks" },
  nonce: { kind: "value", value: "TEXT", group: "checks" },
  jti: { kind: "optional", value: "TEXT", group: "checks" },
  leeway: { kind: "value", value: "DURATION", group: "checks" },
  at: { kind: "value", value: "TIME", group: "checks" },
  policy: { kind: "value", value: "FILE", group: "checks" },
  crit: { kind: "list", value: "NAME", group: "checks" },
  detached: { kind: "value", value: "FILE", group: "checks" },
  strict: { kind: "switch", group: "checks" },
  discover: { kind: "list", value: "HOST", group: "keys" },
  "trust-embedded": { kind: "switch", group: "keys" },
  "show-unverified": { kind: "switch", group: "output" },
  claims: { kind: "value", value: "JSON", group: "claims" },
  claim: { kind: "list", value: "NAME=TEXT|NAME:=JSON", group: "claims" },
  header: { kind: "list", value: "NAME=TEXT|NAME:=JSON", group: "claims" },
  "from-json": { kind: "value", value: "SRC", group: "claims" },
  exp: { kind: "value", value: "TIME", group: "claims" },
  nbf: { kind: "value", value: "TIME", group: "claims" },
  iat: { kind: "optional", value: "TIME", group: "claims" },
  "no-iat": { kind: "switch", group: "claims" },
  "no-exp": { kind: "switch", group: "claims" },
  "as-is": { kind: "switch", group: "claims" },
  "compact-json": { kind: "switch", group: "claims" },
  kid: { kind: "value", value: "TEXT", group: "claims" },
  cty: { kind: "value", value: "TYPE", group: "claims" },
  jku: { kind: "value", value: "URL", group: "claims" },
  x5c: { kind: "value", value: "FILE", group: "claims" },
  "x5t-s256": { kind: "switch", group: "claims" },
  jwk: { kind: "switch", group: "claims" },
  b64: { kind: "value", value: "true|false", group: "claims" },
  enc: { kind: "value", value: "ENC", group: "task" },
  "sign-key": { kind: "value", value: "SRC", group: "keys" },
  "sign-alg": { kind: "value", value: "ALG", group: "keys" },
  "verify-key": { kind: "list", value: "SRC", group: "keys" },
  "verify-alg": { kind: "list", value: "ALG", group: "keys" },
  format: { kind: "value", value: "FORMAT", group: "task" },
  to: { kind: "value", value: "jwk|jwks|pem|der|spki|pkcs8|pkcs1|sec1|openssh", group: "task" },
  kty: { kind: "value", value: "KTY", group: "task" },
  crv: { kind: "value", value: "CURVE", group: "task" },
  bits: { kind: "value", value: "N", group: "task" },
  "out-private": { kind: "value", value: "PATH", group: "output" },
  "out-public": { kind: "value", value: "PATH", group: "output" },
  zip: { kind: "switch", group: "task" },
  host: { kind: "value", value: "NAME", group: "task" },
  port: { kind: "value", value: "N", group: "task" },
  path: { kind: "value", value: "TEXT", group: "task" },
  cors: { kind: "switch", group: "task" },
  rotate: { kind: "value", value: "DURATION", group: "task" },
  save: { kind: "value", value: "PATH", group: "output" },
  diff: { kind: "value", value: "SRC", group: "task" },
  fault: { kind: "value", value: "FAULT", group: "task" },
  "unsafe-any-host": { kind: "switch", group: "task" },
  "fail-on": { kind: "value", value: "error|warning|info", group: "task" },
  explain: { kind: "value", value: "RULE", group: "task" },
  "max-lifetime": { kind: "value", value: "DURATION", group: "task" },
  "access-token": { kind: "value", value: "SRC", group: "checks" },
  code: { kind: "value", value: "SRC", group: "checks" },
  state: { kind: "value", value: "SRC", group: "checks" },
  "proof-key": { kind: "value", value: "SRC", group: "checks" },
  public: { kind: "switch", group: "task" },
  get: { kind: "value", value: "POINTER", group: "output" },
  "header-get": { kind: "value", value: "POINTER", group: "output" },
  all: { kind: "switch", group: "output" },
  json: { kind: "switch", group: "output" },
  jsonl: { kind: "switch", group: "output" },
  "no-newline": { kind: "switch", short: "n", group: "output" },
  out: { kind: "value", short: "o", value: "PATH", group: "output" },
  force: { kind: "switch", group: "output" },
  time: { kind: "value", value: "utc|local|+HH:MM|epoch|relative", group: "output" },
  color: { kind: "value", value: "auto|always|never", group: "general" },
  lang: { kind: "value", value: "en|zh-Hant", group: "general" },
  quiet: { kind: "switch", short: "q", group: "general" },
  verbose: { kind: "switch", short: "v", group: "general" },
  offline: { kind: "switch", group: "general" },
  "no-input": { kind: "switch", group: "general" },
  help: { kind: "switch", short: "h", group: "general" },
  version: { kind: "switch", short: "V", group: "general" },
} as const satisfies Readonly<Record<string, Flag>>

/** The name of a flag, without its dashes. */
export type FlagName = keyof typeof flags

/** All flags by name. */
export const FLAGS: Readonly<Record<FlagName, Flag>> = flags

/** Their names, in the order of the table. */
export const FLAG_NAMES: readonly FlagName[] = Object.keys(flags) as FlagName[]

/** Flags that every command takes. */
export const COMMON: readonly FlagName[] = FLAG_NAMES.filter((name) => FLAGS[name].group === "general").concat(
  "json",
  "no-newline",
)

/** Whether a text is the name of a flag. */
export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(flags, name)
}
