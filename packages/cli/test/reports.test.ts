/** Reports for other programs: SARIF, JUnit, annotations of GitHub. */
import { Ajv2020 } from "ajv/dist/2020.js"
import { encode, signJws } from "jotkit"
import { expect, test } from "vitest"
import { Place, SECRETS } from "./jot.ts"

const place = new Place()
const NOW = 1_700_000_000
const lint = (format: string, token: string) => place.run(["lint", "--at", String(NOW), "--format", format, token])
const claims = { iss: "https://a.example", sub: "b", aud: "c", jti: "d", client_id: "e", iat: NOW, exp: NOW + 60 }
const good = encode(claims, SECRETS.good, { algorithm: "HS256", header: { typ: "at+jwt" } })
// Everything that a report may trip over.
const name = "<&\"'>\ufffe\n\u0001\u{1f511}]]>--%0A::"
const payload = `{${JSON.stringify(name)}:"\u202e","exp":1.0,"a":1,"a":2}`
const odd = String(
  signJws(payload, SECRETS.good, { algorithm: "HS256", header: { crit: [name], kid: name, [name]: 1 } }),
)

/** An object that has these members and no other; those with a question mark may be absent. */
function object(members: Readonly<Record<string, object>>): object {
  const names = Object.keys(members)
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(members).map(([key, part]) => [key.replace("?", ""), part])),
    required: names.filter((key) => !key.endsWith("?")),
    additionalProperties: false,
  }
}

const list = (items: object) => ({ type: "array", items })
const string = { type: "string", minLength: 1 }
const count = { type: "integer", minimum: 0 }
// SARIF 2.1.0, sections 3.13, 3.14, 3.19, 3.27, 3.28 and 3.30: the part of it that is written.
const SARIF = object({
  $schema: string,
  version: { const: "2.1.0" },
  runs: list(
    object({
      tool: object({
        driver: object({
          name: string,
          rules: list(object({ id: string, shortDescription: object({ text: string }) })),
        }),
      }),
      results: list(
        object({
          ruleId: string,
          level: { enum: ["none", "note", "warning", "error"] },
          message: object({ text: string }),
          locations: list(
            object({
              physicalLocation: object({
                artifactLocation: object({ uri: string }),
                region: object({ charOffset: count, charLength: count }),
              }),
              logicalLocations: list(object({ fullyQualifiedName: string })),
            }),
          ),
        }),
      ),
    }),
  ),
})

test("SARIF has the shape that SARIF 2.1.0 gives it, and each result a rule", async () => {
  const validate = new Ajv2020({ allErrors: true }).compile(SARIF)
  for (const token of [good, odd]) {
    const { json, stdout } = await lint("sarif", token)
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true)
    const [run] = JSON.parse(stdout).runs as {
      results: { ruleId: string }[]
      tool: { driver: { rules: { id: string }[] } }
    }[]
    const rules = run?.tool.driver.rules.map(({ id }) => id)
    expect(new Set(run?.results.map(({ ruleId }) => ruleId))).toEqual(new Set(rules))
    expect(json?.runs[0]?.results.length === 0).toBe(token === good)
  }
})

/** Elements of XML 1.0 in order; throws where it is not well-formed. Knows what reports are made of: no comments, no entities of its own. */
function elementsOf(xml: string): string[] {
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, "")
  const open: string[] = []
  const all: string[] = []
  // What is neither a tag nor text: a lone bracket, an ampersand that names nothing, a character that XML has no place for.
  const text = /(?:[\t\n\r -%'-;=?-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|&(?:amp|lt|gt|quot|apos);)/u.source
  const tag = new RegExp(`<(/?)(\\w+)((?: \\w+="(?:(?!")${text})*")*)(/?)>|${text}`, "uy")
  while (tag.lastIndex < body.length) {
    const at = tag.lastIndex
    const found = tag.exec(body)
    if (found === null) throw new Error(`not well-formed at ${at}: ${body.slice(at, at + 40)}`)
    const [, closes, element, , isEmpty] = found
    if (element === undefined) continue
    if (closes === "/" && open.pop() !== element) throw new Error(`${element} closes what was not open`)
    if (closes === "") all.push(element)
    if (closes === "" && isEmpty === "") open.push(element)
  }
  if (open.length > 0) throw new Error(`${open.join(" ")} is not closed`)
  return all
}

test("JUnit is well-formed XML: a case for each finding, or one that passed", async () => {
  expect(elementsOf((await lint("junit", good)).stdout)).toEqual(["testsuite", "testcase"])
  const { stdout } = await lint("junit", odd)
  const elements = elementsOf(stdout)
  const cases = elements.filter((element) => element === "testcase").length
  expect(cases).toBeGreaterThan(3)
  expect(elements.filter((element) => element === "failure").length).toBe(cases)
  expect(stdout).toContain(`tests="${cases}" failures="${cases}"`)
  for (const broken of ["<a>", "<a></b>", "<a>&</a>", '<a b="<"/>', "<a>\u0001</a>", "<a>\ufffe</a>"])
    expect(() => elementsOf(broken)).toThrow()
})

test("annotations are one line for each finding", async () => {
  const { stdout } = await lint("github", odd)
  for (const line of stdout.trimEnd().split("\n"))
    expect(line).toMatch(/^::(?:error|warning|notice) title=[A-Z0-9-]+::[^\n:]+$/)
  expect((await lint("github", good)).stdout).toBe("")
})

test("one report is printed: another form beside --json is refused, in JSON, before anything is read", async () => {
  for (const command of [["lint"], ["jwks", "lint"], ["scan", "nowhere"]]) {
    const { code, json } = await place.run([...command, "--format", "sarif", "--json"])
    expect([code, json?.code, json?.message]).toEqual([2, "usage", expect.stringContaining("--format sarif")])
  }
  const same = await place.run(["lint", "--at", String(NOW), "--format", "json", "--json", good])
  expect([same.code, same.json?.findings]).toEqual([0, []])
})
