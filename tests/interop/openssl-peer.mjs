// @ts-check
// The command `openssl` at the other end of a pipe: it makes keys in its forms, and reads ours.
import { file, run, serve } from "./commands.mjs"

const openssl = (/** @type {readonly string[]} */ args, /** @type {string | Uint8Array} */ input = "") =>
  run("openssl", args, input)
const CURVES = new Map([
  ["P-256", "P-256"],
  ["P-384", "P-384"],
  ["P-521", "P-521"],
  ["secp256k1", "secp256k1"],
])
/** @type {Map<string, Buffer>} */
const made = new Map()

/** @param {string} kind */
function privatePem(kind) {
  const known = made.get(kind)
  if (known !== undefined) return known
  const curve = CURVES.get(kind)
  const args =
    kind === "RSA"
      ? ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
      : curve === undefined
        ? ["-algorithm", kind]
        : ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`, "-pkeyopt", "ec_param_enc:named_curve"]
  const pem = openssl(["genpkey", ...args])
  made.set(kind, pem)
  return pem
}

/** @type {Record<string, (pem: Buffer, pass: string) => Buffer>} */
const FORMS = {
  pkcs8: (pem) => pem,
  "pkcs8 in DER": (pem) => openssl(["pkey", "-outform", "DER"], pem),
  "encrypted pkcs8": (pem, pass) => openssl(["pkcs8", "-topk8", "-passout", pass], pem),
  "encrypted pkcs8 in DER": (pem, pass) => openssl(["pkcs8", "-topk8", "-outform", "DER", "-passout", pass], pem),
  "encrypted pkcs8 with scrypt": (pem, pass) => openssl(["pkcs8", "-topk8", "-scrypt", "-passout", pass], pem),
  traditional: (pem) => openssl(["pkey", "-traditional"], pem),
  "traditional in DER": (pem) => openssl(["pkey", "-traditional", "-outform", "DER"], pem),
  "encrypted traditional": (pem, pass) => openssl(["pkey", "-traditional", "-aes256", "-passout", pass], pem),
  spki: (pem) => openssl(["pkey", "-pubout"], pem),
  "spki in DER": (pem) => openssl(["pkey", "-pubout", "-outform", "DER"], pem),
  pkcs1: (pem) => openssl(["rsa", "-RSAPublicKey_out"], pem),
  certificate: (pem) => openssl(["req", "-x509", "-subj", "/CN=interop", "-key", file(pem)]),
  "certificate in DER": (pem) =>
    openssl(["req", "-x509", "-subj", "/CN=interop", "-outform", "DER", "-key", file(pem)]),
}

await serve({
  about: () => openssl(["version"]).toString().split(" ")[1],
  make: ({ kind, form, passphrase }) => FORMS[form]?.(privatePem(kind), `pass:${passphrase}`).toString("base64"),
  /** The public half of what another program wrote. */
  public: ({ data, passphrase, args }) =>
    openssl(["pkey", "-pubout", "-passin", `pass:${passphrase}`, ...args], Buffer.from(data, "base64")).toString(),
})
