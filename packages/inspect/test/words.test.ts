/** Words: both catalogues say the same things, and every code has words. */
import { readdirSync, readFileSync } from "node:fs"
import {
  type Catalogue,
  describeCheck,
  explainRule,
  judge,
  lookUp,
  namesOf,
  RULE_IDS,
  read,
  readKeys,
  recognise,
  textOf,
} from "@jotkit/inspect"
import { en } from "@jotkit/inspect/en"
import { zhHant } from "@jotkit/inspect/zh-hant"
import { describe, expect, test } from "vitest"

const GROUPS = ["claims", "headers", "keyMembers", "kinds", "rules", "texts"] as const

describe("the two catalogues", () => {
  test.each(GROUPS)("have the same %s", (group) => {
    expect(Object.keys(zhHant[group])).toEqual(Object.keys(en[group]))
  })

  test.each(GROUPS)("have the same places to be filled and bars in their %s", (group) => {
    const marks = (text: string) => [...text.matchAll(/\{\w+\}|\|/g)].map(String).sort()
    for (const [key, text] of Object.entries(en[group])) {
      const other = (zhHant[group] as Record<string, string>)[key] ?? ""
      expect([key, marks(other)]).toEqual([key, marks(text)])
    }
  })

  test.each([en, zhHant])("leave nothing empty: $language", (catalogue) => {
    for (const group of GROUPS) {
      for (const text of Object.values(catalogue[group]))
        for (const part of text.split("|")) expect(part.trim()).not.toBe("")
    }
  })

  test("use the words of Taiwan", () => {
    const all = JSON.stringify(zhHant)
    for (const word of ["令牌", "签", "服务器", "信息", "默認", "數據", "網絡", "字符", "程序", "用户", "緩存", "字節"])
      expect(all).not.toContain(word)
    for (const word of ["權杖", "宣告", "標頭", "承載內容", "簽章", "金鑰", "密鑰", "簽發者", "對象", "到期時間"])
      expect(all).toContain(word)
  })
})

