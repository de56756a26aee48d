// @ts-check
// The requests that both servers get: section by section what clients of Flask-JWT-Extended send, good and bad. Numbers are the cases'.
import { createHmac, randomUUID } from "node:crypto"
import { decodeUnverified, signJws } from "jotkit"
import { SECRET } from "./flask-applications.mjs"

/**
 * @typedef {object} Row
 * @property {number} number
 * @property {string} title
 * @property {import("./flask-applications.mjs").ApplicationName} application
 * @property {string} path
 * @property {string} [method]
 * @property {Readonly<Record<string, string | string[]>>} [headers]
 * @property {string} [body]
 * @property {string} [differs] The name of a known difference.
 */

/** @typedef {Partial<Omit<Row, "number" | "title">> & { cookies?: string, json?: unknown, form?: Record<string, string> }} Ask */

const JSON_TYPE = "application/json"
const FORM_TYPE = "application/x-www-form-urlencoded"
const BOUNDARY = "interop"
/** Times are far from it, so that it does not matter how long the requests take. */
const now = Math.floor(Date.now() / 1000)

/**
 * A token with these claims over the usual ones; undefined leaves one out.
 *
 * @param {object} [claims]
 * @param {Readonly<Record<string, unknown>>} [header]
 */
export function made(claims = {}, header = { typ: "JWT" }) {
  const ids = { jti: randomUUID(), csrf: randomUUID() }
  const usual = { sub: "u1", type: "access", fresh: false, ...ids, iat: now, nbf: now, exp: now + 9000 }
  return signJws(JSON.stringify({ ...usual, ...claims }), SECRET, { algorithm: "HS256", header })
}

/**
 * Signed with the secret, whatever header and payload are.
 *
 * @param {string} header
 * @param {string} payload
 */
function signed(header, payload) {
  const input = `${Buffer.from(header).toString("base64url")}.${Buffer.from(payload).toString("base64url")}`
  return `${input}.${createHmac("sha256", SECRET).update(input).digest("base64url")}`
}

export const A = made()
const AF = made({ fresh: true })
const R = made({ type: "refresh" })
const RF = made({ type: "refresh", fresh: true })
const X = made({ exp: now - 5 })
const BARE = signed('{"alg":"HS256"}', '{"sub":"u1"}')
const NO_CSRF = made({ csrf: undefined })

/** @param {string} token */
function csrfOf(token) {
  return String(/** @type {{ csrf?: unknown }} */ (decodeUnverified(token).payload).csrf)
}

/**
 * @param {number} number
 * @param {string} title
 * @param {Ask} ask
 * @returns {Row}
 */
function row(number, title, { cookies, json, form, headers, ...ask }) {
  const type = json === undefined ? (form === undefined ? undefined : FORM_TYPE) : JSON_TYPE
  const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json)
  return {
    number,
    title,
    application: "header",
    path: "/p",
    ...(body === undefined ? {} : { body }),
    ...ask,
    headers: {
      ...(type === undefined ? {} : { "Content-Type": type }),
      ...(cookies === undefined ? {} : { Cookie: cookies }),
      ...headers,
    },
  }
}

/**
 * A request with an Authorization header.
 *
 * @param {number} number
 * @param {string | string[]} value
 * @param {Ask} [ask]
 */
function header(number, value, ask = {}) {
  const title = `${ask.path ?? "/p"} ${JSON.stringify(value).replaceAll(/eyJ[\w.-]+/g, "…")}`
  return row(number, title, { ...ask, headers: { Authorization: value, ...ask.headers } })
}

/**
 * A token with claims of its own, in the header.
 *
 * @param {number} number
 * @param {object} claims
 * @param {Ask} [ask]
 */
function claims(number, claims, ask = {}) {
  const title = `${ask.path ?? "/p"} with ${JSON.stringify(claims)}`
  return row(number, title, { ...ask, headers: { Authorization: `Bearer ${made(claims)}` } })
}

