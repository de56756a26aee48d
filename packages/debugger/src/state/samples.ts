/** The judgment as code that runs as it stands: with the policy, the token and the key beside it in files, and never with a secret. */

import { draftPolicy, type KeyForm, type Policy } from "@jotkit/inspect"
import { computed, type ReadonlySignal } from "@preact/signals"
import { chosenMoment } from "./clock.ts"
import { expectedNonce, keyFile, secretEncoding } from "./input.ts"
import { judged } from "./judgment.ts"
import { suppliedKeys } from "./keys.ts"
import { policyReading } from "./policy.ts"
import { reading } from "./reading.ts"
import { shellWord } from "./written.ts"

const FILES = 'import { readFileSync } from "node:fs"\n'

/** One sample for each door of the toolkit. */
export interface Samples {
  readonly cli: string
  readonly library?: string
  readonly server?: string
}

/** The samples. Where there are no claims, only the command line has the same words for everything. */
export const samples: ReadonlySignal<Samples> = computed(() => {
  const said = policyReading.value.ok ? policyReading.value.policy : {}
  const draft = draftPolicy(reading.value)
  const policy = { ...said, algorithms: said.algorithms ?? ofKey() ?? draft.algorithms }
  const cli = commandLine(policy)
  if (!isJwt()) return { cli }
  // The library lets nobody leave the audience open.
  const audience = said.audience ?? draft.audience
  const library = librarySample({ ...policy, audience })
  return { cli, library, server: serverSample({ ...policy, audience, issuer: said.issuer ?? draft.issuer }) }
})

function isJwt(): boolean {
  const { form, document, payload, isUnencoded } = reading.value
  return form === "jws" && document === undefined && payload?.json?.root?.type === "object" && !isUnencoded
}

/** Where nobody names an algorithm, the one with which the signature was found to hold. */
function ofKey(): readonly string[] | undefined {
  const check = judged.value?.judgment.checks.find(({ id }) => id === "signature")
  return check?.status === "pass" ? [check.detail] : undefined
}

function librarySample(policy: Policy): string {
  const { expression, imports } = keyOf()
  const nonce = expectedNonce.value
  return `${FILES}import { ${[...imports, "Verifier"].join(", ")} } from "jotkit"

const verifier = new Verifier({
  key: ${expression},
${linesOf(policy, "  ")}})
const token = readFileSync("token.txt", "utf8").trim()
const claims = verifier.verify(token)
${nonce === "" ? "" : `if (claims.nonce !== ${literal(nonce)}) throw new Error("nonce")\n`}`
}

/** The door that takes the tokens of others: each issuer with its keys. */
function serverSample({ algorithms, issuer, audience = "https://api.example", leeway, typ }: Policy): string {
  const { expression, imports } = keyOf()
  const issuers = listOf(issuer ?? "https://issuer.example")
  const isAccessToken = typ?.toLowerCase().replace("application/", "") === "at+jwt"
  const entry = {
    algorithms,
    profile: isAccessToken ? undefined : "jwt",
  }
  const subject = issuers.length > 1 ? '      subject: ({ iss, sub }) => iss + "#" + sub,\n' : ""
  const entries = issuers.map(
    (name) => `    ${literal(name)}: {\n      keys: ${expression},\n${linesOf(entry, "      ")}${subject}    },\n`,
  )
  return `${expression.includes("readFileSync") ? FILES : ""}import { createAuth } from "@jotkit/auth"
import { requireAuth } from "@jotkit/auth/express"
import express from "express"
${imports.length === 0 ? "" : `import { ${imports.join(", ")} } from "jotkit"\n`}
const app = express()
const auth = createAuth({
  issuers: {
${entries.join("")}  },
${linesOf({ audience, leeway }, "  ")}})
app.get("/me", requireAuth(auth), (request, response) => {
  response.json({ sub: response.locals.auth.identity })
})
`
}

