/** Every command, once: parsing, help, suggestions, completion, man pages and the reference come from this table. */

import type { FlagName } from "./flags.ts"
import type { Command } from "./session.ts"

const KEYS: readonly FlagName[] = [
  "key",
  "secret",
  "secret-file",
  "secret-env",
  "secret-fd",
  "secret-prompt",
  "secret-encoding",
  "secret-raw",
  "allow-argv-secrets",
  "passphrase",
]
const CHECKS: readonly FlagName[] = [
  "alg",
  "iss",
  "aud",
  "sub",
  "typ",
  "require",
  "max-age",
  "nonce",
  "jti",
  "leeway",
  "at",
  "policy",
  "crit",
  "detached",
  "strict",
  "discover",
  "trust-embedded",
]
const CLAIMS: readonly FlagName[] = [
  "claims",
  "claim",
  "header",
  "from-json",
  "iss",
  "sub",
  "aud",
  "jti",
  "exp",
  "nbf",
  "iat",
  "no-iat",
  "no-exp",
  "as-is",
  "compact-json",
  "typ",
  "cty",
  "kid",
  "jku",
  "x5c",
  "x5t-s256",
  "crit",
  "at",
]

/** Operands without end. */
const MANY = 100_000

/** A row of the table. */
export interface Row {
  /** What stands for the operands in help. */
  readonly operands: string
  readonly most: number
  readonly flags: readonly FlagName[]
  readonly load: () => Promise<{ readonly command: Command }>
  /** Lines of a shell, without the name of the program. */
  readonly examples: readonly string[]
}