/** @returns {Row[]} */
function inHeader() {
  const good = [
    ...[`Bearer ${A}`, `Bearer ${A}, Basic creds`, `Basic creds, Bearer ${A}`, `Basic x,Bearer ${A}`],
    ...[`Bearer ${A},   `, `, Bearer ${A}`, `,Bearer ${A}`, `Basic x , , Bearer ${A}`, `Bearer  ${A}`, `Bearer\t${A}`],
    ...[`Bearer ${A}\t`, `Bearer ${A} ,`, `Bearer ${A},,,`, `Digest a="b, c", Bearer ${A}`],
  ]
  const bad = [
    ...["Basic creds", "Bearer ", "Bearer", `Bearer ${A} extra`, `Bearer, ${A}`, "Bearer ,,0"],
    ...[`Bearer ${A}, Bearer ${A}`, `Bearer${A}`, A, ",", ",,", "  ", "Bearer Bearer", "Bearer,Bearer"],
    ...["Bearer a, Basic b, Bearer c", "Bearer =", 'Bearer realm="x"', "Bearer ,", ",Bearer", "Bearer a b c d"],
  ]
  const foo = /** @type {const} */ ({ application: "header Foo" })
  const jwt = /** @type {const} */ ({ application: "scheme JWT" })
  const bare = /** @type {const} */ ({ application: "no scheme" })
  return [
    row(1, "no header", {}),
    row(1, "an empty header", { headers: { Authorization: "" } }),
    ...good.map((value) => header(2, value)),
    ...bad.map((value) => header(3, value)),
    ...[...good, ...bad].map((value) => header(91, value, { path: "/o" })),
    header(20, ", ,", { differs: "empty items" }),
    header(20, " ,\t, ", { differs: "empty items" }),
    header(15, [`Bearer ${A}`, `Bearer ${A}`]),
    header(16, ["Basic x", `Bearer ${A}`]),
    header(17, `bearer ${A}`, { differs: "D-4" }),
    header(17, `BEARER ${A}`, { differs: "D-4" }),
    header(21, `Bearer ${A}`, foo),
    ...["Foo", "foo", "FOO"].map((name) => row(21, name, { ...foo, headers: { [name]: `Bearer ${A}` } })),
    row(21, "a list", { ...foo, headers: { Foo: `Basic c, Bearer ${A}` } }),
    row(21, "another list", { ...foo, headers: { Foo: `Bearer ${A}, Basic c` } }),
    ...[`Bearer ${A}`, `JWT ${A}`, `JWT ${A}, Basic c`, `Basic c, JWT ${A}`, "JWT", "JWT a b"].map((value) =>
      header(22, value, jwt),
    ),
    ...[A, `Bearer ${A}`, `${A},`, ` ${A}`, `${A}, ${A}`, `${A},${A}`, "", ",", ", ,", `,${A}`, `${A}\t`].map((value) =>
      header(23, value, bare),
    ),
    header(29, `Bearer ${A}`, { method: "POST", application: "headers, cookies" }),
    ...["PUT", "PATCH", "DELETE", "HEAD", "PURGE"].map((method) => header(29, `Bearer ${A}`, { method })),
  ]
}

