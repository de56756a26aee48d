import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  type DecryptJweOptions,
  decode,
  decryptJwe,
  decryptJweAsync,
  isJwtError,
  type JoseHeader,
  Jwk,
  type JwkObject,
  JwkSet,
  type SignJwsOptions,
  signJws,
  signJwsAsync,
  type VerifyJwsOptions,
  verifyJws,
  verifyJwsAsync,
} from "jotkit"
import { describe, expect, test } from "vitest"
import { KEY_MANAGEMENT } from "./sealed.ts"
import { describeShared } from "./shared.ts"
import { COOKBOOK_NOT_REPRODUCED } from "./vectors/left-out.ts"

interface Example {
  readonly reproducible?: boolean
  readonly input: { readonly payload: string; readonly key: JwkObject; readonly alg: string }
  readonly signing: Signing
  readonly output: Output
}

interface Signing {
  readonly protected?: JoseHeader
  readonly unprotected?: JoseHeader
  readonly json?: object
}

interface Output {
  readonly compact?: string
  readonly json?: { readonly payload?: string; readonly signatures: readonly object[] }
  readonly json_flat?: object
}

interface SeveralSignatures {
  readonly input: { readonly payload: string; readonly key: readonly JwkObject[] }
  readonly signing: readonly Signing[]
  readonly output: { readonly json: object }
}

interface Nested {
  readonly sign: { readonly input: { readonly payload: string; readonly key: JwkObject }; readonly output: Output }
  readonly encrypt: Sealed
}

interface Sealed {
  readonly input: {
    readonly plaintext: string
    readonly key?: JwkObject
    readonly pwd?: string
    readonly alg: string
    readonly aad?: string
  }
  readonly output: Output
}

interface SealedForSeveral {
  readonly input: { readonly plaintext: string; readonly key: readonly JwkObject[]; readonly alg: readonly string[] }
  readonly output: { readonly json: object }
}

const SIGNATURES = ["RS256", "PS256", "PS384", "ES512", "HS256", "EdDSA"]
const SEVERAL = "jws-4_8.multiple_signatures.json"
const SEVERAL_RECIPIENTS = "jwe-5_13.encrypting_to_multiple_recipients.json"
/** Encrypted with the one algorithm that the package leaves out. */
const RSA1_5 = "jwe-5_1.key_encryption_using_rsa_v15_and_aes-hmac-sha2.json"
const NESTED = "6.nesting_signatures_and_encryption.json"
/** `b64` false without `crit`: older than the final rule of RFC 7797. */
const REFUSED = "rfc7797-4.2.hmac-sha2_b64_false.json"

