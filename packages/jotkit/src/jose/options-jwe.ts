/** Options of encryption, read once and checked as those of signatures are. */
import { isJsonObject, type JsonObject } from "../codec/json.ts"
import { contentNames, contentRow, keyManagementNames, keyManagementRow } from "../crypto/encryption-algorithms.ts"
import { InvalidAlgorithmError, UsageError } from "../errors.ts"
import { readKeySource } from "../keys/source.ts"
import { type DecryptRules, encryptionAlgorithmsRequired, namesEncryptionAlgorithm } from "./decrypt.ts"
import { headerCopy } from "./header.ts"
import { countOption, flagOption, invalidOption, listOption, type OptionNames, optionNames } from "./options.ts"

/** How to decrypt a JWE. */
export interface DecryptJweOptions {
  /** Names of the key management algorithms to accept. Required unless the key names its own. */
  algorithms?: readonly string[] | undefined
  /** Names of the content encryption algorithms to accept; default: all. */
  encryptionAlgorithms?: readonly string[] | undefined
  /** Names of critical header extensions that the caller handles. */
  crit?: readonly string[] | undefined
  /** Accept compressed tokens. */
  zip?: boolean | undefined
  /** Refuse RSA keys under 2,048 bits, instead of a warning. */
  enforceMinimumKeyLength?: boolean | undefined
  /** Longest plaintext of a compressed token, in bytes; default 250,000. */
  maxDecompressedBytes?: number | undefined
  /** Most PBKDF2 iterations that a token may ask for; default 1,200,000. */
  maxPbes2Count?: number | undefined
  /** Longest token, or member of a JSON serialization, in characters; default 262,144. */
  maxTokenLength?: number | undefined
}

/** Names of {@link DecryptJweOptions}. */
export const DECRYPT_OPTIONS: OptionNames = optionNames(
  "algorithms",
  "encryptionAlgorithms",
  "crit",
  "zip",
  "enforceMinimumKeyLength",
  "maxDecompressedBytes",
  "maxPbes2Count",
  "maxTokenLength",
)
const MAX_JWE_CHARACTERS = 262_144
const MAX_DECOMPRESSED_BYTES = 250_000
const MIN_PBES2_COUNT = 1000
const MAX_PBES2_COUNT = 1_200_000

/** What reading a JWE needs to know. */
export interface JweRules extends DecryptRules {
  readonly maxTokenLength: number
}

/** Reads the options of decryption; their names are known already. */
export function decryptRulesOf(given: Partial<DecryptJweOptions>, key: unknown): JweRules {
  const algorithms = encryptionNames("algorithms", given.algorithms)
  if (algorithms === undefined && !namesEncryptionAlgorithm(readKeySource(key))) throw encryptionAlgorithmsRequired()
  return {
    key,
    source: undefined,
    algorithms,
    encryptionAlgorithms: encryptionNames("encryptionAlgorithms", given.encryptionAlgorithms),
    crit: listOption("crit", given.crit),
    zip: flagOption("zip", given.zip),
    enforceLength: flagOption("enforceMinimumKeyLength", given.enforceMinimumKeyLength),
    maxDecompressedBytes: countOption("maxDecompressedBytes", given.maxDecompressedBytes, MAX_DECOMPRESSED_BYTES),
    maxPbes2Count: countOption("maxPbes2Count", given.maxPbes2Count, MAX_PBES2_COUNT),
    maxTokenLength: countOption("maxTokenLength", given.maxTokenLength, MAX_JWE_CHARACTERS),
  }
}

/** Reads a header option: a copy. */
export function headerOption(name: string, value: unknown): JsonObject | undefined {
  if (value !== undefined && !isJsonObject(value)) throw invalidOption(name, "an object", value)
  return headerCopy(value)
}

/** Reads how often a password is hashed; absent: as the algorithm's row says. */
export function pbes2CountOption(value: unknown): number | undefined {
  if (value === undefined) return undefined
  const count = countOption("pbes2Count", value, 0)
  if (count >= MIN_PBES2_COUNT && count <= MAX_PBES2_COUNT) return count
  throw invalidOption("pbes2Count", `${MIN_PBES2_COUNT} to ${MAX_PBES2_COUNT}`, value)
}

/** Allow-lists that were checked lately: a program has one or two, and gives them with every call. */
const checkedLists = new Map<string, ReadonlySet<string>>()
const MAX_CHECKED_LISTS = 64

/** The allow-list of key management or content encryption algorithms: at least one name, each known. */
function encryptionNames(
  option: "algorithms" | "encryptionAlgorithms",
  value: unknown,
): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined
  if (typeof value === "string")
    throw new UsageError("option_invalid", `\`${option}\` must be an array of names, found a string`)
  const names = listOption(option, value) ?? []
  const id = `${option} ${names.join(" ")}`
  let checked = checkedLists.get(id)
  if (checked === undefined) {
    checked = checkedNames(option, names)
    if (checkedLists.size >= MAX_CHECKED_LISTS) checkedLists.clear()
    checkedLists.set(id, checked)
  }
  return checked
}

function checkedNames(option: "algorithms" | "encryptionAlgorithms", names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0)
    throw new UsageError("algorithms_required", `\`${option}\` is empty: no token could ever be accepted`)
  const find = option === "algorithms" ? keyManagementRow : contentRow
  for (const name of names) if (find(name) === undefined) throw unknownEncryptionAlgorithm(name, option)
  return new Set(names)
}

/** The error for a name that no algorithm of this kind has. */
export function unknownEncryptionAlgorithm(
  name: string,
  kind: "algorithms" | "encryptionAlgorithms",
): InvalidAlgorithmError {
  const [what, names] =
    kind === "algorithms"
      ? (["key management", keyManagementNames()] as const)
      : (["content encryption", contentNames()] as const)
  return new InvalidAlgorithmError(
    "algorithm_unknown",
    `there is no ${what} algorithm ${JSON.stringify(name.slice(0, 32))}; there are ${names.join(", ")}`,
  )
}
