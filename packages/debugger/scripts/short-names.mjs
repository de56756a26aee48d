// @ts-check
// Names of properties that only our own objects have, shortened in the page. The list says which: none that JSON, the platform, Preact or a
// catalogue knows, and none that a text spells out, which is looked after here. The same program is the worker, so both sides agree.
import { minifySync, parseAst, Visitor } from "vite"

const NAMES = `
  OBJECT_ID BIT_STRING OCTET_STRING SEQUENCE INTEGER alternativeNames answersAtOnce boundAlgorithm checkSignature cryptoKey curves
  decryptRsa defaultType derivePublic diagnosis encryptRsa encryptedKey enforceLength expiredAt exportEncryptedPem exportMembers exportPem
  exportSecret generalizedTime hashBytes importDer importEncryptedPem importMembers importPlatformKey importSecret invalidAt isAllowed
  isAvailable isDetached isEncrypted isIndented isPointedAt isPrivate isSymmetric isUnencoded isUnsecured isUsable isWaivable ivBytes
  judgment keyBinding keyBits keyBytes keyType lineStart maskHash maxCharacters maxDisclosures maxValues nameRange notAfter objectId
  obstacle octetString offered operations problems protectedHeader provenance pssIdentifier publicHalf publicMembers readBits readObjectId
  readOptional readSmall readUnsigned recipientHeader saltBytes secretBytes severity signatureBytes signingInput spareBitsAt standardAt supportsKeys
  tagBytes toPrivateJSON unchecked validFrom variant verifiedBy verifyLater violations vocabulary wrapBytes
`
  .trim()
  .split(/\s+/)

/**
 * @param {string} code The whole program of a page.
 * @returns {string} The same, small.
 */
export function shortened(code) {
  const mangleProps = { include: new RegExp(`^(?:${NAMES.join("|")})$`) }
  assertOurs(code)
  const { code: small, errors } = minifySync("page.js", code, { compress: { target: "es2022" }, mangleProps })
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"))
  return small
}

/**
 * A name that is spelled out would be looked for in vain.
 *
 * @param {string} code
 */
function assertOurs(code) {
  /** @param {string} text */
  const look = (text) => {
    const words = text.split(/[\s.]+/)
    const found =
      words.length < 4 || !/[ .](?:a|is|of|the|to) /.test(text) ? words.find((word) => NAMES.includes(word)) : undefined
    if (found !== undefined) throw new Error(`${found} is spelled out in the page: it cannot be shortened`)
  }
  new Visitor({
    Literal({ value }) {
      if (typeof value === "string") look(value)
    },
    TemplateElement({ value }) {
      look(value.cooked ?? "")
    },
  }).visit(parseAst(code))
}
