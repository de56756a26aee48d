// @ts-check
// Every ```ts sample of the READMEs and docs/ compiles, and runs, and does what its comments say.
//
//   ```ts              compiled, then run in a process of its own
//   ```ts continued    goes on where the sample above it on the same page ended
//   ```ts no-run       only compiled: it needs a server, a clock or someone's keys (not in the two root READMEs)
//
// What a statement gives is written behind it or in the lines below it:
//
//   decode(token, key).sub           // => "u1"              the value, as util.inspect shows it; … stands for anything
//   const sub = claims.sub           // => "u1"              the value of the constant
//   console.log(claims.sub)          // => u1                the printed line
//   decode(token, otherKey)          // throws InvalidSignatureError
//
//   ```console         lines that begin with "$ " are run, in an empty folder with a clock that stands still (scripts/terminal.mjs); the
//                      others are what that prints
//
// Samples are written to .scratch/docs and typechecked together; the copies that run have the comments turned into calls of
// scripts/sample-runtime.mjs, on the same lines, so that positions in messages are right. They run against dist/.
//
// `node scripts/check-docs.mjs docs/how-to/keys.md` checks that page alone.

import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { argv, execPath } from "node:process"
import ts from "typescript"
import { findFiles, readText } from "./files.mjs"
import { capture, report, root } from "./shell.mjs"
import { Terminal } from "./terminal.mjs"

/** @typedef {{ page: string, line: number, code: string, runs: boolean, name: string }} Sample */

const scratch = join(root, ".scratch/docs")
const rootReadmes = ["README.md", "README.zh-TW.md"]
/** @type {string[]} */
const problems = []

const wanted = argv.slice(2)
const pages = [
  ...findFiles(".", /^(README(\.zh-TW)?\.md|packages\/[^/]+\/README\.md)$/),
  ...findFiles("docs", /\.md$/),
].filter((page) => wanted.length === 0 || wanted.includes(page))
const samples = pages.flatMap(samplesOf)
writeSamples()
const compiled = capture(execPath, ["node_modules/typescript/bin/tsc", "-p", join(scratch, "tsconfig.json")])
if (!compiled.ok) problems.push(`samples do not compile:\n${namePages(compiled.output)}`)
else for (const sample of samples) if (sample.runs) runSample(sample)
const typed = pages.reduce((sum, page) => sum + runTerminal(page), 0)
report(
  "check-docs",
  problems,
  `${samples.length} samples on ${pages.length} pages compile, ${samples.filter(({ runs }) => runs).length} ran; ${typed} lines of terminals`,
)

/**
 * @param {string} page
 * @returns {Sample[]}
 */
function samplesOf(page) {
  /** @type {Sample[]} */
  const found = []
  const text = readText(page)
  for (const match of text.matchAll(/^( *)```(?:ts|typescript)\b([^\n]*)\n([\s\S]*?)^\1```/gm)) {
    const [, indent = "", info = "", body = ""] = match
    const line = text.slice(0, match.index).split("\n").length + 1
    const code = body.replaceAll(new RegExp(`^${indent}`, "gm"), "")
    const words = info.trim().split(/\s+/).filter(Boolean)
    const strange = words.filter((word) => word !== "continued" && word !== "no-run")
    if (strange.length > 0) problems.push(`${page}:${line}: unknown words after ts: ${strange.join(" ")}`)
    const runs = !words.includes("no-run")
    if (!runs && rootReadmes.includes(page)) problems.push(`${page}:${line}: samples of this page must run`)
    const previous = found.at(-1)
    if (words.includes("continued") && previous) {
      // blank lines keep the positions of the page
      previous.code += "\n".repeat(Math.max(0, line - previous.line - previous.code.split("\n").length + 1)) + code
      previous.runs = previous.runs && runs
    } else found.push({ page, line, code, runs, name: `${page.replaceAll(/\W+/g, "-")}-${line}` })
  }
  return found
}

function writeSamples() {
  rmSync(scratch, { recursive: true, force: true })
  mkdirSync(scratch, { recursive: true })
  const compilerOptions = {
    noEmit: true,
    composite: false,
    isolatedDeclarations: false,
    declarationMap: false,
    moduleDetection: "force",
    // samples may declare what they only show
    noUnusedLocals: false,
    noUnusedParameters: false,
    skipLibCheck: true,
    // those of Nest
    experimentalDecorators: true,
    // against the sources: a wrong sample must not hide behind an old build
    customConditions: ["@jotkit/source"],
    rootDir: "../..",
  }
  const config = { extends: "../../tsconfig.base.json", compilerOptions, include: ["*.ts"] }
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(config))
  // tsc refuses a configuration without files; a page without samples is not an error
  writeFileSync(join(scratch, "none.ts"), "export {}\n")
  for (const { name, code } of samples) writeFileSync(join(scratch, `${name}.ts`), code)
}

