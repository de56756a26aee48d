// @ts-check
// One application in two configurations: options of Flask-JWT-Extended, and the ones of ours that mean the same.
import { generateKeyPairSync } from "node:crypto"

/**
 * @typedef {object} Application
 * @property {Readonly<Record<string, unknown>>} theirs
 * @property {import("@jotkit/auth").AuthOptions<unknown>} ours
 * @property {readonly ("keys" | "loaders" | "responders" | "additions")[]} [callbacks]
 */

export const SECRET = "0123456789abcdef0123456789abcdef"

const COOKIES = /** @type {const} */ ({ theirs: { JWT_TOKEN_LOCATION: ["cookies"] }, ours: { locations: "cookie" } })
const QUERY = /** @type {const} */ ({ theirs: { JWT_TOKEN_LOCATION: ["query_string"] }, ours: { locations: "query" } })
const JSON_BODY = /** @type {const} */ ({ theirs: { JWT_TOKEN_LOCATION: ["json"] }, ours: { locations: "json" } })
const PLACES = /** @type {const} */ ({ headers: "header", cookies: "cookie", query_string: "query", json: "json" })

const LIBRARY = "flask-jwt-extended"

/** @param {unknown} subject */
function keyOf(subject) {
  return `the key of ${subject}, which is long enough`
}

/** What the claims of a token say of it is what the loaders answer. */
const LOADERS = /** @satisfies {import("@jotkit/auth").Loaders<unknown, string>} */ ({
  isRevoked: (claims) => claims["revoked"],
  accepts: (claims) => (Object.hasOwn(claims, "acceptable") ? claims["acceptable"] : true),
  user: (claims) => (claims.sub === "nobody" ? null : Object.hasOwn(claims, "user") ? claims["user"] : { is: "known" }),
})

/**
 * Tells which callback Flask-JWT-Extended asks for this reason.
 *
 * @param {string} reason
 * @param {object} [claims]
 * @param {object} [header]
 */
function respond(reason, claims = {}, header = {}) {
  const sub = "sub" in claims ? claims.sub : undefined
  if (reason === "expired") return { status: 203, body: { by: "expired", sub } }
  if (reason === "not_fresh") return { status: 404, body: { by: "stale", sub } }
  if (reason === "revoked") return { status: 404, body: { by: "revoked", alg: "alg" in header ? header.alg : "" } }
  if (reason === "claims_rejected") return { status: 404, body: { by: "unacceptable", sub } }
  if (reason === "user_missing") return { status: 404, body: { by: "nobody", sub } }
  const isMissing =
    /^(?:header|scheme|cookie|query|json|csrf)_missing$|^missing_everywhere$|^json_type$|^csrf_mismatch$/.test(reason)
  return isMissing ? { status: 201, body: { by: "unauthorized" } } : { status: 202, body: { by: "invalid" } }
}

/**
 * Tokens at several places, in this order.
 *
 * @param {(keyof typeof PLACES)[]} names
 * @returns {Application}
 */
function at(...names) {
  return { theirs: { JWT_TOKEN_LOCATION: names }, ours: { locations: names.map((name) => PLACES[name]) } }
}

/**
 * @param {string} algorithm
 * @param {import("node:crypto").KeyPairKeyObjectResult} pair
 * @returns {Application}
 */
function signedWith(algorithm, { privateKey, publicKey }) {
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  const open = publicKey.export({ type: "spki", format: "pem" }).toString()
  const theirs = { JWT_ALGORITHM: algorithm, JWT_PRIVATE_KEY: key, JWT_PUBLIC_KEY: open }
  return { theirs, ours: { key, algorithm } }
}

