// @ts-check
// A Flask application with Flask-JWT-Extended beside one of ours: the same requests get the same answers, and each takes the other's tokens.
import { APPLICATIONS, SECRET } from "./flask-applications.mjs"
import { DIFFERENCES } from "./flask-differences.mjs"
import { TOKENS, VALUES } from "./flask-random.mjs"
import { ROWS } from "./flask-requests.mjs"
import { serveOurs } from "./flask-server.mjs"
import { exchangeCookies, exchangeTokens } from "./flask-tokens.mjs"
import { send } from "./http.mjs"

/**
 * @typedef {object} Pair One application, served by both.
 * @property {number} theirs A port.
 * @property {number} ours
 * @property {import("@jotkit/auth").Auth} auth
 * @property {boolean} isByCookie Whether tokens are looked for in cookies alone.
 * @property {() => void} close
 */

const JSON_TYPE = "application/json"
const UNSIGNED = "Signature verification failed"
/** What the table of error responses says; every other text is the library's for tokens, and ours is of its own. */
const TABLE = [
  /^Missing /,
  /^Bad .* header\. Expected /,
  /^CSRF double submit tokens do not match$/,
  /^Invalid value for query parameter /,
  /^Invalid content-type\. /,
  /^Token has /,
  /^Only /,
  /^Fresh token required$/,
  /^User claims verification failed$/,
  /^Error loading the user /,
]

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./tally.mjs").Tally} tally
 */
export async function exchangeWithFlask(peer, tally) {
  /** @type {Map<string, Pair>} */
  const pairs = new Map()
  for (const [name, application] of Object.entries(APPLICATIONS)) pairs.set(name, await pairOf(peer, application))
  await sameAnswers(pairs, tally)
  await anything(pairs, tally)
  await exchangeTokens(peer, pairs, tally)
  await exchangeCookies(pairs, tally)
  for (const { close } of pairs.values()) close()
}

/**
 * @param {import("./peer.mjs").Peer} peer
 * @param {import("./flask-applications.mjs").Application} application
 * @returns {Promise<Pair>}
 */
async function pairOf(peer, application) {
  const { theirs, callbacks = [] } = application
  const config = { JWT_SECRET_KEY: SECRET, ...theirs }
  const { port, close, auth } = await serveOurs(application)
  const isByCookie = application.ours.locations === "cookie"
  return { theirs: (await peer.ask("start", { config, callbacks })).value, ours: port, auth, isByCookie, close }
}

/**
 * The table, and whatever else a header may hold.
 *
 * @param {ReadonlyMap<string, Pair>} pairs
 * @param {import("./tally.mjs").Tally} tally
 */
async function sameAnswers(pairs, tally) {
  for (const { number, title, application, differs, ...sent } of ROWS) {
    const pair = pairs.get(application)
    if (pair === undefined) throw new Error(`no application ${application}`)
    const [theirs, ours] = await askBoth(pair, sent)
    const what = `case ${number}, ${application}: ${sent.method ?? "GET"} ${title}`
    if (differs === undefined) await tally.same(what, ours, expectedOf(theirs, ours))
    else await differences(what, differs, [theirs, ours], tally)
  }
}

/**
 * Headers and tokens that nobody has thought of.
 *
 * @param {ReadonlyMap<string, Pair>} pairs
 * @param {import("./tally.mjs").Tally} tally
 */
async function anything(pairs, tally) {
  const lines = [...VALUES, ...TOKENS.map((token) => `Bearer ${token}`)]
  for (const [index, Authorization] of lines.entries()) {
    const application = ["header", "scheme JWT", "no scheme"][index < VALUES.length ? index % 3 : 0] ?? "header"
    const path = index % 2 === 0 ? "/p" : "/o"
    const pair = /** @type {Pair} */ (pairs.get(application))
    const [theirs, ours] = await askBoth(pair, { path, headers: { Authorization } })
    const what = `${application}: GET ${path} ${JSON.stringify(Authorization)}`
    await tally.same(what, ours, expectedOf(theirs, ours))
  }
}

/**
 * @param {string} what
 * @param {string} name
 * @param {[theirs: Told, ours: Told]} told
 * @param {import("./tally.mjs").Tally} tally
 */
async function differences(what, name, [theirs, ours], tally) {
  const known = DIFFERENCES[name]
  if (known === undefined) throw new Error(`no difference ${name}`)
  /** @type {(told: Told, expected: import("./flask-differences.mjs").Expected) => unknown[]} */
  const shown = (told, [, message]) => (message === undefined ? [told.status] : [told.status, messageOf(told)])
  await tally.same(`${what}, theirs (${name})`, shown(theirs, known.theirs), [...known.theirs])
  await tally.same(`${what}, ours (${name}: ${known.why})`, shown(ours, known.ours), [...known.ours])
}

/** @typedef {{ status: number, body: unknown, type: string | undefined, challenge: string | undefined }} Told */

/**
 * @param {Pair} pair
 * @param {import("./http.mjs").Sent} sent
 * @returns {Promise<[theirs: Told, ours: Told]>}
 */
async function askBoth({ theirs, ours }, sent) {
  const [one, other] = await Promise.all([send(theirs, sent), send(ours, sent)])
  return [toldBy(one), toldBy(other)]
}

/**
 * @param {import("./http.mjs").Received} received
 * @returns {Told}
 */
function toldBy({ status, headers, body }) {
  const type = headers["content-type"]
  const value = type === JSON_TYPE && body !== "" ? JSON.parse(body) : body
  return { status, body: value, type, challenge: headers["www-authenticate"] }
}

/**
 * What ours must be: the same; only the text about a token that the library refuses is our own. Of several faults it may be another one,
 * since no claim of ours is looked at before the signature holds.
 *
 * @param {Told} theirs
 * @param {Told} ours
 */
function expectedOf(theirs, ours) {
  const isTheLibrarys =
    theirs.status === 422 && messageOf(theirs) !== UNSIGNED && !isOfTable(theirs) && !isOfTable(ours)
  return isTheLibrarys ? { ...theirs, body: { msg: messageOf(ours) ?? "a text" } } : theirs
}

/** @param {Told} told */
function isOfTable(told) {
  const message = messageOf(told)
  return message === undefined || TABLE.some((text) => text.test(message))
}

/** @param {Told} told */
function messageOf(told) {
  const { msg } = /** @type {{ msg?: unknown }} */ (Object(told.body))
  return typeof msg === "string" ? msg : undefined
}
