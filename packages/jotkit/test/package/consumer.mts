// Compiled by scripts/check-package.mjs against the installed tarball.
import { createSecretKey } from "node:crypto"
import { decode, encode } from "jotkit"
import { ExpiredSignatureError, JwtError } from "jotkit/errors"

const key = createSecretKey("a secret of more than thirty-two bytes", "utf8")
const token: string = encode({ sub: "u1" }, key, { algorithm: "HS256" })
try {
  const { sub } = decode(token, key, { algorithms: ["HS256"] })
  const subject: string | undefined = sub
  console.log(subject)
} catch (error) {
  if (error instanceof ExpiredSignatureError) console.log(error.expiredAt.toISOString())
  else if (error instanceof JwtError) console.log(error.code)
}

// @ts-expect-error algorithms is a list
decode(token, key, { algorithms: "HS256" })