/** @returns {Row[]} */
function malformed() {
  const [head = "", payload = "", signature = ""] = A.split(".")
  const claimsText = JSON.stringify({ sub: "u1", exp: now + 9000 })
  const typ = (/** @type {object} */ more) => JSON.stringify({ alg: "HS256", typ: "JWT", ...more })
  const tokens = [
    ...["xxx", "foobarbaz", "aaaaa.bbbbb.ccccc", "a.b", `${A}.AAAA`, `${A}.`, `.${A}`, "..", "...", "a..b", "....."],
    ...[`${head}.${payload}`, `${head}..${signature}`, `.${payload}.${signature}`, `${head}.${payload}.`],
    ...[`${A.slice(0, -8)}AAAAAAAA`, `${A}==`, `${A}A`, `${head}=.${payload}.${signature}`],
    ...[`${head}.${payload}.${signature.slice(0, -1)}`, `${A}ä`, `ä${A}`, `${A}\x00`.slice(0, -1).replace(".", "%2E")],
    signed("x", claimsText),
    signed("[]", claimsText),
    signed('"x"', claimsText),
    signed("5", claimsText),
    signed("null", claimsText),
    signed("{}", claimsText),
    signed('{"typ":"JWT"}', claimsText),
    ...["none", "None", "NONE", "HS384", "HS512", "RS256", "ES256", "", "hs256", "HS256 ", "foo"].map((alg) =>
      signed(typ({ alg }), claimsText),
    ),
    ...[null, 5, [], {}, true].map((alg) => signed(typ({ alg }), claimsText)),
    ...["x", "[]", '"x"', "5", "null", "", "{", "{}", '{"foo":"bar"}', '{"sub":"u1"'].map((text) =>
      signed(typ({}), text),
    ),
    ...[["foo"], ["exp"], [], "foo", [5], null].map((crit) => signed(typ({ crit, foo: 1 }), claimsText)),
    ...[5, null, {}, []].map((kid) => signed(typ({ kid }), claimsText)),
  ]
  const other = "fedcba9876543210fedcba9876543210"
  const forged = ["HS256", "HS384", "HS512"].map((algorithm) =>
    signJws(claimsText, Buffer.from(other + other), { algorithm, header: { typ: "JWT" } }),
  )
  /** @type {[differs: string, token: string][]} */
  const known = [
    ["padding", `${A}=`],
    ["byte order mark", signed(typ({}), "\ufeff{}")],
  ]
  const accepted = [{ typ: "at+jwt", kid: "x" }, { typ: "foo" }, { kid: "k" }, { typ: "JWT", cty: "JWT", x: { y: 1 } }]
  return [
    ...[...tokens, ...forged].map((token, index) =>
      row(30 + Math.min(index, 17), `malformed ${index}: ${token.slice(0, 12)}…`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    ),
    ...known.map(([differs, token]) => row(43, differs, { headers: { Authorization: `Bearer ${token}` }, differs })),
    ...accepted.map((head) =>
      row(48, JSON.stringify(head), { headers: { Authorization: `Bearer ${made({}, head)}` } }),
    ),
    header(39, `Bearer ${A}`, { application: "HS512" }),
    .../** @type {const} */ (["RS256", "PS256", "ES256", "ES384", "EdDSA"]).map((application) =>
      header(40, `Bearer ${A}`, { application }),
    ),
  ]
}

/** @returns {Row[]} */
function aboutClaims() {
  const far = now + 9000
  return [
    claims(52, { sub: undefined }),
    claims(52, { sub: undefined, foo: "bar" }, { path: "/r" }),
    ...[1, 0, {}, [], false, true].map((sub) => claims(55, { sub })),
    claims(55, { sub: null }, { differs: "null" }),
    claims(55, { sub: "" }),
    claims(55, { sub: "你好 ☃ \u0000 '\"" }),
    ...["/p", "/f", "/r", "/o", "/any"].flatMap((path) => [
      claims(53, { type: undefined }, { path }),
      claims(53, { exp: undefined }, { path }),
      claims(53, { fresh: undefined, jti: undefined, csrf: undefined, nbf: undefined, iat: undefined }, { path }),
      row(53, `nothing but a subject at ${path}`, { path, headers: { Authorization: `Bearer ${BARE}` } }),
    ]),
    ...identities(),
    claims(54, { type: undefined }, { path: "/r" }),
    claims(54, { type: undefined, fresh: undefined }, { path: "/r" }),
    ...["/p", "/f", "/o", "/of", "/r"].map((path) => header(59, `Bearer ${X}`, { path })),
    claims(60, { exp: now }),
    claims(60, { exp: now - 100 }, { application: "leeway" }),
    claims(60, { exp: now - 1000 }, { application: "leeway" }),
    claims(60, { exp: 0 }),
    claims(60, { exp: -1 }),
    claims(61, { exp: far + 0.5 }),
    claims(61, { exp: String(far) }, { differs: "text for a time" }),
    ...["0", " 5 ", "1_000", true, false].map((exp) =>
      claims(61, { exp }, { differs: "text for a time that is over" }),
    ),
    ...[true, false, "0", " 5 "].map((nbf) => claims(62, { nbf }, { differs: "text for a time" })),
    ...[true, false, "0", " 5 "].map((iat) => claims(63, { iat }, { differs: "text for a time" })),
    ...["soon", null, {}, [], ""].map((exp) => claims(61, { exp })),
    ...[now + 5000, "x", {}, []].map((nbf) => claims(62, { nbf })),
    claims(62, { nbf: now + 200 }, { application: "leeway" }),
    claims(62, { nbf: now + 5000 }, { application: "leeway" }),
    claims(62, { nbf: undefined }),
    claims(62, { nbf: now - 0.5 }),
    ...[now + 5000, "x", {}, []].map((iat) => claims(63, { iat })),
    claims(63, { iat: now + 200 }, { application: "leeway" }),
    claims(63, { iat: now + 5000 }, { application: "leeway" }),
    claims(63, { iat: undefined }),
    ...[5, null, {}, [], true].map((jti) => claims(64, { jti })),
    claims(64, { jti: "" }),
    ...["app", null, 5, "", "Access", "REFRESH"].map((type) => claims(65, { type })),
    ...["app", null, 5, "", "Access", "REFRESH"].map((type) => claims(65, { type }, { path: "/r" })),
    ...["/any", "/p", "/o"].flatMap((path) => [A, AF].map((token) => header(68, `Bearer ${token}`, { path }))),
    ...["/any", "/anyr"].map((path) => header(68, `Bearer ${R}`, { path })),
    ...["/any", "/anyr", "/r", "/f", "/rf", "/anyf", "/skip"].map((path) => row(68, `nothing at ${path}`, { path })),
    ...["/p", "/f", "/o", "/of", "/skip"].map((path) => header(69, `Bearer ${R}`, { path })),
    ...["/r", "/or", "/rf"].flatMap((path) => [A, AF].map((token) => header(70, `Bearer ${token}`, { path }))),
    header(71, `Bearer ${R}`, { path: "/r" }),
    header(74, `Bearer ${made({ type: "refresh", fresh: true })}`, { path: "/r" }),
    header(75, `Bearer ${AF}`, { path: "/f" }),
    header(76, `Bearer ${A}`, { path: "/f" }),
    ...[now + 5000, now + 5000.5, now - 60, 0, 1, -1, false].map((fresh) => claims(77, { fresh }, { path: "/f" })),
    ...[now + 5000, now - 60, 0, 1].map((fresh) => claims(80, { fresh })),
    claims(81, { fresh: undefined }, { path: "/f" }),
    ...[null, "true", []].map((fresh) => claims(82, { fresh }, { path: "/f", differs: "D-11" })),
    header(85, `Bearer ${R}`, { path: "/rf" }),
    header(85, `Bearer ${RF}`, { path: "/rf" }),
    ...[A, AF, R].map((token) => header(86, `Bearer ${token}`, { path: "/anyf" })),
    claims(189, { type: "refresh", exp: now - 5 }),
    claims(190, { exp: 1, sub: 5 }),
    claims(190, { exp: 1, sub: undefined }),
    claims(190, { exp: 1, nbf: now + 5000 }),
    claims(190, { exp: 1, iat: now + 5000 }),
    claims(190, { exp: 1, jti: 5 }),
    header(190, `Bearer ${X.slice(0, -8)}AAAAAAAA`),
    ...audiences(),
  ]
}

/** @returns {Row[]} */
function identities() {
  const any = /** @type {const} */ ({ application: "any subject" })
  const uid = /** @type {const} */ ({ application: "identity in uid" })
  const told = /** @type {const} */ ({ application: "own message member" })
  const two = /** @type {const} */ ({ application: "HS512 too" })
  const long = Buffer.from(SECRET)
  return [
    ...["u2", ""].map((sub) => claims(56, { sub }, any)),
    ...[1, 0, {}, [], false, true].map((sub) => claims(56, { sub }, { ...any, differs: "identity" })),
    claims(56, { sub: undefined }, any),
    ...["u2", ""].map((id) => claims(58, { uid: id }, uid)),
    ...[1, 0, { a: 1 }, [], false].map((id) => claims(58, { uid: id }, { ...uid, differs: "identity" })),
    claims(58, {}, uid),
    claims(58, { sub: undefined, uid: "u2" }, uid),
    claims(58, { sub: 5, uid: "u2" }, uid),
    row(28, "nothing", told),
    ...["Basic x", "Bearer", `Bearer ${X}`, `Bearer ${R}`, `Bearer ${A}`].map((value) => header(28, value, told)),
    ...["HS256", "HS512", "HS384"].map((algorithm) => {
      const text = JSON.stringify({ sub: "u1", exp: now + 9000 })
      return header(49, `Bearer ${signJws(text, long, { algorithm, enforceMinimumKeyLength: false })}`, two)
    }),
    ...["u1", "u2", 5, undefined].map((sub) => claims(207, { sub }, { application: "keys of subjects" })),
  ]
}

/** @returns {Row[]} */
function audiences() {
  const iss = "http://localhost:5000"
  const both = /** @type {const} */ ({ application: "audience and issuer" })
  const two = /** @type {const} */ ({ application: "two audiences" })
  return [
    ...["foo", ["foo"], ["bar", "foo"]].map((aud) => claims(205, { aud, iss }, both)),
    ...["bar", ["bar"], ["bar", "baz"], [], "", null, 5, ["foo", 5], [null], {}, undefined, "foo "].map((aud) =>
      claims(205, { aud, iss }, both),
    ),
    ...["foo", ["bar"], ["foo", "bar", "baz"], "baz", ["baz"], undefined].map((aud) => claims(205, { aud }, two)),
    ...["foo", ["foo"], "", [], 5, true, {}, [5]].map((aud) => claims(205, { aud }, { differs: "D-18" })),
    ...["https://other.example", "", null, 5, [iss], ["https://other.example"], {}, undefined].map((issuer) =>
      claims(206, { aud: "foo", iss: issuer }, both),
    ),
    claims(206, { iss: "anyone" }),
    ...[null, 5, true, [], [iss], {}].map((issuer) => claims(206, { iss: issuer }, { differs: "issuer" })),
    claims(190, { exp: 1, aud: "bar", iss }, both),
    claims(190, { exp: 1, aud: "foo", iss: "x" }, both),
    claims(190, { exp: 1, aud: "foo", iss }, both),
  ]
}

/** @returns {Row[]} */
function optional() {
  return [
    ...["/o", "/of", "/or"].map((path) => row(87, `nothing at ${path}`, { path })),
    ...["Foo 1, Bar 2, Baz, 3", "Foo 1, Bearer, Baz, 3", "Foo 1, Bearer 2, Baz, 3", "Bearer xxx"].map((value) =>
      header(92, value, { path: "/o" }),
    ),
    header(96, `Bearer ${A}`, { path: "/of" }),
    header(96, `Bearer ${AF}`, { path: "/of" }),
    header(97, `Bearer ${R}`, { path: "/or" }),
    row(99, "a value without the prefix", { path: `/o?jwt=${A}`, application: "query with prefix" }),
    row(99, "no value", { path: "/o?jwt=", application: "query with prefix" }),
  ]
}

const access = (/** @type {string} */ token) => `access_token_cookie=${token}`
const refresh = (/** @type {string} */ token) => `refresh_token_cookie=${token}`
const sent = (/** @type {string | string[]} */ value) => ({ "X-CSRF-TOKEN": value })
const UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]

