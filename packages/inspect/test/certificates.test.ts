/** Certificates: what they say, and whether they belong to the token and to the key. */
import { checkCertificates, judge, read, readCertificate, readKeys } from "@jotkit/inspect"
import { encode, Jwk } from "jotkit"
import { describe, expect, test } from "vitest"
import { CERTIFICATE, CERTIFICATE_KEY, X5T, X5T_S256 } from "./certificate-fixture.ts"

const base64 = CERTIFICATE.replaceAll(/-----[A-Z ]+-----|\s/g, "")
const der = new Uint8Array(Buffer.from(base64, "base64"))
const NOT_BEFORE = 1_795_673_170
const NOT_AFTER = 2_823_833_170
const key = Jwk.fromPem(CERTIFICATE_KEY)

function token(header: Record<string, unknown>, signer = key): string {
  return encode({ sub: "alice" }, signer, { algorithm: "ES256", header })
}

async function checked(text: string, given: string | Uint8Array, now = NOT_BEFORE) {
  const reading = read(text)
  const keys = await readKeys(given)
  const { verifiedBy } = await judge(reading, { now, keys, policy: { algorithms: ["ES256"] } })
  return checkCertificates(reading, { now, key: given, verifiedBy })
}

describe("a certificate", () => {
  test("says for whom, by whom, since when and until when", () => {
    expect(readCertificate(der)).toEqual({
      subject: "C=TW, O=範例\\, Inc., CN=api.example",
      issuer: "C=TW, O=範例\\, Inc., CN=api.example",
      serialNumber: "4cbaf254424a23a08b4e0ed790e15327149925ff",
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      alternativeNames: [
        "DNS:api.example",
        "DNS:*.api.example",
        "IP:127.0.0.1",
        "IP:0000:0000:0000:0000:0000:0000:0000:0001",
        "URI:https://api.example/",
        "email:ops@api.example",
      ],
    })
  })

  test("is one to its last byte", () => {
    expect(readCertificate(der.subarray(0, -1))).toBeUndefined()
    expect(readCertificate(new Uint8Array([...der, 0]))).toBeUndefined()
    expect(readCertificate(new Uint8Array())).toBeUndefined()
  })

  test("is read or refused, whatever byte of it is another one", () => {
    for (let at = 0; at < der.length; at++)
      for (const value of [0, 0x30, 0x80, 0x84, 0xff]) {
        const changed = der.slice()
        changed[at] = value
        expect(() => readCertificate(changed)).not.toThrow()
      }
  })

  test("has no length that is longer than it must be", () => {
    // The outer length 0x0232 in three bytes.
    const long = new Uint8Array([0x30, 0x83, 0x00, 0x02, 0x32, ...der.subarray(4)])
    expect(readCertificate(long)).toBeUndefined()
  })
})

describe("certificates beside a token", () => {
  test("are compared with the key that made the signature, and with what names them", async () => {
    const header = { x5c: [base64], x5t: X5T, "x5t#S256": X5T_S256 }
    const [chain, ...more] = await checked(token(header), JSON.stringify(key.toJSON()))
    expect(more).toEqual([])
    expect(chain?.from).toBe("header")
    expect(chain?.links.map(({ time }) => time)).toEqual(["valid"])
    expect(chain?.checks).toEqual([
      { name: "key", status: "pass" },
      { name: "x5t", status: "pass" },
      { name: "x5t#S256", status: "pass" },
    ])
  })

  test("of another key and with other hashes fail each check", async () => {
    const other = Jwk.generate("ES256")
    const header = { x5c: [base64], x5t: `${X5T.slice(0, -1)}A`, "x5t#S256": X5T }
    const [chain] = await checked(token(header, other), JSON.stringify(other.toJSON()))
    expect(chain?.checks.map(({ status }) => status)).toEqual(["fail", "fail", "fail"])
  })

  test("may be the key themselves, in PEM, DER or a JWK", async () => {
    const text = token({ "x5t#S256": X5T_S256 })
    const jwk = JSON.stringify({ ...key.toJSON(), x5c: [base64], x5t: X5T })
    const names = async (given: string) =>
      (await checked(text, given)).map(({ from, checks }) => [
        from,
        ...checks.map(({ name, status }) => [name, status]),
      ])
    expect(await names(CERTIFICATE)).toEqual([["key", ["key", "pass"], ["x5t#S256", "pass"]]])
    expect(await names(jwk)).toEqual([["key", ["key", "pass"], ["x5t", "pass"]]])
    expect(await names(JSON.stringify({ keys: [{ kty: "oct" }, JSON.parse(jwk)] }))).toHaveLength(1)
    const [chain] = await checkCertificates(read(text), { now: NOT_BEFORE, key: der })
    expect(chain?.checks).toEqual([
      { name: "key", status: "not_checked" },
      { name: "x5t#S256", status: "pass" },
    ])
  })

  test.each([
    [NOT_BEFORE - 1, "early"],
    [NOT_BEFORE, "valid"],
    [NOT_AFTER, "valid"],
    [NOT_AFTER + 1, "expired"],
  ])("at %i are %s", async (now, time) => {
    const [chain] = await checked(token({}), CERTIFICATE, now)
    expect(chain?.links[0]?.time).toBe(time)
  })

  test("that are none are said to be none", async () => {
    const [chain] = await checked(token({ x5c: ["AAAA"] }), JSON.stringify(key.toJSON()))
    expect(chain?.links).toEqual([{ certificate: undefined, time: undefined }])
    expect(chain?.checks).toEqual([{ name: "key", status: "cannot_check" }])
  })
})