describeShared("vectors/cookbook", "RFC 7520 and its additions", (folder) => {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"))
  const keys = names.filter((name) => name.startsWith("jwk-"))
  const encrypted = names.filter(
    (name) =>
      (name.startsWith("jwe-") || name.endsWith("-ecdh-es.json")) && name !== SEVERAL_RECIPIENTS && name !== RSA1_5,
  )
  const others = [SEVERAL, SEVERAL_RECIPIENTS, RSA1_5, NESTED, REFUSED]
  const signed = names.filter((name) => ![...others, ...keys, ...encrypted].includes(name))

  test("all 32 files are run", () => {
    expect(signed).toHaveLength(9)
    expect(encrypted).toHaveLength(12)
    expect(keys).toHaveLength(6)
    expect(names).toHaveLength(9 + 12 + 6 + others.length)
    expect(names).toHaveLength(32)
  })

  describe("one signature", () => {
    test.each(signed)("%s verifies in every serialization", async (name) => {
      const { input, output, signing } = read<Example>(name)
      const payload = Buffer.from(input.payload, "utf8")
      const outputs = [output.compact, output.json, output.json_flat].filter((one) => one !== undefined)
      expect(outputs.length).toBeGreaterThanOrEqual(2)
      for (const jws of outputs) {
        const options: VerifyJwsOptions = {
          algorithms: [input.alg],
          detachedPayload: isDetached(jws) ? payload : undefined,
          allowUnprotectedAlgorithm: signing.protected === undefined,
        }
        expect(Buffer.from(verifyJws(jws, input.key, options).payload)).toEqual(payload)
        expect(Buffer.from((await verifyJwsAsync(jws, Jwk.from(input.key), options)).payload)).toEqual(payload)
      }
    })

    const reproducible = signed.filter((name) => read<Example>(name).reproducible === true)

    test("of the nine, seven can be made again, and one of these only by others", () => {
      expect(reproducible).toHaveLength(7)
      expect(reproducible.filter((name) => COOKBOOK_NOT_REPRODUCED.has(name))).toHaveLength(1)
    })

    const made = reproducible.filter((name) => !COOKBOOK_NOT_REPRODUCED.has(name))
    test.each(made)("%s is made again in every serialization", async (name) => {
      const { input, output, signing } = read<Example>(name)
      const detached = isDetached(output.json_flat ?? {})
      const options: SignJwsOptions = { header: signing.protected ?? {}, detached }
      const results = [output.compact, output.json, output.json_flat]
      for (const [index, format] of (["compact", "general", "flattened"] as const).entries()) {
        const expected = results[index]
        if (expected === undefined) continue
        const all = { ...options, format, unprotected: format === "compact" ? undefined : signing.unprotected }
        expect(signJws(input.payload, input.key, all)).toEqual(expected)
        expect(await signJwsAsync(input.payload, input.key, all)).toEqual(expected)
      }
    })

    test("an algorithm that no signature protects is refused unless it was asked for", () => {
      const { input, output } = read<Example>("jws-4_7.protecting_content_only.json")
      expect(() => verifyJws(output.json ?? {}, input.key)).toThrow(expect.objectContaining({ code: "header_invalid" }))
    })
  })

  describe("several signatures", () => {
    const { input, output, signing } = read<SeveralSignatures>(SEVERAL)
    const [rsa, ec, oct] = input.key.map((key) => Jwk.from(key))
    const options = { algorithms: SIGNATURES, allowUnprotectedAlgorithm: true }

    test.each([
      ["RSA", rsa, "RS256"],
      ["EC", ec, "ES512"],
      ["oct", oct, "HS256"],
    ] as const)("one of the three holds for the %s key", async (_, key, algorithm) => {
      if (key === undefined) throw new Error("the example has three keys")
      for (const verified of [verifyJws(output.json, key, options), await verifyJwsAsync(output.json, key, options)]) {
        expect(Buffer.from(verified.payload).toString()).toBe(input.payload)
        expect(verified.header.alg ?? verified.unprotected?.alg).toBe(algorithm)
      }
    })

    test("each of the three holds on its own, and for no other key", () => {
      const { payload } = output.json as { payload: string }
      for (const [index, { json }] of signing.entries()) {
        const flattened = { payload, ...json }
        const holding = [rsa, ec, oct].map((key) => holds(() => verifyJws(flattened, key ?? "", options)))
        expect(holding).toEqual([0, 1, 2].map((position) => position === index))
      }
    })

    test("one holds for the set of the public keys", () => {
      const set = JwkSet.from({ keys: input.key.filter(({ kty }) => kty !== "oct") })
      expect(Buffer.from(verifyJws(output.json, set, options).payload).toString()).toBe(input.payload)
    })

    test("the deterministic two are made again", () => {
      if (rsa === undefined || oct === undefined) throw new Error("the example has three keys")
      const again = signJws(input.payload, null, {
        format: "general",
        signers: [
          { key: rsa, header: signing[0]?.protected, unprotected: signing[0]?.unprotected },
          { key: oct, header: signing[2]?.protected },
        ],
      })
      expect(again.signatures).toEqual([signing[0]?.json, signing[2]?.json])
    })
  })

  describe("one recipient", () => {
    test.each(encrypted)("%s is decrypted in every serialization", async (name) => {
      const { input, output } = read<Sealed>(name)
      const outputs = serializationsOf(output)
      expect(outputs.length).toBeGreaterThanOrEqual(2)
      for (const jwe of outputs) {
        const options = decryptOptions(name, input.alg)
        expect(textOf(decryptJwe(jwe, keyOf(input), options))).toBe(input.plaintext)
        expect(textOf(await decryptJweAsync(jwe, keyOf(input), options))).toBe(input.plaintext)
      }
    })

    test.each(encrypted)("%s is not decrypted where its algorithm is not allowed", (name) => {
      const { input, output } = read<Sealed>(name)
      const algorithms = KEY_MANAGEMENT.filter((algorithm) => algorithm !== input.alg)
      const codes = serializationsOf(output).map((jwe) =>
        codeOf(() => decryptJwe(jwe, keyOf(input), { ...decryptOptions(name, input.alg), algorithms })),
      )
      expect(new Set(codes)).toEqual(new Set(["algorithm_not_allowed"]))
    })

    test("compressed content is refused unless it was asked for", () => {
      const name = "jwe-5_9.compressed_content.json"
      const { input, output } = read<Sealed>(name)
      const codes = serializationsOf(output).map((jwe) =>
        codeOf(() => decryptJwe(jwe, keyOf(input), { ...decryptOptions(name, input.alg), zip: false })),
      )
      expect(codes).toHaveLength(3)
      expect(new Set(codes).size).toBe(1)
      expect(codes).not.toContain("accepted")
    })

    test("what is encrypted with RSA1_5 is refused in every serialization", () => {
      const { input, output } = read<Sealed>(RSA1_5)
      const { alg: _, ...key } = keyOf(input) as JwkObject
      const codes = serializationsOf(output).map((jwe) =>
        codeOf(() => decryptJwe(jwe, key as JwkObject, { algorithms: KEY_MANAGEMENT })),
      )
      expect(codes).toEqual(["algorithm_not_allowed", "algorithm_not_allowed", "algorithm_not_allowed"])
    })
  })

  describe("several recipients", () => {
    const { input, output } = read<SealedForSeveral>(SEVERAL_RECIPIENTS)
    const options = { algorithms: KEY_MANAGEMENT }

    test.each([
      ["ECDH-ES+A256KW", 1],
      ["A256GCMKW", 2],
    ] as const)("the one of %s decrypts it", async (algorithm, index) => {
      const key = input.key[index] ?? ""
      expect(input.alg[index]).toBe(algorithm)
      for (const allowed of [options, { ...options, algorithms: [algorithm] }]) {
        expect(textOf(decryptJwe(output.json, key, allowed))).toBe(input.plaintext)
        expect(textOf(await decryptJweAsync(output.json, key, allowed))).toBe(input.plaintext)
      }
    })

    test("the one of RSA1_5 does not", () => {
      const { alg: _, ...key } = input.key[0] ?? {}
      expect(codeOf(() => decryptJwe(output.json, key as JwkObject, options))).not.toBe("accepted")
    })
  })

  test("the nested example is decrypted, and the token inside verifies", async () => {
    const { sign, encrypt } = read<Nested>(NESTED)
    for (const jwe of serializationsOf(encrypt.output)) {
      const options = decryptOptions(NESTED, encrypt.input.alg)
      const { plaintext } = decryptJwe(jwe, keyOf(encrypt.input), options)
      expect(await decryptJweAsync(jwe, keyOf(encrypt.input), options)).toMatchObject({ plaintext })
      const claims = decode(plaintext, sign.input.key, { algorithms: ["PS256"], now: 1_300_819_379 })
      expect(claims).toEqual(JSON.parse(sign.input.payload))
    }
  })

  test("the token inside the nested example verifies", () => {
    const { input, output } = read<Nested>(NESTED).sign
    const claims = decode(output.compact ?? "", input.key, { algorithms: ["PS256"], now: 1_300_819_379 })
    expect(claims).toEqual(JSON.parse(input.payload))
  })

  test("refuses the example whose b64 is not listed in crit", () => {
    const { input, output } = read<Example>(REFUSED)
    for (const jws of [output.json, output.json_flat]) {
      expect(() => verifyJws(jws ?? "", input.key)).toThrow(expect.objectContaining({ code: "crit_invalid" }))
    }
  })

  test.each(keys)("%s comes back unchanged", (name) => {
    const jwk = read<JwkObject>(name)
    const key = Jwk.from(jwk)
    expect(key.isPrivate || key.isSymmetric ? key.toPrivateJSON() : key.toJSON()).toEqual(jwk)
  })
})

function serializationsOf({ compact, json, json_flat }: Output): readonly (string | object)[] {
  return [compact, json, json_flat].filter((one) => one !== undefined)
}

function decryptOptions(name: string, algorithm: string): DecryptJweOptions {
  return { algorithms: [algorithm], zip: name.startsWith("jwe-5_9") }
}

function keyOf({ key, pwd }: Sealed["input"]): JwkObject | string {
  return key ?? pwd ?? ""
}

function textOf({ plaintext }: { readonly plaintext: Uint8Array }): string {
  return Buffer.from(plaintext).toString("utf8")
}

function codeOf(call: () => unknown): string {
  try {
    call()
    return "accepted"
  } catch (error) {
    return isJwtError(error) ? error.code : `foreign error ${String(error)}`
  }
}

function holds(verify: () => unknown): boolean {
  try {
    verify()
    return true
  } catch {
    return false
  }
}

function isDetached(jws: string | object): boolean {
  return typeof jws === "string" ? jws.includes("..") : !("payload" in jws)
}