/** @returns {Row[]} */
function byCookie() {
  /** @type {(number: number, title: string, ask: Ask) => Row} */
  const ask = (number, title, asked) => row(number, title, { application: "cookies", ...asked })
  /** @type {(number: number, title: string, asked: Ask) => Row} */
  const post = (number, title, asked) => ask(number, title, { method: "POST", ...asked })
  const cookies = access(A)
  return [
    ...["/p", "/r", "/any", "/anyr", "/o", "/h", "/c"].map((path) => ask(101, `no cookie at ${path}`, { path })),
    ask(101, "a cookie", { cookies }),
    ask(101, "a refresh cookie", { cookies: refresh(R), path: "/r" }),
    ask(101, "the other cookie", { cookies: refresh(R) }),
    ask(101, "the other cookie for refreshing", { cookies, path: "/r" }),
    ask(66, "an access cookie", { cookies, path: "/any" }),
    ask(66, "a refresh cookie alone", { cookies: refresh(R), path: "/any", differs: "D-17 access" }),
    ask(67, "a refresh cookie", { cookies: refresh(R), path: "/anyr" }),
    ask(67, "an access cookie alone", { cookies, path: "/anyr", differs: "D-17 refresh" }),
    ask(73, "a refresh token in the access cookie", { cookies: access(R) }),
    ask(73, "an access token in the refresh cookie", { cookies: refresh(A), path: "/r" }),
    ask(102, "an empty cookie", { cookies: access("") }),
    ask(102, "an empty cookie, then a good one", { cookies: `${access("")}; ${access(A)}` }),
    ask(103, "a cookie in other letters", { cookies: `Access_token_cookie=${A}` }),
    ask(104, "a good one, then a bad one", { cookies: `${access(A)}; ${access("x")}` }),
    ask(104, "a bad one, then a good one", { cookies: `${access("x")}; ${access(A)}` }),
    ask(104, "among others", { cookies: `a=b; ${cookies}; c=d;e=f` }),
    ask(104, "without a blank", { cookies: `a=b;${cookies};c` }),
    ask(104, "in quotes", { cookies: `access_token_cookie="${A}"` }),
    ask(104, "blanks about it", { cookies: `  access_token_cookie = ${A} ; x=y` }),
    ask(104, "a quoted semicolon", { cookies: `x="; ${cookies}; "`, differs: "quoted semicolon" }),
    ...["x y", `"${A}`, `${A}"`].map((value) =>
      ask(104, `octets ${value.length}`, { cookies: access(value), differs: "cookie octets" }),
    ),
    ...[
      `=x; ${cookies}`,
      `x; ${cookies}; y`,
      `${cookies}; access_token_cookie`,
      `;;${cookies};;`,
      `x=é; ${cookies}`,
    ].map((line) => ask(104, line.replaceAll(A, "…"), { cookies: line })),
    ...[`${cookies},x=y`, `x=y, ${cookies}`, "access_token_cookie", `access_token_cookie==${A}`, `${cookies}é`].map(
      (line) => ask(104, line.replaceAll(A, "…"), { cookies: line }),
    ),
    ask(104, "in percent", { cookies: access(A.replace(".", "%2E")) }),
    ask(105, "GET with another value", { cookies, headers: sent("x") }),
    ask(105, "HEAD", { cookies, method: "HEAD" }),
    ask(105, "OPTIONS", { cookies, method: "OPTIONS" }),
    ...UNSAFE.flatMap((method) => [
      ask(106, `${method} without a value`, { method, cookies }),
      ask(107, `${method} with the value`, { method, cookies, headers: sent(csrfOf(A)) }),
      ask(108, `${method} with another value`, { method, cookies, headers: sent("x") }),
      ask(106, `${method} without a cookie`, { method }),
    ]),
    post(107, "the header in lower case", { cookies, headers: { "x-csrf-token": csrfOf(A) } }),
    post(109, "an empty value", { cookies, headers: sent("") }),
    post(110, "in capitals", { cookies, headers: sent(csrfOf(A).toUpperCase()) }),
    post(110, "twice", { cookies, headers: sent([csrfOf(A), csrfOf(A)]) }),
    post(110, "a letter more", { cookies, headers: sent(`${csrfOf(A)}x`) }),
    post(110, "a letter less", { cookies, headers: sent(csrfOf(A).slice(0, -1)) }),
    post(111, "letters that are not ASCII", { cookies, headers: sent("ä"), differs: "D-12" }),
    post(112, "in the CSRF cookie alone", { cookies: `${cookies}; csrf_access_token=${csrfOf(A)}` }),
    post(113, "in the address", { cookies, path: `/p?csrf_token=${csrfOf(A)}&X-CSRF-TOKEN=${csrfOf(A)}` }),
    post(114, "refresh without a value", { cookies: refresh(R), path: "/r" }),
    post(114, "refresh with the value", { cookies: refresh(R), path: "/r", headers: sent(csrfOf(R)) }),
    post(114, "refresh with another value", { cookies: refresh(R), path: "/r", headers: sent("x") }),
    post(115, "the refresh token's value", { cookies: `${cookies}; ${refresh(R)}`, headers: sent(csrfOf(R)) }),
    post(115, "the access token's value", {
      cookies: `${cookies}; ${refresh(R)}`,
      path: "/r",
      headers: sent(csrfOf(A)),
    }),
    ...["/o", "/of", "/or"].map((path) => post(98, `no cookie at ${path}`, { path })),
    post(98, "no value", { cookies, path: "/o" }),
    post(98, "another value", { cookies, path: "/o", headers: sent("x") }),
    ask(124, "a method of one's own", { method: "PURGE", cookies, differs: "D-5" }),
    post(125, "garbage without a value", { cookies: access("x") }),
    post(125, "garbage with a value", { cookies: access("x"), headers: sent("x") }),
    ask(125, "garbage", { cookies: access("x") }),
    post(126, "no claim", { cookies: access(NO_CSRF), headers: sent("x") }),
    ask(126, "no claim, GET", { cookies: access(NO_CSRF) }),
    post(127, "an empty claim", { cookies: access(made({ csrf: "" })), headers: sent("x") }),
    post(128, "a number", { cookies: access(made({ csrf: 5 })), headers: sent("5"), differs: "D-13" }),
    post(129, "expired, no value", { cookies: access(X) }),
    post(129, "expired, another value", { cookies: access(X), headers: sent("x") }),
    post(129, "expired, the value", { cookies: access(X), headers: sent(csrfOf(X)) }),
    post(129, "wrong type, another value", { cookies: access(R), headers: sent("x") }),
    post(174, "a header on a route of its own", { path: "/h", headers: { Authorization: `Bearer ${A}` } }),
    ask(174, "a header", { headers: { Authorization: `Bearer ${A}` } }),
    ...formsAndOptions(),
  ]
}

