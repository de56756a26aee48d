/** Holds what the program answers under `--json` against the published schema, which knows every member. */
import { readFileSync } from "node:fs"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"

/** A schema, as far as tests look into it. */
export interface Schema {
  readonly $ref?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema | boolean
  readonly anyOf?: readonly Schema[]
}

/** What is published. */
export const schema: Schema & { readonly $id: string; readonly $defs: Readonly<Record<string, Schema>> } = JSON.parse(
  readFileSync(new URL("../schema/jot.schema.json", import.meta.url), "utf8"),
)

/** Commands, as the schema names them: word for word. */
const COMMANDS = (schema.anyOf ?? []).map(({ $ref = "" }) => $ref.replace("#/$defs/", "").split("-"))

const MOMENT = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/
// What an answer holds beside the members of its command stands in a schema that it refers to: there the type is said.
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, formats: { "date-time": MOMENT } })
ajv.addSchema(schema)

/** The name of the definition that an answer must follow. */
export function definitionFor(args: readonly string[]): string {
  const end = args.indexOf("--")
  const line = end === -1 ? args : args.slice(0, end)
  if (line.includes("--version") || line.includes("-V")) return "version"
  if (line.some((word) => word === "--help" || word === "-h")) return "help"
  const starts = line.map((_, at) => line.slice(at))
  const name = starts.flatMap((words) => COMMANDS.filter((known) => known.every((word, at) => words[at] === word)))[0]
  return (name ?? ["inspect"]).join("-")
}

/** Whether the answer was promised to be JSON. */
export function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--")
  const line = end === -1 ? args : args.slice(0, end)
  return line.some(
    (word, at) => /^--(?:jsonl?|format=json)$/.test(word) || (word === "json" && line[at - 1] === "--format"),
  )
}

/**
 * Throws for an answer that the schema does not know, and for anything beside JSON.
 *
 * @param stdout - One answer, or one a line.
 */
export function refuseUnknown(args: readonly string[], stdout: string): void {
  const isFile = args.some((word) => /^(?:-o|--out)\b/.test(word))
  if (stdout === "" && isFile) return
  if (!stdout.endsWith("\n") && !args.some((word) => word === "-n" || word === "--no-newline"))
    throw new Error("an answer has no line end")
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${definitionFor(args)}`)
  if (validate === undefined) throw new Error(`the schema does not know ${definitionFor(args)}`)
  for (const answer of answersIn(stdout)) refuseInvalid(answer, validate)
}

function answersIn(stdout: string): unknown[] {
  const isLines = stdout.startsWith('{"')
  return isLines
    ? stdout
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => JSON.parse(line))
    : [JSON.parse(stdout)]
}

function refuseInvalid(answer: unknown, validate: ValidateFunction): void {
  if (validate(answer)) return
  const problems = validate.errors?.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
  throw new Error(`the schema refuses this answer:\n${JSON.stringify(answer, undefined, 2)}\n${problems?.join("\n")}`)
}
