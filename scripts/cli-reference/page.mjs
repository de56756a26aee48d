// @ts-check
// docs/reference/cli.md, made of the tables.
import { explainRule, RULE_IDS, RULES } from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { readText } from "../files.mjs"
import { COMMON, EN, EXIT_CODES, FLAGS, GROUPS, ROWS, TOPICS, TOPICS_EN, VARIABLES } from "./tables.mjs"

/** @returns {string} */
export function referencePage() {
  return `${[
    "# `jot`, the command line",
    "Everything that `jot` understands and answers. `node scripts/cli-reference.mjs --write` makes this page, and the man pages, of the tables" +
      " that the program itself goes by; `npm run check` compares. For tasks there is" +
      " [Check tokens in a terminal](../how-to/check-tokens-in-a-terminal.md).",
    EN["program_summary"],
    "## Commands",
    ...ROWS.flatMap(command),
    "## Flags",
    "Flags may stand anywhere; `--` ends them. `--flag VALUE` and `--flag=VALUE` are the same. Names are never shortened. What may be repeated is marked `…`.",
    ...GROUPS.flatMap(group),
    "## Exit statuses",
    ...topic("exit-codes"),
    "## JSON",
    ...json(),
    ...TOPICS.filter((name) => name !== "exit-codes").flatMap((name) => [`## ${titleOf(name)}`, ...topic(name)]),
    "## Findings",
    "What `lint`, `inspect`, `decode` and `jwks lint` find, by the ids under `findings`. `jot lint --explain ID` says the same.",
    findings(),
  ].join("\n\n")}\n`
}

/** @param {import("./tables.mjs").Row} row @returns {string[]} */
function command({ name, operands, flags, examples }) {
  const own = flags.filter((flag) => !COMMON.includes(flag))
  const byGroup = GROUPS.map((group) => [group, own.filter((flag) => FLAGS[flag]?.group === group)])
  const lines = byGroup
    .filter(([, names]) => names !== undefined && names.length > 0)
    .map(
      ([group, names]) => `- ${EN[`group.${group}`]}: ${[...new Set(names)].map((flag) => `\`--${flag}\``).join(", ")}`,
    )
  const usage = `jot ${name} ${operands}`.trimEnd()
  return [
    `### \`jot ${name}\``,
    EN[`command.${name}`] ?? "",
    fence("text", [usage]),
    fence(
      "sh",
      examples.map((line) => `jot ${line}`),
    ),
    ...(lines.length > 0 ? [lines.join("\n")] : []),
  ]
}

/** @param {string} group @returns {string[]} */
function group(group) {
  const rows = Object.entries(FLAGS).filter(([, flag]) => flag.group === group)
  return [
    `### ${EN[`group.${group}`]}`,
    table(
      ["flag", "meaning"],
      rows.map(([name]) => [flagForm(name), EN[`flag.${name}`] ?? ""]),
    ),
  ]
}

/** @param {string} name @returns {string} */
function flagForm(name) {
  const { kind, short, value = "" } = FLAGS[name] ?? { kind: "" }
  const shown = kind === "switch" ? "" : kind === "optional" ? `[=${value}]` : ` ${value}`
  return `${short === undefined ? "" : `\`-${short}\`, `}\`--${name}${shown}\`${kind === "list" ? " …" : ""}`
}

/** @returns {string[]} */
function json() {
  const ids = unionIn("packages/inspect/src/judge/check.ts", "CheckId")
  const codes = Object.entries(EXIT_CODES).map(([code, status]) => `\`${code}\` (${status})`)
  return [
    "With `--json` every answer is one object, failures included, and `--jsonl` prints one on a line for each token:",
    fence("json", ['{ "schema": 1, "ok": true, "code": "ok", "checks": [], "findings": [] }']),
    `\`code\` is one of ${codes.join(", ")}. A failure has \`reason\`, a stable name, and \`message\`, always in English.`,
    `\`checks\` are \`{ id, status, code, message }\`. \`status\` is \`pass\`, \`fail\`, \`skipped\` or \`unavailable\`; \`id\` is one of ${ids.map((id) => `\`${id}\``).join(", ")}; \`code\` says why, where it is not \`pass\`.`,
    "`findings` are `{ id, severity, path, range, message, fix, ref }`: ids and references are those [below](#findings).",
    "Numbers are printed as the token writes them, and no claim is changed: `times` stands beside the payload.",
  ]
}

/** @param {string} file @param {string} type @returns {string[]} The texts that a type allows. */
function unionIn(file, type) {
  const [, body = ""] = new RegExp(`type ${type} =([^/]*?)\\n\\n`).exec(readText(file)) ?? []
  return [...body.matchAll(/"([^"]+)"/g)].map(([, text]) => text ?? "")
}

/** @param {string} name @returns {string} */
function titleOf(name) {
  return TOPICS_EN[name]?.split("\n")[0] ?? name
}

/** @param {string} name @returns {string[]} */
function topic(name) {
  return (TOPICS_EN[name] ?? "")
    .split("\n\n")
    .slice(1)
    .map((paragraph) => {
      if (paragraph === "{exit}")
        return table(
          ["status", "code", "when"],
          Object.entries(EXIT_CODES).map(([code, status]) => [String(status), `\`${code}\``, EN[`exit.${code}`] ?? ""]),
        )
      if (paragraph === "{environment}")
        return table(
          ["variable", "meaning"],
          VARIABLES.map((variable) => [`\`${variable}\``, EN[`env.${variable}`] ?? ""]),
        )
      if (!paragraph.startsWith("  ")) return paragraph.replaceAll(/(?<![\w`])(--?[a-z][a-z-]*)/g, "`$1`")
      const lines = paragraph.split("\n").map((line) => line.slice(2))
      return fence(lines[0]?.startsWith("jot ") ? "sh" : "text", lines)
    })
}

/** @returns {string} */
function findings() {
  const rows = RULE_IDS.map((id) => {
    const { message, why, fix } = explainRule(id, en)
    return [`\`${id}\``, RULES[id].severity, message, why, fix, RULES[id].ref]
  })
  return table(["id", "severity", "what", "why", "what to do", "reference"], rows)
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows @returns {string} */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")
}

/** @param {string} language @param {readonly string[]} lines @returns {string} */
function fence(language, lines) {
  return [`\`\`\`${language}`, ...lines, "```"].join("\n")
}