export const APPLICATIONS = /** @satisfies {Readonly<Record<string, Application>>} */ ({
  header: { theirs: {}, ours: {} },
  "header Foo": { theirs: { JWT_HEADER_NAME: "Foo" }, ours: { header: { name: "Foo" } } },
  "scheme JWT": { theirs: { JWT_HEADER_TYPE: "JWT" }, ours: { header: { scheme: "JWT" } } },
  "no scheme": { theirs: { JWT_HEADER_TYPE: "" }, ours: { header: { scheme: "" } } },
  cookies: COOKIES,
  "cookies without CSRF": {
    theirs: { ...COOKIES.theirs, JWT_COOKIE_CSRF_PROTECT: false },
    ours: { ...COOKIES.ours, csrf: false },
  },
  "cookies and forms": {
    theirs: { ...COOKIES.theirs, JWT_CSRF_CHECK_FORM: true },
    ours: { ...COOKIES.ours, csrf: { formField: "csrf_token" } },
  },
  "own CSRF names": {
    theirs: {
      ...COOKIES.theirs,
      JWT_CSRF_CHECK_FORM: true,
      JWT_ACCESS_CSRF_HEADER_NAME: "X-Own",
      JWT_REFRESH_CSRF_HEADER_NAME: "X-Own",
      JWT_ACCESS_CSRF_FIELD_NAME: "own",
      JWT_REFRESH_CSRF_FIELD_NAME: "own",
    },
    ours: { ...COOKIES.ours, csrf: { header: "X-Own", formField: "own" } },
  },
  "CSRF names of refreshing": {
    theirs: {
      ...COOKIES.theirs,
      JWT_CSRF_CHECK_FORM: true,
      JWT_REFRESH_CSRF_HEADER_NAME: "X-Own",
      JWT_REFRESH_CSRF_FIELD_NAME: "own",
    },
    ours: { ...COOKIES.ours, csrf: { formField: "csrf_token", refresh: { header: "X-Own", formField: "own" } } },
  },
  "CSRF in no cookie": {
    theirs: { ...COOKIES.theirs, JWT_CSRF_IN_COOKIES: false },
    ours: { ...COOKIES.ours, csrf: { cookie: false } },
  },
  "CSRF for GET": {
    theirs: { ...COOKIES.theirs, JWT_CSRF_METHODS: ["GET"] },
    ours: { ...COOKIES.ours, csrf: { methods: ["GET"] } },
  },
  "CSRF for post": {
    theirs: { ...COOKIES.theirs, JWT_CSRF_METHODS: ["post"] },
    ours: { ...COOKIES.ours, csrf: { methods: ["post"] } },
  },
  "own cookies": {
    theirs: {
      ...COOKIES.theirs,
      JWT_ACCESS_COOKIE_NAME: "at",
      JWT_REFRESH_COOKIE_NAME: "rt",
      JWT_ACCESS_CSRF_COOKIE_NAME: "ac",
      JWT_REFRESH_CSRF_COOKIE_NAME: "rc",
      JWT_ACCESS_COOKIE_PATH: "/a",
      JWT_REFRESH_COOKIE_PATH: "/r",
      JWT_ACCESS_CSRF_COOKIE_PATH: "/ac",
      JWT_REFRESH_CSRF_COOKIE_PATH: "/rc",
    },
    ours: {
      ...COOKIES.ours,
      cookies: {
        secure: false,
        session: true,
        access: { name: "at", path: "/a" },
        refresh: { name: "rt", path: "/r" },
        csrf: { name: "ac", path: "/ac" },
        refreshCsrf: { name: "rc", path: "/rc" },
      },
    },
  },
  "strict cookies": {
    theirs: {
      ...COOKIES.theirs,
      JWT_COOKIE_SECURE: true,
      JWT_COOKIE_SAMESITE: "Strict",
      JWT_COOKIE_DOMAIN: ".example.com",
    },
    ours: {
      ...COOKIES.ours,
      cookies: { secure: true, session: true, domain: ".example.com", ...sameSite("strict") },
    },
  },
  "lasting cookies": {
    theirs: { ...COOKIES.theirs, JWT_SESSION_COOKIE: false, JWT_COOKIE_SECURE: true, JWT_COOKIE_SAMESITE: "none" },
    ours: { ...COOKIES.ours, cookies: { secure: true, ...sameSite("none") } },
  },
  query: QUERY,
  "query foo": {
    theirs: { ...QUERY.theirs, JWT_QUERY_STRING_NAME: "foo" },
    ours: { ...QUERY.ours, query: { name: "foo" } },
  },
  "query with prefix": {
    theirs: { ...QUERY.theirs, JWT_QUERY_STRING_VALUE_PREFIX: "bearer " },
    ours: { ...QUERY.ours, query: { prefix: "bearer " } },
  },
  json: JSON_BODY,
  "own members": {
    theirs: { ...JSON_BODY.theirs, JWT_JSON_KEY: "Foo", JWT_REFRESH_JSON_KEY: "Bar" },
    ours: { ...JSON_BODY.ours, json: { access: "Foo", refresh: "Bar" } },
  },
  everywhere: at("headers", "cookies", "query_string", "json"),
  "cookies, headers": at("cookies", "headers"),
  "headers, cookies": at("headers", "cookies"),
  "headers, query": at("headers", "query_string"),
  "query, json": at("query_string", "json"),
  "json, query": at("json", "query_string"),
  leeway: { theirs: { JWT_DECODE_LEEWAY: 300 }, ours: { leeway: 300 } },
  "audience and issuer": {
    theirs: {
      JWT_ENCODE_AUDIENCE: "foo",
      JWT_DECODE_AUDIENCE: "foo",
      JWT_ENCODE_ISSUER: "http://localhost:5000",
      JWT_DECODE_ISSUER: "http://localhost:5000",
    },
    ours: { audience: "foo", issuer: "http://localhost:5000" },
  },
  "two audiences": {
    theirs: { JWT_ENCODE_AUDIENCE: ["foo", "bar"], JWT_DECODE_AUDIENCE: ["foo", "bar"] },
    ours: { audience: ["foo", "bar"] },
  },
  lifetimes: {
    theirs: { JWT_ACCESS_TOKEN_EXPIRES: 3600, JWT_REFRESH_TOKEN_EXPIRES: 7200 },
    ours: { lifetimes: { access: "1h", refresh: 7200 } },
  },
  endless: {
    theirs: { JWT_ACCESS_TOKEN_EXPIRES: false, JWT_REFRESH_TOKEN_EXPIRES: false },
    ours: { lifetimes: { access: false, refresh: false } },
  },
  "no nbf": { theirs: { JWT_ENCODE_NBF: false }, ours: { compat: { library: LIBRARY, notBefore: false } } },
  "any subject": { theirs: { JWT_VERIFY_SUB: false }, ours: { compat: { library: LIBRARY, anySubject: true } } },
  "identity in uid": {
    theirs: { JWT_IDENTITY_CLAIM: "uid" },
    ours: { compat: { library: LIBRARY, identityClaim: "uid" } },
  },
  "own message member": {
    theirs: { JWT_ERROR_MESSAGE_KEY: "message" },
    ours: { responders: { otherwise: ({ message }) => ({ body: { message } }) } },
  },
  "HS512 too": { theirs: { JWT_DECODE_ALGORITHMS: ["HS512"] }, ours: { algorithms: ["HS256", "HS512"] } },
  "keys of subjects": {
    theirs: {},
    ours: { key: keyOf, algorithm: "HS256", verificationKey: (_, { sub }) => keyOf(sub) },
    callbacks: ["keys"],
  },
  additions: {
    theirs: {},
    ours: { loaders: { claims: () => ({ team: "a", x: 1 }) } },
    callbacks: ["additions"],
  },
  loaders: { theirs: {}, ours: { loaders: LOADERS }, callbacks: ["loaders"] },
  responders: {
    theirs: { JWT_TOKEN_LOCATION: ["headers", "cookies", "query_string"], JWT_QUERY_STRING_VALUE_PREFIX: "b " },
    ours: {
      locations: ["header", "cookie", "query"],
      query: { prefix: "b " },
      loaders: LOADERS,
      responders: { otherwise: ({ reason, claims, header }) => respond(reason, claims, header) },
    },
    callbacks: ["loaders", "responders"],
  },
  HS512: { theirs: { JWT_ALGORITHM: "HS512" }, ours: { algorithm: "HS512" } },
  RS256: signedWith("RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })),
  PS256: signedWith("PS256", generateKeyPairSync("rsa", { modulusLength: 2048 })),
  ES256: signedWith("ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })),
  ES384: signedWith("ES384", generateKeyPairSync("ec", { namedCurve: "P-384" })),
  EdDSA: signedWith("EdDSA", generateKeyPairSync("ed25519")),
})

/** @typedef {keyof typeof APPLICATIONS} ApplicationName */

/** @param {"strict" | "lax" | "none"} sameSite */
function sameSite(sameSite) {
  return { access: { sameSite }, refresh: { sameSite }, csrf: { sameSite }, refreshCsrf: { sameSite } }
}
