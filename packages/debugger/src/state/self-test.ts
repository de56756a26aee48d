/** The page's cryptography tried on examples of the standards: each must hold, and must not hold once a letter is changed. */

import { isJwtError, type JwkObject, verifyJwsAsync } from "jotkit"

/** A published example. */
interface Example {
  readonly source: string
  readonly algorithm: string
  readonly key: JwkObject
  readonly token: string
}

/** What came of one. */
export interface Trial {
  readonly source: string
  readonly algorithm: string
  readonly result: "pass" | "fail" | "cannot_check"
}

const EXAMPLES: readonly Example[] = [
  {
    source: "RFC 7515, appendix A.1",
    algorithm: "HS256",
    key: { kty: "oct", k: "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" },
    token:
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  },
  {
    source: "RFC 7515, appendix A.3",
    algorithm: "ES256",
    key: {
      kty: "EC",
      crv: "P-256",
      x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    },
    token:
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
  },
  {
    source: "RFC 8037, appendix A.4",
    algorithm: "EdDSA",
    key: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    token:
      "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
  },
]

/** Tries all of them. */
export function testItself(): Promise<readonly Trial[]> {
  return Promise.all(
    EXAMPLES.map(async (example) => ({
      source: example.source,
      algorithm: example.algorithm,
      result: await trial(example),
    })),
  )
}

async function trial({ algorithm, key, token }: Example): Promise<Trial["result"]> {
  const verdict = await codeOf(token, key, algorithm)
  if (verdict === "algorithm_unavailable") return "cannot_check"
  // The last letter of the payload, and with it what was signed.
  const changed = token.replace(/(.)(?=\.[^.]*$)/, (letter) => (letter === "A" ? "Q" : "A"))
  const ofChanged = await codeOf(changed, key, algorithm)
  return verdict === "ok" && ofChanged === "signature_invalid" ? "pass" : "fail"
}

async function codeOf(token: string, key: JwkObject, algorithm: string): Promise<string> {
  try {
    await verifyJwsAsync(token, key, { algorithms: [algorithm] })
    return "ok"
  } catch (error) {
    return isJwtError(error) ? error.code : "unknown"
  }
}
