/** Hashes in a token of what travels beside it, and of the certificate in its header. */

import { checkBindings } from "../judge/bindings.ts"
import { checkCertificates } from "../judge/certificates.ts"
import { type Context, type Finding, finding } from "./context.ts"

/** CLM-HASH: each hash of the token that is not that of its counterpart; of a certificate that is the one in the header. */
export async function checkHashes(context: Context): Promise<Finding[]> {
  const chains = await checkCertificates(context.reading, { now: context.options.now })
  const wrong = chains.flatMap(({ checks }) => checks.filter(({ name, status }) => name !== "key" && status === "fail"))
  const ofCertificate = wrong.map(({ name }) => ({
    ...finding(context, "CLM-HASH", `/header/${name}`, { detail: name }),
    ref: "RFC 7515, section 4.1.7",
  }))
  return [...ofCertificate, ...(await checkClaimHashes(context))]
}

async function checkClaimHashes(context: Context): Promise<Finding[]> {
  // A payload that is no object has no claims.
  if (context.claims === undefined) return []
  const bindings = await checkBindings(context.reading, context.options.counterparts ?? {})
  return bindings
    .filter(({ status }) => status === "fail")
    .map(({ name, path }) => finding(context, "CLM-HASH", path, { detail: name }))
}
