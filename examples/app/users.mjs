// @ts-check
/** The users of the example servers, in place of a table of yours. Real ones have a slow hash of their password (argon2id, scrypt). */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"

/** @typedef {{ name: string, nickname: string, locale: string, roles: string[] }} User */

const pepper = randomBytes(32)

/** @type {ReadonlyMap<string, User & { password: Buffer }>} */
const users = new Map([
  ["ada", { name: "ada", nickname: "Ada", locale: "en", roles: ["admin"], password: digest("lovelace") }],
  ["lin", { name: "lin", nickname: "小林", locale: "zh-TW", roles: [], password: digest("taipei") }],
])

/** @param {string} name */
export function findUser(name) {
  return users.get(name)
}

/**
 * The user with this name and password. Takes as long for a name that nobody has.
 *
 * @param {string} name
 * @param {string} password
 */
export function findByPassword(name, password) {
  const user = users.get(name)
  const matches = timingSafeEqual(digest(password), user?.password ?? pepper)
  return matches ? user : undefined
}

/** @param {string} text */
function digest(text) {
  return createHmac("sha256", pepper).update(text).digest()
}
