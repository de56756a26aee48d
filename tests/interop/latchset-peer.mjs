// @ts-check
// The command `jose` of latchset, as Debian has it, at the other end of a pipe. The first argument is where it is.
import { file, run, serve } from "./commands.mjs"

const [command = "jose"] = process.argv.slice(2)
const text = (/** @type {Buffer} */ bytes) => bytes.toString("utf8").trim()
const jwkFile = (/** @type {object} */ jwk) => file(JSON.stringify(jwk))

await serve({
  /** It says no version. */
  about: () => `with ${text(run(command, ["alg"])).split("\n").length} algorithms`,
  generate: ({ alg }) => {
    const jwk = JSON.parse(text(run(command, ["jwk", "gen", "-i", JSON.stringify({ alg })])))
    return { jwk, thumbprint: text(run(command, ["jwk", "thp", "-a", "S256", "-i", jwkFile(jwk)])) }
  },
  sign: ({ protected: header, payload, key }) => {
    const signature = JSON.stringify({ protected: header })
    const args = [
      "jws",
      "sig",
      "-I",
      file(Buffer.from(payload, "base64url")),
      "-s",
      signature,
      "-k",
      jwkFile(key),
      "-c",
    ]
    return text(run(command, args))
  },
  verify: ({ token, key }) =>
    run(command, ["jws", "ver", "-i", file(token), "-k", jwkFile(key), "-O", "-"]).toString("base64url"),
  encrypt: ({ protected: header, recipients, plaintext }) => {
    const [{ key }] = recipients
    const message = JSON.stringify({ protected: header })
    const args = [
      "jwe",
      "enc",
      "-i",
      message,
      "-I",
      file(Buffer.from(plaintext, "base64url")),
      "-k",
      jwkFile(key),
      "-c",
    ]
    return text(run(command, args))
  },
  decrypt: ({ token, key }) =>
    run(command, ["jwe", "dec", "-i", file(token), "-k", jwkFile(key)]).toString("base64url"),
})
