import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type JoseHeader, Jwk, type JwkObject, JwkSet, signJws, verifyJws } from "jotkit"
import { expect, test } from "vitest"
import { describeShared } from "./shared.ts"

interface Example {
  readonly reproducible?: boolean
  readonly input: { readonly payload: string; readonly key: JwkObject | JwkObject[]; readonly alg: string | string[] }
  readonly signing: Signing | Signing[]
  readonly output: { readonly compact?: string; readonly json?: object; readonly json_flat?: object }
}

interface Signing {
  readonly protected?: JoseHeader
  readonly unprotected?: JoseHeader
}

const SIGNATURES = ["RS256", "PS384", "ES512", "HS256", "ES256", "EdDSA"]
/** `b64` false without `crit`: older than the final rule of RFC 7797. */
const REFUSED = "rfc7797-4.2.hmac-sha2_b64_false.json"

describeShared("vectors/cookbook", "RFC 7520 and its additions", (folder) => {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"))
  const signed = names.filter((name) => /^(jws-|rfc7797|curve25519-jws)/.test(name) && name !== REFUSED)
  const keys = names.filter((name) => name.startsWith("jwk-"))

  test("holds 10 signed examples, the refused one and 6 keys; the others are about encryption", () => {
    expect([signed.length, keys.length, names.length]).toEqual([10, 6, 32])
  })

  test.each(signed)("%s verifies in every serialization", (name) => {
    const { input, output, signing } = read<Example>(name)
    const key = Array.isArray(input.key)
      ? JwkSet.from({ keys: input.key.filter(({ kty }) => kty !== "oct") })
      : Jwk.from(input.key)
    const payload = Buffer.from(input.payload, "utf8")
    const unprotectedOnly = [signing].flat().some((one) => one.protected === undefined)
    const outputs = [output.compact, output.json, output.json_flat].filter((one) => one !== undefined)
    expect(outputs.length).toBeGreaterThan(0)
    for (const jws of outputs) {
      const detachedPayload = isDetached(jws) ? payload : undefined
      const options = { algorithms: SIGNATURES, detachedPayload, allowUnprotectedAlgorithm: unprotectedOnly }
      expect(Buffer.from(verifyJws(jws, key, options).payload)).toEqual(payload)
    }
  })

  test.each(signed.filter((name) => read<Example>(name).reproducible === true))("%s is reproduced", (name) => {
    const { input, output, signing } = read<Example>(name)
    if (Array.isArray(signing) || Array.isArray(input.key)) throw new Error("expected one signature")
    const options = { header: signing.protected ?? {}, detached: isDetached(output.compact ?? output.json_flat ?? "") }
    if (output.compact !== undefined) expect(signJws(input.payload, input.key, options)).toBe(output.compact)
    if (output.json_flat !== undefined && signing.protected !== undefined) {
      const flattened = signJws(input.payload, input.key, {
        ...options,
        unprotected: signing.unprotected,
        format: "flattened",
      })
      expect(flattened).toEqual(output.json_flat)
    }
  })

  test("refuses the example whose b64 is not listed in crit", () => {
    const { input, output } = read<Example>(REFUSED)
    for (const jws of [output.json, output.json_flat]) {
      expect(() => verifyJws(jws ?? "", input.key as JwkObject)).toThrow(
        expect.objectContaining({ code: "crit_invalid" }),
      )
    }
  })

  test.each(keys)("%s comes back unchanged", (name) => {
    const jwk = read<JwkObject>(name)
    const key = Jwk.from(jwk)
    const { alg, ...rest } = jwk
    expect(key.isPrivate || key.isSymmetric ? key.toPrivateJSON() : key.toJSON()).toMatchObject(
      alg === undefined ? rest : jwk,
    )
  })
})

function isDetached(jws: string | object): boolean {
  return typeof jws === "string" ? jws.includes("..") : !("payload" in jws)
}
