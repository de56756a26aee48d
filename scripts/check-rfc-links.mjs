// @ts-check
// Sections are cited one way, `RFC 7515, section 5.2` or `RFC 7515, appendix A.1`, and only of documents we implement
// or build on, so that a reader can follow every one of them.
import { findFiles, readText } from "./files.mjs"
import { report } from "./shell.mjs"

const known = new Set([
  "1951", // DEFLATE
  "2104", // HMAC
  "3279", // RSA and EC in X.509
  "3339", // dates and times
  "3394", // AES key wrap
  "3629", // UTF-8
  "3986", // URI
  "4055", // RSASSA-PSS keys
  "4251", // SSH data types
  "4253", // SSH keys
  "4514", // names of certificates as text
  "4648", // base64url
  "5280", // X.509
  "5480", // EC keys in X.509
  "5652", // CMS (inside PKCS #8 encryption)
  "5758", // ECDSA with SHA-2 in X.509
  "5915", // SEC1 private keys
  "5958", // PKCS #8
  "6265", // cookies
  "6454", // origins
  "6749", // OAuth 2.0
  "6901", // JSON Pointer
  "6750", // bearer tokens
  "6839", // +json
  "7009", // token revocation
  "7093", // key identifiers of certificates
  "7292", // PKCS #12
  "7468", // PEM
  "7515", // JWS
  "7516", // JWE
  "7517", // JWK
  "7518", // JWA
  "7519", // JWT
  "7520", // cookbook
  "7521", // assertions
  "7523", // client assertions
  "7636", // PKCE
  "7638", // JWK thumbprint
  "7662", // token introspection
  "7748", // X25519 and X448
  "7797", // b64: false
  "8017", // RSA
  "8018", // PBES2
  "8032", // EdDSA
  "8037", // OKP keys
  "8176", // names for amr
  "8259", // JSON
  "8410", // X25519 … Ed448 in X.509
  "8414", // metadata of authorization servers
  "8417", // security events
  "8693", // scope and client_id as claims
  "8707", // resource indicators
  "8725", // JWT best practice
  "8812", // secp256k1
  "9068", // at+jwt
  "9110", // HTTP
  "9111", // HTTP caching
  "9112", // HTTP/1.1
  "9278", // thumbprint URI
  "9449", // DPoP
  "9562", // UUID
  "9700", // OAuth 2.0 security
  "9728", // protected resource metadata
  "9901", // SD-JWT
  "9864", // Ed25519 and Ed448 by name
  "9881", // ML-DSA in X.509
  "9964", // ML-DSA for JOSE
])
const spelled = /^, (?:sections? [1-9]\d*(?:\.\d+)*|appendix [A-Z](?:\.\d+)*)/

/** @type {string[]} */
const problems = []
let links = 0
for (const file of findFiles("packages", /[\\/]src[\\/].*\.ts$/)) {
  readText(file)
    .split("\n")
    .forEach((line, index) => {
      for (const match of line.matchAll(/\bRFC[ -]?(\d+)(.*?)(?=\bRFC|$)/g)) {
        const [whole, number = "", rest = ""] = match
        const place = `${file}:${index + 1}`
        links++
        if (!known.has(number)) problems.push(`${place}: RFC ${number} is not in the list of this script`)
        if (!whole.startsWith(`RFC ${number}`)) problems.push(`${place}: write "RFC ${number}"`)
        if (/^,? *(?:§|sec\.|section|appendix)/i.test(rest) && !spelled.test(rest)) {
          problems.push(`${place}: write "RFC ${number}, section 1.2" instead of "${whole.slice(0, 30).trim()}"`)
        }
      }
    })
}
report("check-rfc-links", problems, `${links} citations, all of known documents`)
