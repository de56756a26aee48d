import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import {
  decode,
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
import { describeShared } from "./shared.ts"
import { COOKBOOK_LEFT_OUT, COOKBOOK_NOT_REPRODUCED } from "./vectors/left-out.ts"

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
}

const SIGNATURES = ["RS256", "PS256", "PS384", "ES512", "HS256", "EdDSA"]
const SEVERAL = "jws-4_8.multiple_signatures.json"
/** Its signed half; the encrypted one around it has to wait. */
const NESTED = "6.nesting_signatures_and_encryption.json"
/** `b64` false without `crit`: older than the final rule of RFC 7797. */
const REFUSED = "rfc7797-4.2.hmac-sha2_b64_false.json"

describeShared("vectors/cookbook", "RFC 7520 and its additions", (folder) => {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"))
  const keys = names.filter((name) => name.startsWith("jwk-"))
  const signed = names.filter(
    (name) => ![SEVERAL, NESTED, REFUSED, ...keys].includes(name) && !COOKBOOK_LEFT_OUT.has(name),
  )

  test("all 32 files are run, but for the 14 about encryption alone", () => {
    expect(signed).toHaveLength(9)
    expect(keys).toHaveLength(6)
    expect(names.filter((name) => COOKBOOK_LEFT_OUT.has(name))).toHaveLength(14)
    expect(names).toHaveLength(9 + 6 + 14 + [SEVERAL, NESTED, REFUSED].length)
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
