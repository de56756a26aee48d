/** Every command, once: parsing, help and suggestions come from this table. */

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
  "typ",
  "kid",
  "at",
]

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
    flags: [...KEYS, ...CHECKS, "time", "max-lifetime", "out", "force"],
    load: () => import("../commands/inspect.ts"),
    examples: ["TOKEN", "inspect --key jwks.json @token.txt"],
  },
  decode: {
    operands: "[TOKEN]",
    most: 1,
    flags: ["all", "jsonl", "get", "header-get", "out", "force"],
    load: () => import("../commands/decode.ts"),
    examples: ["decode TOKEN", "decode --get /sub TOKEN", "decode --jsonl < tokens.txt"],
  },
  verify: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, ...CHECKS, "explain-key", "all", "jsonl", "get", "header-get", "out", "force"],
    load: () => import("../commands/verify.ts"),
    examples: [
      "verify --key jwks.json --iss https://issuer.example --aud api TOKEN",
      "verify --secret-env SECRET --alg HS256 TOKEN",
    ],
  },
  sign: {
    operands: "[PAYLOAD]",
    most: 1,
    flags: [...KEYS, ...CLAIMS, "alg", "format", "detached", "unsafe-weak-key", "out", "force"],
    load: () => import("../commands/sign.ts"),
    examples: [
      "sign --key private.jwk --sub alice --exp +1h",
      "sign --secret-file secret.txt --alg HS256 --claim role=admin --claim level:=3 --exp +15m",
    ],
  },
  lint: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, "at", "leeway", "max-lifetime", "fail-on", "explain", "format", "out", "force"],
    load: () => import("../commands/lint.ts"),
    examples: ["lint TOKEN", "lint --fail-on warning @token.txt", "lint --explain ALG-NONE"],
  },
  diagnose: {
    operands: "[TOKEN]",
    most: 1,
    flags: [...KEYS, ...CHECKS, "out", "force"],
    load: () => import("../commands/diagnose.ts"),
    examples: ["diagnose --secret-file secret.txt --alg HS256 TOKEN"],
  },
} as const satisfies Readonly<Record<string, Row>>

/** The name of a command; two words for some. */
export type CommandName = keyof typeof commands

/** All commands by name. */
export const COMMANDS: Readonly<Record<CommandName, Row>> = commands

/** Their names, in the order of the table. */
export const COMMAND_NAMES: readonly CommandName[] = Object.keys(commands) as CommandName[]