/** @param {Sample} sample */
function runSample(sample) {
  const file = join(scratch, `${sample.name}.mjs`)
  const { outputText } = ts.transpileModule(withExpectations(sample), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      moduleDetection: ts.ModuleDetectionKind.Force,
    },
  })
  writeFileSync(file, outputText)
  const { ok, output } = capture(execPath, [file], { env: { NODE_NO_WARNINGS: "1" } })
  if (!ok) problems.push(`${sample.page}:${sample.line}: the sample failed:\n${output.trim()}`)
}

/**
 * Types what a page types, one terminal for each page.
 *
 * @param {string} page
 * @returns {number} How many lines were run.
 */
function runTerminal(page) {
  const text = readText(page)
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```/gm)]
  if (blocks.length === 0) return 0
  const terminal = new Terminal({ language: page.includes("zh-TW") ? "zh-Hant" : "en" })
  let count = 0
  for (const { index, 1: body = "" } of blocks) {
    const line = text.slice(0, index).split("\n").length + 1
    for (const [, command = "", expected = ""] of body.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      count++
      const printed = terminal.run(command)
      if (printed !== expected) problems.push(`${page}:${line}: ${command}\nprints:\n${printed}not:\n${expected}`)
    }
    if (!body.startsWith("$ ")) problems.push(`${page}:${line}: a terminal begins with "$ "`)
  }
  terminal.close()
  return count
}

/**
 * Turns the comments of a sample into calls. Text is only added behind or around statements, never a line.
 *
 * @param {Sample} sample
 */
function withExpectations({ page, line, code }) {
  const source = ts.createSourceFile("sample.ts", code, ts.ScriptTarget.ES2022, true)
  /** @type {{ at: number, text: string }[]} */
  const edits = []
  let count = 0
  /** @param {ts.Node} node */
  function visit(node) {
    if (ts.isExpressionStatement(node) || ts.isVariableStatement(node)) mark(node)
    ts.forEachChild(node, visit)
  }
  /** @param {ts.ExpressionStatement | ts.VariableStatement} statement */
  function mark(statement) {
    const comment = expectationAfter(code, statement.end)
    if (comment === undefined) return
    count++
    const place = `${page}:${line + source.getLineAndCharacterOfPosition(statement.getStart()).line}`
    edits.push(...around(statement, `${JSON.stringify(place)}, ${JSON.stringify(comment.text)}`, comment.throws))
  }
  visit(source)
  const marked = edits
    .sort((a, b) => b.at - a.at)
    .reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), code)
  const runtime = JSON.stringify(new URL("./sample-runtime.mjs", import.meta.url).href)
  return `import * as __sample from ${runtime}; __sample.expectCalls(${count}); ${marked}`
}

/**
 * The comment behind a statement, or in the lines right below it.
 *
 * @param {string} code
 * @param {number} end
 * @returns {{ text: string, throws: boolean } | undefined}
 */
function expectationAfter(code, end) {
  const match = /^;?[ \t]*(?:\n[ \t]*)?\/\/ (=>|throws) ([^\n]*(?:\n[ \t]*\/\/ {3,}[^\n]*)*)/.exec(code.slice(end))
  if (!match) return undefined
  const [, kind, text = ""] = match
  return { text: text.replaceAll(/\n[ \t]*\/\/ */g, " ").trim(), throws: kind === "throws" }
}

/**
 * @param {ts.ExpressionStatement | ts.VariableStatement} statement
 * @param {string} where First arguments of the call: place and expected text.
 * @param {boolean} throws
 * @returns {{ at: number, text: string }[]}
 */
function around(statement, where, throws) {
  const start = statement.getStart()
  const { end } = statement
  if (ts.isVariableStatement(statement)) {
    const [declared] = statement.declarationList.declarations
    return [{ at: end, text: `; __sample.value(${where}, ${declared?.name.getText()})` }]
  }
  const { expression } = statement
  if (throws) {
    return [
      { at: start, text: `await __sample.throws(${where}, async () => { ` },
      { at: end, text: " })" },
    ]
  }
  if (ts.isCallExpression(expression) && expression.expression.getText() === "console.log") {
    return [
      { at: expression.expression.end + 1, text: `...__sample.printed(${where}, ` },
      { at: expression.end, text: ")" },
    ]
  }
  return [
    { at: start, text: `__sample.value(${where}, (` },
    { at: expression.end, text: "))" },
  ]
}

/** @param {string} output Messages of tsc about the scratch files, with the page they come from put beside. */
function namePages(output) {
  return samples.reduce(
    (text, { name, page, line }) =>
      text.replaceAll(
        new RegExp(`\\S*${name}\\.ts\\((\\d+),(\\d+)\\)`, "g"),
        (_, row) => `${page}:${line + Number(row) - 1}`,
      ),
    output,
  )
}