const commands = {
  inspect: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, ...CHECKS, "time", "max-lifetime", "get", "header-get", "out", "force"],
    load: () => import("../commands/inspect.ts"),
    examples: ["TOKEN", 'inspect --key jwks.json "@token.txt"'],
  },
  decode: {
    operands: "[TOKEN]",
    most: 1,
    flags: ["all", "jsonl", "get", "header-get", "out", "force"],
    load: () => import("../commands/decode.ts"),
    examples: ["decode TOKEN", "decode --get /sub TOKEN", 'decode --jsonl "@tokens.txt"'],
  },
  verify: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, ...CHECKS, "explain-key", "show-unverified", "all", "jsonl", "get", "header-get", "out", "force"],
    load: () => import("../commands/verify.ts"),
    examples: [
      "verify --key jwks.json --iss https://issuer.example --aud api TOKEN",
      "verify --secret-env SECRET --alg HS256 TOKEN",
    ],
  },
  sign: {
    operands: "[PAYLOAD]",
    most: 1,
    flags: [...KEYS, ...CLAIMS, "jwk", "alg", "format", "detached", "b64", "unsafe-weak-key", "out", "force"],
    load: () => import("../commands/sign.ts"),
    examples: [
      "sign --key private.jwk --sub alice --exp +1h",
      "sign --secret-file secret.txt --alg HS256 --claim role=admin --claim level:=3 --exp +15m",
      "sign --key private.jwk --detached body.json --b64=false",
      "sign --key one.jwk --key two.jwk --format general --sub alice --exp +1h",
    ],
  },
  lint: {
    operands: "[TOKEN]",
    most: 1,
    flags: [
      ...KEYS,
      "at",
      "leeway",
      "max-lifetime",
      "access-token",
      "code",
      "state",
      "proof-key",
      "fail-on",
      "explain",
      "format",
      "out",
      "force",
    ],
    load: () => import("../commands/lint.ts"),
    examples: ["lint TOKEN", 'lint --fail-on warning "@token.txt"', "lint --explain ALG-NONE"],
  },
  diagnose: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, ...CHECKS, "out", "force"],
    load: () => import("../commands/diagnose.ts"),
    examples: ["diagnose --secret-file secret.txt --alg HS256 TOKEN"],
  },
  encrypt: {
    operands: "[PAYLOAD]",
    most: 1,
    flags: [
      ...KEYS,
      ...CLAIMS,
      "password",
      "alg",
      "enc",
      "zip",
      "sign-key",
      "sign-alg",
      "unsafe-weak-key",
      "format",
      "out",
      "force",
    ],
    load: () => import("../commands/encrypt.ts"),
    examples: [
      "encrypt --key public.pem --alg RSA-OAEP-256 --sub alice --exp +1h",
      "encrypt --key public.pem --alg RSA-OAEP-256 --sign-key private.jwk --sub alice --exp +1h",
      "encrypt --password prompt --claim name=Alice --exp +1h",
    ],
  },
  decrypt: {
    operands: "[TOKEN]",
    most: 1,
    flags: [
      ...KEYS,
      "password",
      ...CHECKS.filter((name) => name !== "detached" && name !== "discover" && name !== "trust-embedded"),
      "verify-key",
      "verify-alg",
      "get",
      "header-get",
      "out",
      "force",
    ],
    load: () => import("../commands/decrypt.ts"),
    examples: [
      "decrypt --key private.pem --alg RSA-OAEP-256 TOKEN",
      "decrypt --key mine.pem --alg RSA-OAEP-256 --verify-key issuer.jwk --aud api TOKEN",
    ],
  },
  edit: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, "alg", "no-exp", "format", "unsafe-weak-key", "out", "force"],
    load: () => import("../commands/edit.ts"),
    examples: ["edit --key private.jwk TOKEN"],
  },
  diff: {
    operands: "TOKEN TOKEN",
    most: 2,
    flags: ["out", "force"],
    load: () => import("../commands/diff.ts"),
    examples: ['diff "@old.txt" "@new.txt"', 'diff "@old-jwks.json" "@new-jwks.json"'],
  },
  scan: {
    operands: "[PATH]…",
    most: MANY,
    flags: ["out", "force"],
    load: () => import("../commands/scan.ts"),
    examples: ["scan .", "scan --json app.log"],
  },
  fixtures: {
    operands: "",
    most: 0,
    flags: [
      ...KEYS,
      "policy",
      "alg",
      "iss",
      "aud",
      "sub",
      "typ",
      "require",
      "max-age",
      "leeway",
      "at",
      "unsafe-weak-key",
      "out",
      "force",
    ],
    load: () => import("../commands/fixtures.ts"),
    examples: ["fixtures --key private.jwk --policy policy.json --out fixtures"],
  },
  "policy init": {
    operands: "[TOKEN]",
    most: 1,
    flags: ["out", "force"],
    load: async () => ({ command: (await import("../commands/policy.ts")).init }),
    examples: ["policy init -o policy.json TOKEN"],
  },
  "policy test": {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, ...CHECKS, "explain-key", "show-unverified", "all", "jsonl", "get", "header-get", "out", "force"],
    load: async () => ({ command: (await import("../commands/policy.ts")).test }),
    examples: ["policy test --policy policy.json --key jwks.json TOKEN"],
  },
  "key generate": {
    operands: "",
    most: 0,
    flags: ["alg", "kty", "crv", "bits", "kid", "to", "passphrase", "out-private", "out-public", "out", "force"],
    load: () => import("../commands/generate.ts"),
    examples: [
      "key generate --alg ES256 --kid thumbprint --out-private private.jwk --out-public public.jwk",
      "key generate --kty RSA --bits 3072 --to pem --passphrase prompt -o private.pem",
    ],
  },
  "key convert": {
    operands: "[KEY]",
    most: 1,
    flags: ["to", "public", "passphrase", "new-passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/key.ts")).convert }),
    examples: ["key convert --to jwk private.pem -o private.jwk", "key convert --public --to spki private.jwk"],
  },
  "key public": {
    operands: "[KEY]",
    most: 1,
    flags: ["passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/key.ts")).publicKeys }),
    examples: ["key public private.pem"],
  },
  "key thumbprint": {
    operands: "[KEY]",
    most: 1,
    flags: ["passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/key.ts")).thumbprint }),
    examples: ["key thumbprint public.jwk"],
  },
  "key inspect": {
    operands: "[KEY]",
    most: 1,
    flags: ["passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/key.ts")).inspect }),
    examples: ["key inspect jwks.json"],
  },
  "key match": {
    operands: "KEY KEY",
    most: 2,
    flags: ["passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/key.ts")).match }),
    examples: ["key match private.pem public.jwk"],
  },
  "jwks build": {
    operands: "KEY…",
    most: MANY,
    flags: ["passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/jwks.ts")).build }),
    examples: ["jwks build current.pem next.jwk -o jwks.json"],
  },
  "jwks add": {
    operands: "SET KEY…",
    most: MANY,
    flags: ["passphrase", "out", "force"],
    load: async () => ({ command: (await import("../commands/jwks.ts")).add }),
    examples: ["jwks add jwks.json next.pem -o jwks.json --force"],
  },
  "jwks remove": {
    operands: "SET KID",
    most: 2,
    flags: ["out", "force"],
    load: async () => ({ command: (await import("../commands/jwks.ts")).remove }),
    examples: ["jwks remove jwks.json 2024-01 -o jwks.json --force"],
  },
  "jwks list": {
    operands: "[SET]",
    most: 1,
    flags: ["out", "force"],
    load: async () => ({ command: (await import("../commands/jwks.ts")).list }),
    examples: ["jwks list jwks.json"],
  },
  "jwks get": {
    operands: "SET KID",
    most: 2,
    flags: ["out", "force"],
    load: async () => ({ command: (await import("../commands/jwks.ts")).get }),
    examples: ["jwks get jwks.json 2024-01"],
  },
  "jwks lint": {
    operands: "[SET]",
    most: 1,
    flags: ["fail-on", "format", "out", "force"],
    load: async () => ({ command: (await import("../commands/jwks.ts")).lint }),
    examples: ["jwks lint jwks.json"],
  },
  "jwks fetch": {
    operands: "URL|issuer:URL",
    most: 1,
    flags: ["save", "diff", "out", "force"],
    load: () => import("../commands/fetch.ts"),
    examples: [
      "jwks fetch issuer:https://issuer.example --save jwks.json",
      "jwks fetch https://issuer.example/jwks.json --diff jwks.json",
    ],
  },
  "jwks serve": {
    operands: "KEY…",
    most: MANY,
    flags: [
      "host",
      "port",
      "path",
      "cors",
      "rotate",
      "fault",
      "alg",
      "claims",
      "claim",
      "iss",
      "sub",
      "aud",
      "exp",
      "typ",
      "unsafe-any-host",
      "passphrase",
    ],
    load: () => import("../commands/serve.ts"),
    examples: [
      "jwks serve private.jwk --port 8888 --aud api --claim role=admin --exp +15m",
      "jwks serve private.jwk --rotate 30s --json",
      "jwks serve jwks.json --fault wrong-kid",
    ],
  },
  completion: {
    operands: "bash|zsh|fish|powershell|nushell|elvish [-]",
    most: 2,
    flags: ["out", "force"],
    load: () => import("../commands/completion.ts"),
    examples: [
      "completion bash -o ~/.local/share/bash-completion/completions/jot",
      "completion fish -o ~/.config/fish/completions/jot.fish",
    ],
  },
  man: {
    operands: "[COMMAND]",
    most: 2,
    flags: ["out", "force"],
    load: () => import("../commands/man.ts"),
    examples: ["man | man -l -", "man key generate | man -l -"],
  },
  version: {
    operands: "",
    most: 0,
    flags: ["out", "force"],
    load: () => import("../commands/version.ts"),
    examples: ["version"],
  },
  help: {
    operands: "[COMMAND|TOPIC]",
    most: 2,
    flags: ["out", "force"],
    load: () => import("../commands/help.ts"),
    examples: ["help verify", "help keys", "verify -h"],
  },
} as const satisfies Readonly<Record<string, Row>>

/** The name of a command; two words for some. */
export type CommandName = keyof typeof commands

/** All commands by name. */
export const COMMANDS: Readonly<Record<CommandName, Row>> = commands

/** Their names, in the order of the table. */
export const COMMAND_NAMES: readonly CommandName[] = Object.keys(commands) as CommandName[]