function commandLine(policy: Policy): string {
  const { issuer, audience, subject, typ, require, maxAge, leeway, algorithms } = policy
  const flags: readonly (readonly [name: string, value: unknown])[] = [
    ...keyOf().flags,
    ["alg", algorithms],
    ["iss", issuer],
    ["aud", audience],
    ["sub", subject],
    ["typ", typ],
    ["require", require],
    ["max-age", maxAge],
    ["leeway", leeway],
    ["nonce", expectedNonce.value === "" ? undefined : expectedNonce.value],
    ["detached", reading.value.isDetached ? "content.txt" : undefined],
    ["at", chosenMoment.value === undefined ? undefined : `@${chosenMoment.value}`],
  ]
  const words = flags.flatMap(([name, value]) => listOf(value).map((one) => `  --${name} ${quoted(one)}`))
  return ["jot verify", ...words, "  @token.txt"].join(" \\\n")
}

/** How each sample gets at the key that is in the box. */
interface KeyAccess {
  readonly expression: string
  /** Of `jotkit`. */
  readonly imports: readonly string[]
  readonly flags: readonly (readonly [name: string, value: string])[]
}

/** Whether the keys have to be written as a JWK Set first: of several in PEM a program would take one, and it knows no ids beside them. */
export const isForSet: ReadonlySignal<boolean> = computed(() => {
  const [first, ...more] = suppliedKeys.value ?? []
  const { form = "jwks", keyId } = first ?? {}
  return !form.startsWith("jwk") && (more.length > 0 || keyId !== undefined)
})

function keyOf(): KeyAccess {
  const form = isForSet.value ? "jwks" : suppliedKeys.value?.[0]?.form
  if (form === "secret") return secretAccess()
  if (form === "pkcs8_encrypted") return sealedAccess()
  const [file, expression] = fileOf(form)
  const imports = form === "jwk" ? ["Jwk"] : form === "jwks" ? ["JwkSet"] : []
  return { expression, imports, flags: [["key", file]] }
}

function secretAccess(): KeyAccess {
  // Bytes that are no text are none for a variable either.
  if (keyFile.value !== undefined)
    return { expression: 'readFileSync("secret.bin")', imports: [], flags: [["secret-file", "secret.bin"]] }
  const encoding = secretEncoding.value
  const variable = 'process.env.JWT_SECRET ?? ""'
  return {
    expression: encoding === "utf8" ? variable : `Buffer.from(${variable}, "${encoding}")`,
    imports: [],
    flags: [["secret-env", "JWT_SECRET"], ...(encoding === "utf8" ? [] : [["secret-encoding", encoding] as const])],
  }
}

function sealedAccess(): KeyAccess {
  return {
    expression: 'Jwk.fromPem(readFileSync("key.pem", "utf8"), { passphrase: process.env.PASSPHRASE ?? "" })',
    imports: ["Jwk"],
    flags: [
      ["key", "key.pem"],
      ["passphrase", "env:PASSPHRASE"],
    ],
  }
}

function fileOf(form: KeyForm | undefined): readonly [name: string, expression: string] {
  if (form === "jwk") return ["key.json", 'Jwk.from(JSON.parse(readFileSync("key.json", "utf8")))']
  if (form === "jwks") return ["jwks.json", 'JwkSet.from(JSON.parse(readFileSync("jwks.json", "utf8")))']
  return form === "der" ? ["key.der", 'readFileSync("key.der")'] : ["key.pem", 'readFileSync("key.pem", "utf8")']
}

function linesOf(members: object, indent: string): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${indent}${name}: ${literal(value)},\n`)
    .join("")
}

function listOf(value: unknown): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)]
}

/** What hides or turns the text around is written as an escape. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}

/** As one word of a shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : shellWord(text)
}

/** Whether there is something to verify. */
export const hasSamples: ReadonlySignal<boolean> = computed(
  () => reading.value.form === "jws" || reading.value.form === "sd-jwt",
)
