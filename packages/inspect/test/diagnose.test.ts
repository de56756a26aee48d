/** Diagnosis: the harmless mistakes that people make, each named; and nothing is ever called good. */
import { createHmac, createSign, generateKeyPairSync } from "node:crypto"
import { type DiagnoseRequest, diagnose, type Hint, read } from "@jotkit/inspect"
import { Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"

const b64 = (text: string | Uint8Array) => Buffer.from(text).toString("base64url")
const BYTES = Buffer.from("00ff10ef20df30cf40bf50af60906f7f8e8d9cacbbcadbeafb0c1d2e3f405162", "hex")
const AS_IT_IS = [{ code: "as_it_is", detail: "" }]
const HEADER = b64('{"alg":"HS256","typ":"JWT"}')
const PAYLOAD = '{"sub":"alice","n":12}'

/** A token whose MAC is over `input`, by bytes that nobody checks. */
function mac(secret: string | Uint8Array, input = `${HEADER}.${b64(PAYLOAD)}`, shown = input, hash = "sha256"): string {
  return `${shown}.${createHmac(hash, secret).update(input).digest("base64url")}`
}

async function hints(token: string, request: DiagnoseRequest): Promise<Hint[]> {
  return [...(await diagnose(read(token), request)).hints]
}

describe("the secret", () => {
  test.each<[string, string | Uint8Array, DiagnoseRequest, string[]]>([
    ["was base64", BYTES, { key: BYTES.toString("base64") }, ["secret_encoding base64"]],
    ["was base64url", BYTES, { key: BYTES.toString("base64url") }, ["secret_encoding base64url"]],
    ["was hexadecimal", BYTES, { key: BYTES.toString("hex") }, ["secret_encoding hex"]],
    ["was text", "c2VjcmV0", { key: "c2VjcmV0", encoding: "base64" }, ["secret_encoding utf8"]],
    ["had a line end", "secret\n", { key: "secret" }, ["secret_newline +"]],
    ["had none", "secret", { key: "secret\n" }, ["secret_newline -"]],
    [
      "was encoded with the line end of echo",
      "secret",
      { key: Buffer.from("secret\n").toString("base64") },
      ["secret_encoding base64", "secret_newline -"],
    ],
    ["had other line ends", "a\r\nb", { key: "a\nb" }, ["secret_line_ends CRLF"]],
    ["was in quotes", "secret", { key: '"secret"' }, ["secret_quotes "]],
    ["was between spaces", "secret", { key: "  secret " }, ["secret_spaces "]],
  ])("%s", async (_, secret, request, expected) => {
    expect((await hints(mac(secret), request)).map(({ code, detail }) => `${code} ${detail}`)).toEqual(expected)
  })

  test("was the text of a public key", async () => {
    const pem = generateKeyPairSync("rsa", { modulusLength: 2048 })
      .publicKey.export({ type: "spki", format: "pem" })
      .toString()
    expect((await hints(mac(pem), { key: pem })).map(({ code }) => code)).toEqual(["secret_is_key"])
    expect((await hints(mac(pem.trimEnd()), { key: pem })).map(({ code }) => code)).toEqual([
      "secret_is_key",
      "secret_newline",
    ])
  })

  test("was the text of a public key with other line ends and another end", async () => {
    const pem = Jwk.generate("ES256").toPem()
    const bare = pem.trimEnd()
    const [crlf, bareCrlf] = [pem, bare].map((text) => text.replaceAll("\n", "\r\n"))
    for (const [signed, given] of [
      [bareCrlf, pem],
      [crlf, bare],
      [bare, crlf],
      [pem, bareCrlf],
    ] as const) {
      const found = await hints(mac(signed ?? ""), { key: given ?? "" })
      expect(found.map(({ code }) => code)).toEqual(["secret_is_key", "secret_line_ends", "secret_newline"])
    }
  })

  test("was put into a JWK as it is, instead of in base64url", async () => {
    const key = JSON.stringify({ kty: "oct", k: "c2VjcmV0LXNlY3JldA" })
    expect(await hints(mac("c2VjcmV0LXNlY3JldA"), { key })).toEqual([{ code: "secret_encoding", detail: "utf8" }])
    expect(await hints(mac("secret-secret"), { key })).toEqual(AS_IT_IS)
  })

  test("was right, and the hash another", async () => {
    expect(await hints(mac("secret", undefined, undefined, "sha512"), { key: "secret" })).toEqual([
      { code: "hash_size", detail: "HS512" },
    ])
  })

  test("was right, and the signature cut off", async () => {
    expect(await hints(mac("secret").slice(0, -4), { key: "secret" })).toEqual([
      { code: "signature_truncated", detail: "29, 32" },
    ])
  })
})

describe("the text", () => {
  const original = `${HEADER}.${b64(PAYLOAD)}`
  const pretty = `${HEADER}.${b64(JSON.stringify(JSON.parse(PAYLOAD), null, 2))}`
  const spaced = `${HEADER}.${b64('{"sub": "alice", "n": 12}')}`
  const signedAs = (payload: string) => `${HEADER}.${b64(payload)}`
  const padded = `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64")}.${Buffer.from(PAYLOAD).toString("base64")}`
  test.each<[string, string, string, string]>([
    ["was compact when it was signed", original, pretty, "payload_compact"],
    ["was indented when it was signed", pretty, original, "payload_indented"],
    ["had spaces when it was signed", spaced, original, "payload_spaced"],
    [
      "had slashes escaped when it was signed",
      signedAs('{"u":"a\\/b"}'),
      signedAs('{"u":"a/b"}'),
      "payload_reserialized",
    ],
    ["was ASCII when it was signed", signedAs('{"u":"\\u6b0a"}'), signedAs('{"u":"權"}'), "payload_reserialized"],
    [
      "was ASCII with spaces",
      signedAs('{"u": "\\u6b0a", "n": 1}'),
      signedAs('{"u":"權","n":1}'),
      "payload_reserialized",
    ],
    ["was sorted when it was signed", signedAs('{"a":1,"b":2}'), signedAs('{"b":2,"a":1}'), "payload_reserialized"],
    ["ended in a line end", `${HEADER}.${b64(`${PAYLOAD}\n`)}`, original, "payload_newline"],
    ["was padded", padded, original, "input_padding"],
    ["was not padded", original, padded, "input_canonical"],
    ["had another header", `${b64('{"typ":"JWT","alg":"HS256"}')}.${b64(PAYLOAD)}`, original, "header_swapped"],
    ["had its header written again", `${b64('{ "alg": "HS256", "typ": "JWT" }')}.${b64(PAYLOAD)}`, original, ""],
  ])("%s", async (_, signed, shown, code) => {
    expect((await hints(mac("secret", signed, shown), { key: "secret" })).map((hint) => hint.code).join()).toBe(code)
  })
})

describe("the key", () => {
  const keys = [Jwk.generate("ES256", { keyId: "one" }), Jwk.generate("ES256", { keyId: "two" })] as const
  const [first, second] = keys

  test("is another one of the set", async () => {
    const token = signJws(PAYLOAD, second, { header: { kid: "one" } })
    const key = JSON.stringify({ keys: keys.map((one) => one.toJSON()) })
    expect(await hints(token, { key })).toEqual([{ code: "other_key", detail: "two" }])
  })

  test("is marked for something else", async () => {
    const key = JSON.stringify({ ...first.toJSON(), use: "enc" })
    expect((await hints(signJws(PAYLOAD, first), { key })).map(({ code }) => code)).toEqual(["key_labels"])
  })

  test("made a signature in DER", async () => {
    const input = signJws(PAYLOAD, first).split(".").slice(0, 2).join(".")
    const der = createSign("sha256").update(input).sign(first.toPrivatePem())
    expect((await hints(`${input}.${b64(der)}`, { key: first.toPem() })).map(({ code }) => code)).toEqual([
      "signature_der",
    ])
  })

  test("is right, and the header that of another token", async () => {
    const swapped = (text: string, header: object) => text.replace(/^[^.]*/, b64(JSON.stringify(header)))
    const named = signJws(PAYLOAD, first, { header: { typ: "JWT" } })
    expect((await hints(swapped(named, { alg: "ES256" }), { key: JSON.stringify(first.toJSON()) })).at(-1)?.code).toBe(
      "header_swapped",
    )
    const other = swapped(named, { alg: "ES384", kid: "two" })
    expect((await hints(other, { key: JSON.stringify(first.toJSON()) })).map(({ code }) => code)).toContain(
      "header_swapped",
    )
    const shown = `${b64('{"alg":"HS512","typ":"JWT"}')}.${b64(PAYLOAD)}`
    expect((await hints(mac("secret", undefined, shown), { key: "secret" })).map(({ code }) => code)).toEqual([
      "hash_size",
      "header_swapped",
    ])
  })

  test("is of a kind that the algorithm does not take", async () => {
    const rsa = Jwk.generate("RS256")
    const es384 = Jwk.generate("ES384")
    const token = signJws(PAYLOAD, first)
    const unfit = async (text: string, key: string) => hints(text, { key })
    const kinds: readonly (readonly [string, string, string])[] = [
      [token, rsa.toPem(), "ES256, EC P-256, RSA"],
      [token, es384.toPem(), "ES256, EC P-256, EC P-384"],
      [token, "a secret of some length", "ES256, EC P-256, oct"],
      [signJws(PAYLOAD, rsa), first.toPem(), "RS256, RSA, EC P-256"],
      [mac("secret"), rsa.toPem(), "HS256, oct, RSA"],
      [token, JSON.stringify({ keys: [rsa.toJSON(), es384.toJSON()] }), "ES256, EC P-256, RSA / EC P-384"],
    ]
    for (const [text, key, detail] of kinds) expect(await unfit(text, key)).toEqual([{ code: "key_unfit", detail }])
    // One of them fits, or nobody knows what would: then the kind is not the cause.
    expect(await unfit(token, JSON.stringify({ keys: [rsa.toJSON(), second.toJSON()] }))).toEqual([])
    expect(await unfit(`${b64('{"alg":"XX1"}')}.${b64(PAYLOAD)}.AAAA`, rsa.toPem())).toEqual([])
    expect(await unfit(token, '{"kty":"RSA"}')).toEqual([])
  })

  test.each(["ES256", "RS256", "Ed25519"])("is right, and the signature of %s cut off", async (algorithm) => {
    const key = Jwk.generate(algorithm)
    const token = signJws(PAYLOAD, key)
    const bytes = Buffer.from(token.split(".")[2] ?? "", "base64url").length
    expect(await hints(token.slice(0, -4), { key: key.toPem() })).toEqual([
      { code: "signature_truncated", detail: `${bytes - 3}, ${bytes}` },
    ])
    expect(await hints(token, { key: key.toPem() })).toEqual(AS_IT_IS)
  })

  test("was used with another algorithm of its family", async () => {
    const rsa = Jwk.generate("PS256")
    const token = signJws(PAYLOAD, rsa)
    const [head, body] = [b64('{"alg":"RS256"}'), token.split(".")[1]]
    const other = createSign("sha512").update(`${head}.${body}`).sign(rsa.toPrivatePem())
    expect(await hints(`${head}.${body}.${b64(other)}`, { key: rsa.toPem() })).toEqual([
      { code: "other_algorithm", detail: "RS512" },
    ])
  })
})

test("ends, and finds nothing where there is nothing", async () => {
  const diagnosis = await diagnose(read(mac("secret")), { key: "wrong" })
  expect(diagnosis.hints).toEqual([])
  expect(diagnosis.tries).toBeGreaterThan(20)
  expect(diagnosis.tries).toBeLessThanOrEqual(400)
  const short = await diagnose(read(mac("secret")), { key: "wrong", maxTries: 5 })
  expect(short).toMatchObject({ tries: 5, exhausted: true })
  expect(short.tried.length).toBeGreaterThan(0)
  expect(new Set(short.tried).size).toBe(short.tried.length)
})

test.each(["", "a.b", "{}", '{"signatures":[]}', `${HEADER}..`])("does not throw for %j", async (text) => {
  expect((await diagnose(read(text), { key: "x" })).hints.length).toBeLessThanOrEqual(1)
})

test("says of a signature that holds that it does, however the token is written", async () => {
  for (const text of [mac("secret"), `${mac("secret")}=`])
    expect(await hints(text, { key: "secret" })).toEqual(AS_IT_IS)
})
