// @ts-check
// What does not run or does not pass in some runtime, and why. The judge compares: a test that fails or is absent without standing
// here is a failure, and so is an entry that nothing needs any more. `failures` is what the failure must look like; tests that are
// absent or skip themselves need not look like anything. A token that is accepted where it should be refused is never excluded.

/** @typedef {{ runtimes: readonly string[], reason: string, tests: readonly RegExp[], failures: RegExp }} Exclusion */

const NODES = ["Node 20", "Node 22", "Node 24", "Node 26"]
const WEB = ["WebCrypto", "Chromium"]
const WITHOUT_ML_DSA = ["Node 20", "Node 22", "Deno", "Chromium"]
const WITH_ML_DSA = ["Node 24", "Node 26", "Bun", "WebCrypto"]
/** Any test that fails so; one that is absent does not say why. */
export const ANY = [/./]
/** The algorithm is missing, or the key cannot be read; nothing was accepted. */
const REFUSED = /^(?![\s\S]*(?:\w: accepted|accept, expected refuse|', 'accepted'))/
/** Nothing fails: the test is absent, or skips itself. */
const ABSENT = /^$/

/** @type {readonly Exclusion[]} */
export const EXCLUSIONS = [
  {
    runtimes: WITHOUT_ML_DSA,
    reason: "the runtime has no ML-DSA",
    tests: [/ML-DSA/],
    failures: ABSENT,
  },
  {
    runtimes: [...NODES, "Bun", "Deno", ...WEB, "workers"],
    reason: "it is about runtimes that lack the algorithm",
    tests: [/which this runtime lacks, and names|is missing, and the error names/],
    failures: ABSENT,
  },
  {
    runtimes: WITH_ML_DSA,
    reason: "it is about runtimes without ML-DSA",
    tests: [/a runtime without ML-DSA/],
    failures: ABSENT,
  },
  {
    runtimes: ["Bun", ...WEB],
    reason: "the runtime has no secp256k1, so no ES256K",
    tests: [
      /secp256k1|ES256K/,
      /every runtime has all algorithms but ML-DSA/,
      /the curve of another type of the same length/,
      /J3: of another curve of that size/,
      /OpenSSH keys of CVE-2022-29217/,
      /toCryptoKey refuses a curve that WebCrypto does not have/,
      /keys to encrypt with are refused: a curve without agreement/,
    ],
    failures: REFUSED,
  },
  {
    runtimes: ["Bun", "Chromium"],
    reason: "the runtime has no Ed448",
    tests: [/[Ee]d448/, /A17: a fully specified name/, /J4: of another Edwards key/, /J11: logs of keys/],
    failures: REFUSED,
  },
  {
    runtimes: ["Bun", "Chromium"],
    reason: "the runtime has no X448",
    tests: [
      /[Xx]448/,
      /W7: nobody encrypts to a point of small order/,
      /rfc8037-A\.7/,
      /W6: .*(?:on every curve|for a key on another curve)/,
      /opens nothing, and the error/,
    ],
    failures: REFUSED,
  },
  {
    runtimes: ["Bun"],
    reason: "Bun has no RSASSA-PSS keys",
    tests: [/RSASSA-PSS/],
    failures: REFUSED,
  },
  {
    runtimes: ["Bun"],
    reason: "console.table of a Console on a stream fails in Bun",
    tests: [/no way of printing shows a secret of a result with its key/],
    failures: /undefined is not a function/,
  },
  {
    runtimes: ["Bun"],
    reason: "the test runner does not find zod's exports in Bun",
    tests: [/decrypt types claims by a schema/],
    failures: /evaluating '[^']*\.z\.object'/,
  },
  {
    runtimes: ["Deno"],
    reason: "Deno drops the parameters of RSASSA-PSS keys that it reads",
    tests: [
      /an RSASSA-PSS key that the platform cannot write as JWK/,
      /RSASSA-PSS keys whose mask is made with another hash/,
      /restricted to another mask does not sign/,
    ],
    failures: /to deeply equal|to be/,
  },
  {
    runtimes: ["Deno", "Chromium"],
    reason: "the runtime has no AES with keys of 192 bits where these algorithms need it",
    tests: [
      /A192(?:GCM|CBC|KW)/,
      /HS384\+A192KW/,
      /W10: what we make has a count that we accept/,
      /Wycheproof, encryption (?:json_web_encryption|a192cbc_hs384|aes_gcm|aes_cbc_pkcs5|aes_wrap)/,
    ],
    failures: REFUSED,
  },
  {
    runtimes: ["Deno"],
    reason: "Deno agrees on no secret with P-521",
    tests: [
      /ECDH-ES\S*[- ]P-521[- ]/,
      /opens nothing, and the error/,
      /ecdh_secp521r1/,
      /W6: that is genuine is taken, on every curve/,
    ],
    failures: REFUSED,
  },
  {
    runtimes: ["Deno"],
    reason: "Deno reads no RSA exponent of 64 bits",
    tests: [/S11: an exponent of 64 bits is read/],
    failures: /InvalidKeyError jwk_invalid/,
  },
  {
    runtimes: ["Deno"],
    reason: "Deno's node:zlib cannot be watched",
    tests: [/a compressed token/],
    failures: /Cannot redefine property/,
  },
  {
    runtimes: WEB,
    reason: "WebCrypto has nothing to open PEM that is encrypted in the way before PKCS#8",
    tests: [/encrypted (?:PKCS#1|SEC1)|encrypted forms with|HS\d+ refuses a \S+ key in every form/],
    failures: /the way before PKCS#8|InvalidKeyError/,
  },
  {
    runtimes: WEB,
    reason: "WebCrypto does not give away the public half of a key that must not leave it",
    tests: [/CryptoKeys that are not extractable sign, verify and show their public half/],
    failures: /the CryptoKey is not extractable/,
  },
  {
    runtimes: WEB,
    reason: "the Web's compression answers with promises; test/web has the Async forms",
    tests: [
      /a compressed token|W14: says so in the header|jwe-5_9\.compressed_content|accept a compressed token/,
      /Wycheproof, encryption json_web_encryption/,
    ],
    failures: REFUSED,
  },
  {
    runtimes: WEB,
    reason: "the test watches node:crypto at work",
    tests: [/W10: is seen where it is right|W10: is bounded for all recipients/],
    failures: /to be called|to be greater than/,
  },
  {
    runtimes: ["WebCrypto"],
    reason: "the copy that the test loads has the WebCrypto that answers with promises",
    tests: [/U7: an error of one is recognised by the other/],
    failures: /sync_unavailable/,
  },
  {
    runtimes: ["Chromium"],
    reason: "the test serves HTTP, which a page cannot",
    tests: ANY,
    failures: /an HTTP server is Node's own/,
  },
  {
    runtimes: ["Chromium"],
    reason: "the test is about Node's own printing",
    tests: ANY,
    failures: /Writable is not a constructor|util\.format is Node's own/,
  },
  {
    runtimes: ["Chromium"],
    reason: "the test listens to the warnings and events of Node's process",
    tests: ANY,
    failures: /process is not defined/,
  },
  {
    runtimes: ["workers"],
    reason: "the runtime lacks the algorithm",
    tests: [/: what the runtime lacks$/],
    failures: /algorithm_unavailable instead/,
  },
]