/** @returns {Row[]} */
function formsAndOptions() {
  const cookies = access(A)
  const multipart = { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` }
  /** @type {(name: string, value: string) => string} */
  const part = (name, value) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--${BOUNDARY}--\r\n`
  /** @type {(application: Row["application"]) => (number: number, title: string, ask: Ask) => Row} */
  const poster = (application) => (number, title, ask) =>
    row(number, `${application}: ${title}`, { application, method: "POST", cookies, ...ask })
  const [plain, form, own, off] = [
    poster("cookies"),
    poster("cookies and forms"),
    poster("own CSRF names"),
    poster("cookies without CSRF"),
  ]
  const right = { csrf_token: csrfOf(A) }
  return [
    off(116, "no value", {}),
    off(116, "another value", { headers: sent("x") }),
    off(116, "no claim", { cookies: access(NO_CSRF) }),
    off(116, "nothing", { cookies: "" }),
    own(117, "in its header", { headers: { "X-Own": csrfOf(A) } }),
    own(117, "in the usual header", { headers: sent(csrfOf(A)) }),
    own(117, "refresh, in its header", { cookies: refresh(R), path: "/r", headers: { "X-Own": csrfOf(R) } }),
    ...["X-Own", "X-CSRF-TOKEN"].flatMap((name) => [
      poster("CSRF names of refreshing")(117, name, { headers: { [name]: csrfOf(A) } }),
      poster("CSRF names of refreshing")(117, `refresh, ${name}`, {
        cookies: refresh(R),
        path: "/r",
        headers: { [name]: csrfOf(R) },
      }),
    ]),
    ...["own", "csrf_token"].flatMap((name) => [
      poster("CSRF names of refreshing")(119, name, { form: { [name]: csrfOf(A) } }),
      poster("CSRF names of refreshing")(119, `refresh, ${name}`, {
        cookies: refresh(R),
        path: "/r",
        form: { [name]: csrfOf(R) },
      }),
    ]),
    own(119, "in its field", { form: { own: csrfOf(A) } }),
    own(119, "in the usual field", { form: right }),
    own(119, "refresh, in its field", { cookies: refresh(R), path: "/r", form: { own: csrfOf(R) } }),
    form(118, "urlencoded", { form: right }),
    form(118, "multipart", { headers: multipart, body: part("csrf_token", csrfOf(A)) }),
    form(118, "multipart, another value", { headers: multipart, body: part("csrf_token", "x") }),
    form(118, "multipart, another field", { headers: multipart, body: part("x", csrfOf(A)) }),
    form(118, "multipart that is none", { headers: multipart, body: "x" }),
    form(118, "twice, the right one first", { body: `csrf_token=${csrfOf(A)}&csrf_token=x`, headers: FORM }),
    form(118, "twice, the right one last", { body: `csrf_token=x&csrf_token=${csrfOf(A)}`, headers: FORM }),
    form(120, "another value", { form: { csrf_token: "x" } }),
    form(120, "an empty value", { form: { csrf_token: "" } }),
    form(120, "in JSON", { json: right }),
    form(120, "nothing", {}),
    form(120, "a GET", { method: "GET" }),
    plain(121, "a form that is not read", { form: right }),
    form(122, "another in the header", { form: right, headers: sent("x") }),
    form(122, "another in the form", { form: { csrf_token: "x" }, headers: sent(csrfOf(A)) }),
    form(122, "an empty header", { form: right, headers: sent("") }),
    form(114, "refresh", { cookies: refresh(R), path: "/r", form: { csrf_token: csrfOf(R) } }),
    ...["POST", "GET", "HEAD", "DELETE"].map((method) => poster("CSRF for GET")(123, method, { method })),
    poster("CSRF for GET")(123, "GET with the value", { method: "GET", headers: sent(csrfOf(A)) }),
    poster("CSRF for post")(124, "POST", { differs: "D-5" }),
    poster("headers, cookies")(174, "CSRF where both are looked at", {}),
    row(174, "CSRF on a route of its own", { method: "POST", cookies, path: "/c" }),
    row(174, "with the value", { method: "POST", cookies, path: "/c", headers: sent(csrfOf(A)) }),
  ]
}

const FORM = { "Content-Type": FORM_TYPE }

/** @returns {Row[]} */
function elsewhere() {
  /** @type {(application: Row["application"]) => (number: number, path: string, ask?: Ask) => Row} */
  const getter = (application) => (number, path, ask) =>
    row(number, `${application}: ${path.replaceAll(/eyJ[\w.-]+/g, "…")}`, { application, path, ...ask })
  const [query, foo, prefixed] = [getter("query"), getter("query foo"), getter("query with prefix")]
  const values = [A, "", "x", ` ${A}`, `${A} `, `Bearer ${A}`, R, X].map((value) => encodeURIComponent(value))
  return [
    ...values.map((value) => query(146, `/p?jwt=${value}`)),
    query(147, "/p", { headers: { Authorization: `Bearer ${A}` } }),
    ...["JWT=", "?jwt=", "jwt[]=", "%6Awt=", "jwt==", "&jwt="].map((name) => query(147, `/p?${name}${A}`)),
    ...["jwt", "jwt=%", "jwt=%ff", "jwt=%zz", "jwt=+", `jwt=${A};x=y`, `jwt=${A}%00`, `jwt=${A}#x`].map((text) =>
      query(147, `/p?${text}`),
    ),
    query(147, `/p?x=y&jwt=${A}&z`),
    query(147, `/r?jwt=${R}`),
    query(147, `/r?jwt=${A}`),
    query(147, `/o?jwt=`),
    query(147, "/o"),
    foo(148, `/p?jwt=${A}`),
    foo(148, `/p?foo=${A}`),
    ...["bearer+", "bearer%20", "", "Bearer+", "bearer++", "bearer", "+bearer+"].map((prefix) =>
      prefixed(149, `/p?jwt=${prefix}${A}`),
    ),
    prefixed(149, "/p?jwt=bearer+"),
    prefixed(149, "/p"),
    query(150, `/p?jwt=${A}&jwt=x`),
    query(150, `/p?jwt=x&jwt=${A}`),
    query(150, `/p?jwt=&jwt=${A}`),
    ...UNSAFE.map((method) => query(151, `/p?jwt=${A}`, { method })),
    ...inJson(),
    ...inSeveral(),
  ]
}

/** @returns {Row[]} */
function inJson() {
  /** @type {(number: number, title: string, ask: Ask) => Row} */
  const post = (number, title, ask) => row(number, `JSON: ${title}`, { application: "json", method: "POST", ...ask })
  const text = JSON.stringify({ access_token: A })
  const own = /** @type {const} */ ({ application: "own members" })
  const types = [
    ...["text/plain", "text/json", FORM_TYPE, "application/json;charset=UTF-8", "APPLICATION/JSON", ""],
    ...["application/vnd.api+json", "application/json ; x=y", "application/jsonx", "application/+json", "json"],
    ...["application/json, text/plain", "application/problem+JSON; a", "application/x-json", "application/foo+jsonp"],
  ]
  return [
    post(153, "access", { json: { access_token: A } }),
    post(153, "refresh", { json: { refresh_token: R }, path: "/r" }),
    ...types.map((type) => post(154, `type ${type}`, { body: text, headers: { "Content-Type": type } })),
    post(154, "no type", { body: text }),
    post(154, "a form", { form: { access_token: A } }),
    post(156, "another member", { json: { access_token: A }, ...own }),
    post(156, "the member", { json: { Foo: A }, ...own }),
    post(156, "another member, refresh", { json: { refresh_token: R }, path: "/r", ...own }),
    post(156, "the member, refresh", { json: { Bar: R }, path: "/r", ...own }),
    ...["", "{", "null", "{}", "[]", '{"access_token":null}', '{"access_token":""}', "undefined", `${text}x`].map(
      (body) => post(157, `body ${body.slice(0, 20)}`, { body, headers: { "Content-Type": JSON_TYPE } }),
    ),
    ...[["a"], "x", 5, true].map((json) => post(158, JSON.stringify(json), { json, differs: "D-8" })),
    ...[0, false, "", {}].map((json) => post(158, JSON.stringify(json), { json })),
    ...[5, [A], true, { a: 1 }, 0, false, [], {}].map((value) =>
      post(159, `value ${JSON.stringify(value).slice(0, 9)}`, { json: { access_token: value } }),
    ),
    ...[`Bearer ${A}`, ` ${A}`, `${A}\n`, "x", X, "ä", "\u0000"].map((value, index) =>
      post(160, `text ${index}`, { json: { access_token: value } }),
    ),
    ...["/p", "/r", "/any"].map((path) => post(161, `refresh at ${path}`, { json: { access_token: R }, path })),
    post(161, "refresh in its own member at /any", { json: { refresh_token: R }, path: "/any", differs: "D-17 json" }),
    post(161, "both", { json: { access_token: A, refresh_token: R }, path: "/r" }),
    ...["GET", "PUT", "DELETE"].map((method) => post(162, method, { method, json: { access_token: A } })),
  ]
}

/** @returns {Row[]} */
function inSeveral() {
  const cookies = access(A)
  const authorization = (/** @type {string} */ value) => ({ Authorization: value })
  const orders = /** @type {const} */ (["everywhere", "cookies, headers", "headers, cookies", "headers, query"])
  const others = /** @type {const} */ (["query, json", "json, query"])
  /** @type {[title: string, ask: Ask][]} */
  const asks = [
    ["nothing", {}],
    ["nothing, refresh", { path: "/r" }],
    ["nothing, optional", { path: "/o" }],
    ["POST with nothing", { method: "POST" }],
    ["the header", { headers: authorization(`Bearer ${A}`) }],
    ["a cookie", { cookies }],
    ["the address", { path: `/p?jwt=${A}` }],
    ["JSON", { json: { access_token: A } }],
    ["a cookie, garbage in the header", { cookies, headers: authorization("Bearer x") }],
    ["a cookie, another scheme", { cookies, headers: authorization("Basic x") }],
    ["a cookie, the scheme alone", { cookies, headers: authorization("Bearer") }],
    ["a cookie, an expired header", { cookies, headers: authorization(`Bearer ${X}`) }],
    ["a cookie, a refresh token in the header", { cookies, headers: authorization(`Bearer ${R}`) }],
    ["garbage in the cookie, a good header", { cookies: access("x"), headers: authorization(`Bearer ${A}`) }],
    ["POST, cookie and header", { method: "POST", cookies, headers: authorization(`Bearer ${A}`) }],
    ["POST, a cookie without a value", { method: "POST", cookies }],
    ["POST, a cookie with the value", { method: "POST", cookies, headers: sent(csrfOf(A)) }],
    ["junk in the address, a good header", { path: "/p?jwt=x", headers: authorization(`Bearer ${A}`) }],
    ["junk in the address, good JSON", { path: "/p?jwt=x", json: { access_token: A } }],
    ["junk in JSON, a good address", { path: `/p?jwt=${A}`, json: { access_token: "x" } }],
    ["JSON of another type, a good address", { path: `/p?jwt=${A}`, body: "x", headers: { "Content-Type": "text/x" } }],
    ["refresh in its cookie", { path: "/r", cookies: refresh(R) }],
    ["refresh in JSON", { path: "/r", json: { refresh_token: R } }],
  ]
  return [
    ...[...orders, ...others].flatMap((application) =>
      asks.map(([title, ask]) => row(164, `${application}: ${title}`, { application, ...ask })),
    ),
    row(172, "another scheme, a good address", {
      path: `/hq?jwt=${A}`,
      application: "cookies",
      headers: authorization("Basic x"),
    }),
    row(172, "nothing on a route of its own", { path: "/hq", application: "cookies" }),
  ]
}

/** @returns {Row[]} */
function lastChecks() {
  const paths = ["/p", "/f", "/o", "/skip", "/any"]
  /** @type {[application: Row["application"], number: number][]} */
  const applications = [
    ["loaders", 178],
    ["responders", 180],
  ]
  const told = [
    ...[true, false, 1, 0, null, "", "x", [], [0]].map((revoked) => ({ revoked })),
    ...[true, false, 1, 0, null, "x"].map((acceptable) => ({ acceptable })),
    ...[null, 0, "", false, [], { name: "x" }].map((user) => ({ user })),
    { sub: "nobody" },
    { sub: "nobody", acceptable: false },
    { acceptable: false, revoked: true },
    { revoked: true, exp: now - 5 },
  ].filter((claims) => !isFalsyListOrMap(claims))
  return applications.flatMap(([application, number]) => [
    ...told.flatMap((claims) =>
      paths.map((path) =>
        row(number, `${application} ${path} ${JSON.stringify(claims)}`, {
          application,
          path,
          headers: { Authorization: `Bearer ${made({ fresh: true, ...claims })}` },
        }),
      ),
    ),
    header(178, `Bearer ${made({ type: "refresh", revoked: true })}`, { application, path: "/r" }),
    header(185, `Bearer ${made({ type: "refresh", revoked: true })}`, { application }),
    header(185, `Bearer ${made({ revoked: true })}`, { application, path: "/f" }),
    header(83, `Bearer ${A}`, { application, path: "/f" }),
    header(59, `Bearer ${X}`, { application }),
    header(32, "Bearer aaaaa.bbbbb.ccccc", { application }),
    header(32, `Bearer ${R}`, { application }),
    header(32, "Bearer", { application }),
    row(27, `${application}: nothing`, { application }),
    row(27, `${application}: nothing, optional`, { application, path: "/o" }),
    row(152, `${application}: an address without its prefix`, { application, path: `/p?jwt=${A}` }),
    row(130, `${application}: no value`, { application, method: "POST", cookies: access(A), path: "/c" }),
    row(130, `${application}: another value`, {
      application,
      method: "POST",
      cookies: access(A),
      path: "/c",
      headers: sent("x"),
    }),
    row(130, `${application}: no claim`, {
      application,
      method: "POST",
      cookies: access(NO_CSRF),
      path: "/c",
      headers: sent("x"),
    }),
  ])
}

/** An empty list is false in Python, and true here: the loader's answer differs, not what becomes of it. */
function isFalsyListOrMap(/** @type {object} */ claims) {
  return "revoked" in claims && Array.isArray(claims.revoked) && claims.revoked.length === 0
}

/** @returns {Row[]} */
function preflights() {
  return [
    ...["/p", "/f", "/r", "/o", "/any"].map((path) => row(193, `OPTIONS ${path}`, { method: "OPTIONS", path })),
    header(193, "Bearer x", { method: "OPTIONS" }),
    row(193, "OPTIONS where the handler asks", { method: "OPTIONS", path: "/who", differs: "D-15" }),
    header(193, `Bearer ${A}`, { path: "/who" }),
  ]
}

export const ROWS = [
  ...inHeader(),
  ...malformed(),
  ...aboutClaims(),
  ...optional(),
  ...byCookie(),
  ...elsewhere(),
  ...lastChecks(),
  ...preflights(),
]