describe("the dictionary", () => {
  test.each(["claims", "headers", "keyMembers"] as const)(
    "explains every name of the %s, and no other",
    (vocabulary) => {
      expect(namesOf(vocabulary).sort()).toEqual(Object.keys(en[vocabulary]).sort())
      for (const name of namesOf(vocabulary)) {
        const entry = lookUp(vocabulary, name, en)
        expect(entry?.sources.length).toBeGreaterThan(0)
        for (const { title, url } of entry?.sources ?? []) {
          expect(title).not.toMatch(/undefined|^rfc/)
          expect(url).toMatch(/^https:\/\//)
        }
      }
    },
  )

  test("knows where a claim is defined", () => {
    expect(lookUp("claims", "exp", en)).toEqual({
      name: "exp",
      label: "Expires",
      meaning: "from this moment on it must be refused",
      sources: [{ title: "RFC 7519", url: "https://www.rfc-editor.org/rfc/rfc7519" }],
    })
    expect(lookUp("claims", "exp", zhHant)?.label).toBe("到期時間")
    expect(lookUp("claims", "groups", en)?.sources.map(({ title }) => title)).toEqual([
      "RFC 9068",
      "Microsoft Entra ID",
      "Okta",
    ])
  })

  test("explains the registry of claims", () => {
    // Without `cmw` and `stpl`, which came later than this list.
    const registered =
      "iss sub aud exp nbf iat jti name given_name family_name middle_name nickname preferred_username profile picture website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at azp nonce auth_time at_hash c_hash acr amr sub_jwk cnf sip_from_tag sip_date sip_callid sip_cseq_num sip_via_branch orig dest mky events toe txn rph sid vot vtm attest origid act scope client_id may_act jcard at_use_nbr div opt vc vp sph ace_profile cnonce exi roles groups entitlements token_introspection eat_nonce ueid sueids oemid hwmodel hwversion oemboot dbgstat location eat_profile submods uptime bootcount bootseed dloas swname swversion manifests measurements measres intuse cdniv cdnicrit cdniip cdniuc cdniets cdnistt cdnistd sig_val_claims authorization_details verified_claims place_of_birth nationalities birth_family_name birth_given_name birth_middle_name salutation title msisdn also_known_as htm htu ath atc sub_id rcd rcdi crn msgi _claim_names _claim_sources rdap_allowed_purposes rdap_dnt_allowed geohash _sd ... _sd_alg sd_hash consumerPlmnId consumerSnpnId producerPlmnId producerSnpnId producerSnssaiList producerNsiList producerNfSetId producerNfServiceSetId sourceNfInstanceId analyticsIdList resOwnerId jwks metadata constraints crit ref delegation logo_uri authority_hints trust_anchor_hints trust_marks trust_mark_issuers trust_mark_owners metadata_policy metadata_policy_crit source_endpoint keys trust_mark_type trust_chain trust_anchor status status_list ttl"
    expect(registered.split(" ").filter((name) => lookUp("claims", name, en) === undefined)).toEqual([])
  })

  test.each(["EXP", "constructor", "__proto__", "toString", ""])("knows nothing of %j", (name) => {
    expect(lookUp("claims", name, en)).toBeUndefined()
  })
})

describe("every code", () => {
  const source = readdirSync(new URL("../src", import.meta.url), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts") && !/^(?:en|zh-hant)\.ts$/.test(file))
    .map((file) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8"))
    .join("\n")

  /** The members of a union of literals, as the source has it. */
  function literals(start: string, end: string): string[] {
    const from = source.indexOf(start)
    const text = source.slice(from, source.indexOf(end, from))
    return [...text.matchAll(/"([\w-]+)"/g)].map(([, name = ""]) => name)
  }

  test.each<[Parameters<typeof textOf>[1], string, string]>([
    ["answer", "export type KeyAnswerCode =", "/** One key and what became"],
    ["disclosure", "readonly answer:\n", "}\n"],
    ["state", "export type SegmentState =", "/** One thing that is not"],
    ["removed", "export type RemovalKind =", "/** One letter"],
    ["time", "export type TimeRefusal =", "\n\n"],
    ["time", "export type TimeValue =", "\n\n"],
    ["policy", 'readonly code:\n    | "policy_not_json"', "readonly member"],
    ["hint", "export interface Hint {", "/** The encoding"],
    ["reason", "readonly by: ", "\n"],
    ["SHAPE", "export interface ShapeProblem {", "readonly range"],
    ["json", "export interface JsonProblem {", "/** What could"],
  ])("of the group %s has words", (group, start, end) => {
    const codes = literals(start, end)
    expect(codes.length).toBeGreaterThan(1)
    for (const code of codes) expect([code, textOf(en, group, code) === code]).toEqual([code, false])
  })

  test("of a check has words", () => {
    const codes = [...source.matchAll(/\b(?:failed|skipped|unavailable)\((?:"[\w-]+"|id|name|CHECK), "(\w+)"/g)].map(
      ([, code = ""]) => code,
    )
    expect(codes.length).toBeGreaterThan(15)
    for (const code of [...codes, "key_supplied", "key_pinned", "key_issuer", "key_named", "key_embedded", "ok"])
      expect([code, Object.hasOwn(en.texts, `check.${code}`)]).toEqual([code, true])
  })

  test("without words is its own text", () => {
    expect(textOf(en, "check", "constructor")).toBe("constructor")
  })
})

test.each([en, zhHant])("every rule is explained in $language", (catalogue) => {
  for (const id of RULE_IDS)
    for (const words of Object.values(explainRule(id, catalogue))) expect(words.length).toBeGreaterThan(2)
})

test.each<[Catalogue, string]>([
  [en, "the claim exp is not there"],
  [zhHant, "沒有宣告 exp"],
])("checks are told in words", async (catalogue, words) => {
  const { checks } = await judge(read("eyJhbGciOiJIUzI1NiJ9.e30.AAAA"), { now: 0, keys: await readKeys("secret") })
  expect(checks.map((check) => describeCheck(check, catalogue))).toContain(words)
})

describe("the kind of a token", () => {
  const token = (header: object, claims: object | string) =>
    [header, claims]
      .map((part) => Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url"))
      .join(".")
      .concat(".AAAA")
  test.each<[string, string, string]>([
    ["access_token", "typ", token({ alg: "RS256", typ: "at+JWT" }, {})],
    ["access_token", "typ", token({ alg: "RS256", typ: "application/at+jwt" }, {})],
    ["dpop_proof", "typ", token({ alg: "ES256", typ: "dpop+jwt" }, {})],
    ["dpop_proof", "claims", token({ alg: "ES256" }, { htm: "GET", htu: "x" })],
    [
      "logout_token",
      "claims",
      token({ alg: "ES256" }, { events: { "http://schemas.openid.net/event/backchannel-logout": {} } }),
    ],
    ["security_event", "claims", token({ alg: "ES256" }, { events: {} })],
    ["client_assertion", "claims", token({ alg: "ES256" }, { iss: "c", sub: "c", aud: "a", jti: "1" })],
    ["request_object", "claims", token({ alg: "ES256" }, { response_type: "code", client_id: "c" })],
    ["id_token", "claims", token({ alg: "ES256" }, { nonce: "n", aud: "a" })],
    ["apple_id", "issuer", token({ alg: "ES256" }, { iss: "https://appleid.apple.com", nonce: "n", aud: "a" })],
    ["google_id", "issuer", token({ alg: "RS256" }, { iss: "accounts.google.com" })],
    ["firebase", "issuer", token({ alg: "RS256" }, { iss: "https://securetoken.google.com/project" })],
    ["entra_access", "issuer", token({ alg: "RS256" }, { iss: "https://login.microsoftonline.com/x/v2.0", scp: "a" })],
    ["entra_id", "issuer", token({ alg: "RS256" }, { iss: "https://sts.windows.net/x/" })],
    [
      "cognito_access",
      "issuer",
      token({ alg: "RS256" }, { iss: "https://cognito-idp.eu-west-1.amazonaws.com/x", token_use: "access" }),
    ],
    ["kubernetes", "claims", token({ alg: "RS256" }, { "kubernetes.io": {} })],
    ["github_actions", "issuer", token({ alg: "RS256" }, { iss: "https://token.actions.githubusercontent.com" })],
    ["gitlab_ci", "claims", token({ alg: "RS256" }, { project_path: "a", pipeline_id: "1" })],
    ["keycloak_access", "claims", token({ alg: "RS256" }, { typ: "Bearer", azp: "a" })],
    ["jwt", "shape", token({ alg: "HS256" }, { sub: "a" })],
    ["jws", "shape", token({ alg: "HS256" }, "hello")],
    ["encrypted", "shape", "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA"],
    ["sd_jwt", "shape", `${token({ alg: "HS256" }, {})}~`],
    ["jwks", "shape", '{"keys":[]}'],
    ["header", "shape", "eyJhbGciOiJIUzI1NiJ9"],
    ["unknown", "shape", "hello"],
  ])("is %s by its %s", (kind, by, text) => {
    expect(recognise(read(text))).toMatchObject({ kind, by })
    expect(en.kinds[recognise(read(text)).kind]).toMatch(/\S/)
  })

  test("is not told by a look-alike issuer", () => {
    expect(recognise(read(token({ alg: "RS256" }, { iss: "https://appleid.apple.com.evil.example" }))).kind).toBe("jwt")
  })
})
