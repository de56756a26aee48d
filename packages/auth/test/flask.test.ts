/** Flask-JWT-Extended by its numbered cases: what `compat` answers. */
import { createAuth } from "@jotkit/auth"
import { authOf } from "@jotkit/auth/express"
import { requireAuth } from "@jotkit/auth/koa"
import { memoryStore } from "@jotkit/auth/memory"
import { decodeUnverified, encode, Jwk, signJws } from "jotkit"
import { describe, expect, test } from "vitest"
import { ask, bearer, jar, SECRET, START } from "./asking.ts"
import { A, AF, type Case, expectAnswer, flask, header, made, R, X } from "./flask-cases.ts"

/** As much of Koa's context as its guard uses. */
function koaContext() {
  const req = { method: "GET", url: "/", rawHeaders: [] }
  const nothing = () => undefined
  return { req, request: {}, originalUrl: "/", status: 404, body: undefined, set: nothing, append: nothing }
}

const csrf = (token: string) => String((decodeUnverified(token).payload as { csrf?: unknown }).csrf)
const cookieOf = (token: string) => `access_token_cookie=${token}`
const refreshCookieOf = (token: string) => `refresh_token_cookie=${token}`
const COOKIES = { locations: "cookie" } as const

const LOOKUP: Case[] = [
  { number: 1, title: "no header", request: {}, answer: "E01" },
  header(2, `Bearer ${A}`, "PASS"),
  header(3, "Basic creds", "E02"),
  header(4, `Bearer ${A}, Basic creds`, "PASS"),
  header(5, `Basic creds, Bearer ${A}`, "PASS"),
  header(6, `Basic x,Bearer ${A}`, "PASS"),
  header(7, `Bearer ${A},   `, "PASS"),
  header(8, `, Bearer ${A}`, "PASS"),
  header(8, `,Bearer ${A}`, "PASS"),
  header(9, `Basic x , , Bearer ${A}`, "PASS"),
  header(10, "Bearer ", "E03"),
  header(11, "Bearer", "E03"),
  header(12, `Bearer ${A} extra`, "E03"),
  header(13, `Bearer, ${A}`, "E03"),
  header(14, "Bearer ,,0", "E03"),
  header(15, `Bearer ${A}, Bearer ${A}`, "E02"),
  header(15, [`Bearer ${A}`, `Bearer ${A}`], "E02"),
  header(16, ["Basic x", `Bearer ${A}`], "PASS"),
  header(17, `bearer ${A}`, "PASS"),
  header(17, `BEARER ${A}`, "PASS"),
  header(18, `Bearer${A}`, "E02"),
  header(18, A, "E02"),
  header(19, `Bearer  ${A}`, "PASS"),
  header(19, `Bearer\t${A}`, "PASS"),
  header(20, ",", "E01"),
  header(20, "  ", "E01"),
  header(21, `Bearer ${A}`, [401, "Missing Foo Header"], { options: { header: { name: "Foo" } } }),
  {
    number: 21,
    title: "in Foo",
    request: { headers: { foo: `Bearer ${A}` } },
    answer: "PASS",
    options: { header: { name: "Foo" } },
  },
  {
    number: 21,
    title: "in a list in FOO",
    request: { headers: { FOO: `Basic c, Bearer ${A}` } },
    answer: "PASS",
    options: { header: { name: "Foo" } },
  },
  header(
    22,
    `Bearer ${A}`,
    [401, "Missing 'JWT' type in 'Authorization' header. Expected 'Authorization: JWT <JWT>'"],
    { options: { header: { scheme: "JWT" } } },
  ),
  header(22, `JWT ${A}, Basic c`, "PASS", { options: { header: { scheme: "JWT" } } }),
  header(22, `Basic c, JWT ${A}`, "PASS", { options: { header: { scheme: "JWT" } } }),
  header(23, A, "PASS", { options: { header: { scheme: "" } } }),
  header(23, `Bearer ${A}`, "E04", { options: { header: { scheme: "" } } }),
  header(24, ` ${A},`, "PASS", { options: { header: { scheme: "" } } }),
  header(24, `${A}, ${A}`, "E04", { options: { header: { scheme: "" } } }),
  header(24, ", ,", "E04", { options: { header: { scheme: "" } } }),
  header(24, ",", "E01", { options: { header: { scheme: "" } } }),
  {
    number: 29,
    title: "POST with a header needs no CSRF value",
    request: { method: "POST", headers: { authorization: `Bearer ${A}` } },
    answer: "PASS",
    options: { locations: ["header", "cookie"] },
  },
]

const TOKENS: Case[] = [
  header(30, "Bearer xxx", "E22"),
  header(31, "Bearer aaaaa.bbbbb.ccccc", "E22"),
  header(33, "Bearer a.b", "E22"),
  header(34, `Bearer ${A}.AAAA`, "E22"),
  header(35, `Bearer ${A}.`, "E22"),
  header(36, `Bearer ${A.slice(0, -8)}AAAAAAAA`, [422, "Signature verification failed"]),
  header(37, `Bearer ${A.slice(0, A.lastIndexOf(".") + 1)}`, [422, "Signature verification failed"]),
  header(38, `Bearer ${encode({ sub: "u1" }, null, { algorithm: "none" })}`, "E22"),
  header(39, `Bearer ${A}`, "E22", { options: { key: Jwk.generate("HS512"), algorithm: "HS512" } }),
  header(40, `Bearer ${A}`, "E22", { options: { key: Jwk.generate("ES256") } }),
  header(43, "Bearer e30.e30.AAAA", "E22"),
  header(43, "Bearer W10.e30.AAAA", "E22"),
  header(44, "Bearer eyJ0eXAiOiJKV1QifQ.e30.AAAA", "E22"),
  header(46, `Bearer ${A}ä`, "E22"),
  header(47, `Bearer ${made({}, { crit: ["foo"], foo: 1 })}`, "E22"),
  header(48, `Bearer ${made({}, { typ: "at+jwt", kid: "x" })}`, "PASS"),
  header(52, `Bearer ${made({ sub: undefined })}`, "E21"),
  header(54, `Bearer ${made({ type: undefined })}`, "E16", { route: "/r" }),
  ...[1, {}, [], false].map((sub) =>
    header(55, `Bearer ${made({ sub })}`, "E22", { title: `sub ${JSON.stringify(sub)}` }),
  ),
  header(59, `Bearer ${X}`, "E14"),
  header(60, `Bearer ${made({ exp: START })}`, "E14"),
  header(60, `Bearer ${X}`, "PASS", { options: { leeway: 10 } }),
  header(61, `Bearer ${made({ exp: "soon" })}`, "E22"),
  header(61, `Bearer ${made({ exp: null })}`, "E22"),
  header(61, `Bearer ${made({ exp: START + 0.5 })}`, "PASS"),
  header(62, `Bearer ${made({ nbf: START + 30 })}`, "E22"),
  header(62, `Bearer ${made({ nbf: START + 5 })}`, "PASS", { options: { leeway: 10 } }),
  header(62, `Bearer ${made({ nbf: "x" })}`, "E22"),
  header(63, `Bearer ${made({ iat: START + 5 })}`, "E22"),
  header(63, `Bearer ${made({ iat: START + 5 })}`, "PASS", { options: { leeway: 10 } }),
  header(64, `Bearer ${made({ jti: 5 })}`, "E22"),
  header(65, `Bearer ${made({ type: "app" })}`, "E16", { route: "/r" }),
  header(68, `Bearer ${R}`, "PASS", { guard: { type: ["access", "refresh"] } }),
  header(68, `Bearer ${AF}`, "PASS", { guard: { type: ["access", "refresh"] } }),
  { number: 68, title: "none", request: {}, answer: "E01", guard: { type: ["access", "refresh"] } },
  header(69, `Bearer ${R}`, "E15"),
  header(70, `Bearer ${A}`, "E16", { route: "/r" }),
  header(70, `Bearer ${AF}`, "E16", { route: "/r" }),
  header(71, `Bearer ${R}`, "PASS", { route: "/r" }),
  { number: 71, title: "none", request: {}, route: "/r", answer: "E01" },
  header(72, `Bearer ${R}`, "E15", { route: "/f" }),
  {
    number: 73,
    title: "a refresh token in the access cookie",
    request: { cookies: cookieOf(R) },
    answer: "E15",
    options: COOKIES,
  },
  {
    number: 73,
    title: "an access token in the refresh cookie",
    request: { cookies: refreshCookieOf(A) },
    route: "/r",
    answer: "E16",
    options: COOKIES,
  },
  header(75, `Bearer ${AF}`, "PASS", { route: "/f" }),
  header(76, `Bearer ${A}`, "E17", { route: "/f" }),
  header(77, `Bearer ${made({ fresh: START + 300 })}`, "PASS", { route: "/f" }),
  header(78, `Bearer ${made({ fresh: START - 60 })}`, "E17", { route: "/f" }),
  header(80, `Bearer ${made({ fresh: START + 0.5 })}`, "PASS", { route: "/f" }),
  header(80, `Bearer ${made({ fresh: 0 })}`, "E17", { route: "/f" }),
  header(80, `Bearer ${made({ fresh: 1 })}`, "E17", { route: "/f" }),
  header(81, `Bearer ${made({ fresh: undefined })}`, "E17", { route: "/f" }),
  header(81, `Bearer ${made({ fresh: undefined })}`, "PASS"),
  ...[null, "true", []].map((fresh) =>
    header(82, `Bearer ${made({ fresh })}`, "E17", { route: "/f", title: `fresh ${JSON.stringify(fresh)}` }),
  ),
  { number: 84, title: "none", request: {}, route: "/f", answer: "E01" },
  header(85, `Bearer ${R}`, "E17", { guard: { type: "refresh", fresh: true } }),
  header(85, `Bearer ${made({ type: "refresh", fresh: true })}`, "PASS", { guard: { type: "refresh", fresh: true } }),
  header(86, `Bearer ${AF}`, "PASS", { guard: { type: ["access", "refresh"], fresh: true } }),
  header(86, `Bearer ${R}`, "E17", { guard: { type: ["access", "refresh"], fresh: true } }),
]

const OPTIONAL: Case[] = [
  { number: 87, title: "no header", request: {}, route: "/o", answer: "ANONYMOUS" },
  header(88, `Bearer ${A}`, "PASS", { route: "/o" }),
  header(89, `Bearer ${R}`, "E15", { route: "/o" }),
  header(90, `Bearer ${X}`, "E14", { route: "/o" }),
  header(91, "basic creds", "ANONYMOUS", { route: "/o" }),
  header(92, "Foo 1, Bar 2, Baz, 3", "ANONYMOUS", { route: "/o" }),
  header(93, "Bearer ", "E03", { route: "/o" }),
  header(94, "Foo 1, Bearer, Baz, 3", "E03", { route: "/o" }),
  header(95, "Bearer xxx", "E22", { route: "/o" }),
  header(95, "Foo 1, Bearer 2, Baz, 3", "E22", { route: "/o" }),
  { number: 96, title: "none", request: {}, route: "/of", answer: "ANONYMOUS" },
  header(96, `Bearer ${A}`, "E17", { route: "/of" }),
  { number: 97, title: "none", request: {}, route: "/or", answer: "ANONYMOUS" },
  header(97, `Bearer ${A}`, "E16", { route: "/or" }),
  {
    number: 98,
    title: "POST without a cookie",
    request: { method: "POST" },
    route: "/o",
    answer: "ANONYMOUS",
    options: COOKIES,
  },
  {
    number: 98,
    title: "POST without a CSRF value",
    request: { method: "POST", cookies: cookieOf(A) },
    route: "/o",
    answer: "E06",
    options: COOKIES,
  },
  {
    number: 98,
    title: "POST with another CSRF value",
    request: { method: "POST", cookies: cookieOf(A), headers: { "x-csrf-token": "x" } },
    route: "/o",
    answer: "E07",
    options: COOKIES,
  },
  {
    number: 99,
    title: "a value without the prefix",
    request: { url: `/?jwt=${A}` },
    route: "/o",
    answer: [422, "Invalid value for query parameter 'jwt'. Expected the value to start with 'b '"],
    options: { locations: "query", query: { prefix: "b " } },
  },
]

function post(
  number: number,
  title: string,
  request: Case["request"],
  answer: Case["answer"],
  more: Partial<Case> = {},
): Case {
  return { number, title, request: { method: "POST", ...request }, answer, options: COOKIES, ...more }
}

const noCsrf = made({ csrf: undefined })
const FORM = { options: { ...COOKIES, csrf: { formField: "csrf_token" } } }
const BY_COOKIE: Case[] = [
  { number: 101, title: "no cookie", request: {}, answer: "E05", options: COOKIES },
  { number: 101, title: "a cookie", request: { cookies: cookieOf(A) }, answer: "PASS", options: COOKIES },
  { number: 101, title: "no refresh cookie", request: {}, route: "/r", answer: "E05R", options: COOKIES },
  { number: 102, title: "an empty cookie", request: { cookies: cookieOf("") }, answer: "E05", options: COOKIES },
  {
    number: 103,
    title: "a cookie in other letters",
    request: { cookies: `Access_token_cookie=${A}` },
    answer: "E05",
    options: COOKIES,
  },
  {
    number: 104,
    title: "a good cookie, then a bad one",
    request: { cookies: `${cookieOf(A)}; ${cookieOf("x")}` },
    answer: "PASS",
    options: COOKIES,
  },
  {
    number: 104,
    title: "a bad cookie, then a good one",
    request: { cookies: `${cookieOf("x")}; ${cookieOf(A)}` },
    answer: "E22",
    options: COOKIES,
  },
  {
    number: 104,
    title: "a cookie in quotes",
    request: { cookies: cookieOf(`"${A}"`) },
    answer: "PASS",
    options: COOKIES,
  },
  {
    number: 104,
    title: "a cookie in percent",
    request: { cookies: cookieOf(A.replace(".", "%2E")) },
    answer: "E22",
    options: COOKIES,
  },
  {
    number: 105,
    title: "GET with another CSRF value",
    request: { cookies: cookieOf(A), headers: { "x-csrf-token": "x" } },
    answer: "PASS",
    options: COOKIES,
  },
  { number: 105, title: "HEAD", request: { method: "HEAD", cookies: cookieOf(A) }, answer: "PASS", options: COOKIES },
  ...["POST", "PUT", "PATCH", "DELETE"].map((method) => post(106, method, { method, cookies: cookieOf(A) }, "E06")),
  post(107, "the CSRF value", { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": csrf(A) } }, "PASS"),
  post(108, "another CSRF value", { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": "x" } }, "E07"),
  post(109, "an empty CSRF value", { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": "" } }, "E06"),
  post(
    110,
    "the CSRF value in capitals",
    { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": csrf(A).toUpperCase() } },
    "E07",
  ),
  post(110, "the CSRF value twice", { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": [csrf(A), csrf(A)] } }, "E07"),
  post(111, "a CSRF value of another alphabet", { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": "ä" } }, "E07"),
  post(112, "the CSRF value in its cookie alone", { cookies: `${cookieOf(A)}; csrf_access_token=${csrf(A)}` }, "E06"),
  post(113, "the CSRF value in the address", { url: `/?csrf_token=${csrf(A)}`, cookies: cookieOf(A) }, "E06"),
  post(114, "refresh without a CSRF value", { cookies: refreshCookieOf(R) }, "E06", { route: "/r" }),
  post(
    114,
    "refresh with the CSRF value",
    { cookies: refreshCookieOf(R), headers: { "X-CSRF-TOKEN": csrf(R) } },
    "PASS",
    { route: "/r" },
  ),
  post(
    115,
    "access with the CSRF value of the refresh token",
    { cookies: `${cookieOf(A)}; ${refreshCookieOf(R)}`, headers: { "X-CSRF-TOKEN": csrf(R) } },
    "E07",
  ),
  post(
    115,
    "refresh with the CSRF value of the access token",
    { cookies: `${cookieOf(A)}; ${refreshCookieOf(R)}`, headers: { "X-CSRF-TOKEN": csrf(A) } },
    "E07",
    { route: "/r" },
  ),
  post(116, "CSRF off", { cookies: cookieOf(noCsrf) }, "PASS", { options: { ...COOKIES, csrf: false } }),
  post(118, "the CSRF value in the form", { cookies: cookieOf(A), form: { csrf_token: csrf(A) } }, "PASS", FORM),
  post(120, "another CSRF value in the form", { cookies: cookieOf(A), form: { csrf_token: "x" } }, "E07", FORM),
  post(120, "the CSRF value in a JSON body", { cookies: cookieOf(A), json: { csrf_token: csrf(A) } }, "E06", FORM),
  post(
    121,
    "the CSRF value in a form that is not read",
    { cookies: cookieOf(A), form: { csrf_token: csrf(A) } },
    "E06",
  ),
  post(
    122,
    "another in the header, the right one in the form",
    { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": "x" }, form: { csrf_token: csrf(A) } },
    "E07",
    FORM,
  ),
  post(
    122,
    "an empty header, the right one in the form",
    { cookies: cookieOf(A), headers: { "X-CSRF-TOKEN": "" }, form: { csrf_token: csrf(A) } },
    "PASS",
    FORM,
  ),
  post(123, "POST where GET alone is guarded", { cookies: cookieOf(A) }, "PASS", {
    options: { ...COOKIES, csrf: { methods: ["GET"] } },
  }),
  post(123, "GET where GET alone is guarded", { method: "GET", cookies: cookieOf(A) }, "E06", {
    options: { ...COOKIES, csrf: { methods: ["GET"] } },
  }),
  post(124, "methods in lower case", { cookies: cookieOf(A) }, "E06", {
    options: { ...COOKIES, csrf: { methods: ["post"] } },
  }),
  post(125, "garbage without a CSRF value", { cookies: cookieOf("x") }, "E06"),
  post(125, "garbage with a CSRF value", { cookies: cookieOf("x"), headers: { "X-CSRF-TOKEN": "x" } }, "E22"),
  post(126, "a token without the claim", { cookies: cookieOf(noCsrf), headers: { "X-CSRF-TOKEN": "x" } }, "E08"),
  post(127, "an empty claim", { cookies: cookieOf(made({ csrf: "" })), headers: { "X-CSRF-TOKEN": "x" } }, "E07"),
  post(
    128,
    "a claim that is a number",
    { cookies: cookieOf(made({ csrf: 5 })), headers: { "X-CSRF-TOKEN": "5" } },
    "E08",
  ),
  post(129, "expired, no CSRF value", { cookies: cookieOf(X) }, "E06"),
  post(129, "expired, another CSRF value", { cookies: cookieOf(X), headers: { "X-CSRF-TOKEN": "x" } }, "E07"),
  post(129, "expired, the CSRF value", { cookies: cookieOf(X), headers: { "X-CSRF-TOKEN": csrf(X) } }, "E14"),
]

const QUERY = { options: { locations: "query" } } as const
const PREFIX = { options: { locations: "query", query: { prefix: "bearer " } } } as const
const JSON_BODY = { options: { locations: "json" } } as const
const ALL = { options: { locations: ["header", "cookie", "query", "json"] } } as const
const ELSEWHERE: Case[] = [
  { number: 146, title: "in the address", request: { url: `/?jwt=${A}` }, answer: "PASS", ...QUERY },
  header(147, `Bearer ${A}`, "E09", QUERY),
  { number: 147, title: "empty", request: { url: "/?jwt=" }, answer: "E09", ...QUERY },
  { number: 147, title: "in capitals", request: { url: `/?JWT=${A}` }, answer: "E09", ...QUERY },
  { number: 147, title: "after two question marks", request: { url: `/??jwt=${A}` }, answer: "E09", ...QUERY },
  {
    number: 148,
    title: "by another name",
    request: { url: `/?foo=${A}` },
    answer: "PASS",
    options: { locations: "query", query: { name: "foo" } },
  },
  { number: 149, title: "with its prefix", request: { url: `/?jwt=bearer+${A}` }, answer: "PASS", ...PREFIX },
  {
    number: 149,
    title: "with the prefix in percent",
    request: { url: `/?jwt=bearer%20${A}` },
    answer: "PASS",
    ...PREFIX,
  },
  { number: 149, title: "the prefix alone", request: { url: "/?jwt=bearer%20" }, answer: "E22", ...PREFIX },
  {
    number: 149,
    title: "the prefix in capitals",
    request: { url: `/?jwt=Bearer+${A}` },
    answer: [422, "Invalid value for query parameter 'jwt'. Expected the value to start with 'bearer '"],
    ...PREFIX,
  },
  { number: 150, title: "twice", request: { url: `/?jwt=${A}&jwt=x` }, answer: "PASS", ...QUERY },
  { number: 151, title: "POST", request: { method: "POST", url: `/?jwt=${A}` }, answer: "PASS", ...QUERY },
  {
    number: 153,
    title: "in the body",
    request: { method: "POST", json: { access_token: A } },
    answer: "PASS",
    ...JSON_BODY,
  },
  {
    number: 153,
    title: "refresh",
    request: { method: "POST", json: { refresh_token: R } },
    route: "/r",
    answer: "PASS",
    ...JSON_BODY,
  },
  { number: 154, title: "a form", request: { method: "POST", form: { access_token: A } }, answer: "E11", ...JSON_BODY },
  ...["text/plain", "text/json"].map(
    (type): Case => ({
      number: 154,
      title: type,
      request: { method: "POST", headers: { "content-type": type }, json: { access_token: A } },
      answer: "E11",
      ...JSON_BODY,
    }),
  ),
  ...["application/json;charset=UTF-8", "APPLICATION/JSON", "application/vnd.api+json", "application/+json"].map(
    (type): Case => ({
      number: 155,
      title: type,
      request: { method: "POST", headers: { "content-type": type }, json: { access_token: A } },
      answer: "PASS",
      ...JSON_BODY,
    }),
  ),
  {
    number: 156,
    title: "another member",
    request: { method: "POST", json: { access_token: A } },
    answer: [401, 'Missing "Foo" key in json data.'],
    options: { locations: "json", json: { access: "Foo" } },
  },
  ...[null, {}, [], ...[null, "", 0, false, [], {}].map((access_token) => ({ access_token }))].map(
    (json): Case => ({
      number: 157,
      title: JSON.stringify(json),
      request: { method: "POST", json },
      answer: "E12",
      ...JSON_BODY,
    }),
  ),
  ...[["a"], "x", 5].map(
    (json): Case => ({
      number: 158,
      title: JSON.stringify(json),
      request: { method: "POST", json },
      answer: "E12",
      ...JSON_BODY,
    }),
  ),
  ...[5, [A], { a: A }, true].map(
    (value): Case => ({
      number: 159,
      title: JSON.stringify(value),
      request: { method: "POST", json: { access_token: value } },
      answer: "E22",
      ...JSON_BODY,
    }),
  ),
  {
    number: 160,
    title: "with a scheme",
    request: { method: "POST", json: { access_token: `Bearer ${A}` } },
    answer: "E22",
    ...JSON_BODY,
  },
  {
    number: 161,
    title: "a refresh token",
    request: { method: "POST", json: { access_token: R } },
    answer: "E15",
    ...JSON_BODY,
  },
  { number: 162, title: "GET", request: { json: { access_token: A } }, answer: "PASS", ...JSON_BODY },
  {
    number: 163,
    title: "no CSRF value",
    request: { method: "PUT", json: { access_token: A } },
    answer: "PASS",
    ...JSON_BODY,
  },
  header(164, `Bearer ${A}`, "PASS", ALL),
  { number: 164, title: "cookie", request: { cookies: cookieOf(A) }, answer: "PASS", ...ALL },
  { number: 164, title: "query", request: { url: `/?jwt=${A}` }, answer: "PASS", ...ALL },
  { number: 164, title: "json", request: { json: { access_token: A } }, answer: "PASS", ...ALL },
  {
    number: 165,
    title: "nothing",
    request: {},
    answer: [
      401,
      'Missing JWT in cookies or headers (Missing cookie "access_token_cookie"; Missing Authorization Header)',
    ],
    options: { locations: ["cookie", "header"] },
  },
  {
    number: 166,
    title: "nothing",
    request: {},
    answer: [
      401,
      "Missing JWT in json or query_string (Invalid content-type. Must be application/json.; Missing 'jwt' query paramater)",
    ],
    options: { locations: ["json", "query"] },
  },
  {
    number: 167,
    title: "nothing",
    request: {},
    route: "/r",
    answer: [
      401,
      `Missing JWT in headers, cookies, query_string or json (Missing Authorization Header; Missing cookie "refresh_token_cookie"; Missing 'jwt' query paramater; Invalid content-type. Must be application/json.)`,
    ],
    ...ALL,
  },
  {
    number: 168,
    title: "a cookie alone",
    request: { cookies: cookieOf(A) },
    answer: "PASS",
    options: { locations: ["header", "cookie"] },
  },
  {
    number: 169,
    title: "cookies first",
    request: { cookies: cookieOf(A), headers: { authorization: "Bearer x" } },
    answer: "PASS",
    options: { locations: ["cookie", "header"] },
  },
  {
    number: 169,
    title: "the header first",
    request: { cookies: cookieOf(A), headers: { authorization: "Bearer x" } },
    answer: "E22",
    options: { locations: ["header", "cookie"] },
  },
  {
    number: 170,
    title: "another scheme",
    request: { cookies: cookieOf(A), headers: { authorization: "Basic x" } },
    answer: "PASS",
    options: { locations: ["header", "cookie"] },
  },
  {
    number: 170,
    title: "the scheme alone",
    request: { cookies: cookieOf(A), headers: { authorization: "Bearer" } },
    answer: "E03",
    options: { locations: ["header", "cookie"] },
  },
  {
    number: 170,
    title: "an expired header",
    request: { cookies: cookieOf(A), headers: { authorization: `Bearer ${X}` } },
    answer: "E14",
    options: { locations: ["header", "cookie"] },
  },
  {
    number: 171,
    title: "no fallback",
    request: { method: "POST", cookies: cookieOf(A), headers: { authorization: `Bearer ${A}` } },
    answer: "E06",
    options: { locations: ["cookie", "header"] },
  },
  {
    number: 173,
    title: "a header, and junk",
    request: { url: "/?jwt=x", headers: { authorization: `Bearer ${A}` } },
    answer: "PASS",
    options: { locations: ["header", "query"] },
  },
  {
    number: 173,
    title: "junk first",
    request: { url: "/?jwt=x", json: { access_token: A } },
    answer: "E22",
    options: { locations: ["query", "json"] },
  },
  header(174, `Bearer ${A}`, "PASS", { ...{ options: COOKIES }, guard: { locations: "header" } }),
  post(174, "CSRF on a route of its own", { cookies: cookieOf(A) }, "E06", {
    options: {},
    guard: { locations: "cookie" },
  }),
]

const yes = () => true
const LAST: Case[] = [
  header(178, `Bearer ${A}`, "E18", { options: { loaders: { isRevoked: yes } } }),
  header(178, `Bearer ${R}`, "E18", { route: "/r", options: { loaders: { isRevoked: yes } } }),
  header(179, `Bearer ${A}`, "PASS", { route: "/skip", options: { loaders: { isRevoked: yes } } }),
  header(181, `Bearer ${A}`, "E18", { options: { loaders: { isRevoked: () => 1 } } }),
  header(181, `Bearer ${A}`, "PASS", { options: { loaders: { isRevoked: () => null } } }),
  ...(["/p", "/o"] as const).map((route) =>
    header(182, `Bearer ${A}`, "E19", { route, options: { loaders: { accepts: () => false } } }),
  ),
  header(182, `Bearer ${A}`, "E19", { options: { loaders: { accepts: () => null } } }),
  header(182, `Bearer ${A}`, "PASS", { options: { loaders: { accepts: () => 1 } } }),
  header(100, `Bearer ${A}`, "E20", { route: "/o", options: { loaders: { user: () => undefined } } }),
  header(183, `Bearer ${A}`, "E20", { options: { loaders: { user: () => undefined } } }),
  header(188, `Bearer ${X}`, "E14", { options: { loaders: { isRevoked: yes } } }),
  header(189, `Bearer ${made({ type: "refresh", exp: 1 })}`, "E14"),
  header(190, `Bearer ${made({ exp: 1, aud: "x" })}`, "E22"),
  header(190, `Bearer ${made({ exp: 1, iss: "x" })}`, "E22", { options: { issuer: "y" } }),
  header(190, `Bearer ${made({ exp: 1, sub: 5 })}`, "E22"),
  header(190, `Bearer ${made({ exp: 1, sub: undefined })}`, "E21"),
  header(190, `Bearer ${made({ exp: 1, nbf: START + 60 })}`, "E22"),
  header(205, `Bearer ${made({ aud: ["bar", "foo"] })}`, "PASS", { options: { audience: "foo" } }),
  header(205, `Bearer ${made({ aud: "bar" })}`, "E22", { options: { audience: "foo" } }),
  header(205, `Bearer ${A}`, "E22", { options: { audience: "foo" } }),
  header(206, `Bearer ${made({ iss: "x" })}`, "E22", { options: { issuer: "y" } }),
  header(206, `Bearer ${A}`, "E22", { options: { issuer: "y" } }),
]

describe.each([
  ["6.1 header", LOOKUP],
  ["6.2 to 6.5 tokens", TOKENS],
  ["6.6 optional", OPTIONAL],
  ["6.7 cookies and CSRF", BY_COOKIE],
  ["6.9 to 6.11 other places", ELSEWHERE],
  ["6.12 and 6.14 the last checks", LAST],
])("%s", (_, cases) => {
  test.each(cases)("$number: $title: $answer", expectAnswer)
})

describe("6.8 and 6.14", () => {
  test("131, 140: cookies by their names, set and cleared in order", async () => {
    const auth = flask(COOKIES)
    const [access, refresh] = [await auth.createAccessToken("u1"), await auth.createRefreshToken("u1")]
    const names = (cookies: readonly string[]) => jar(cookies).replaceAll(/=[^;]*/g, "")
    expect(names(await auth.setCookies({ access }))).toBe("access_token_cookie; csrf_access_token")
    expect(names(await auth.setCookies({ refresh }))).toBe("refresh_token_cookie; csrf_refresh_token")
    expect(names(auth.clearCookies())).toBe(
      "access_token_cookie; csrf_access_token; refresh_token_cookie; csrf_refresh_token",
    )
    expect(names(flask({ ...COOKIES, csrf: false }).clearCookies())).toBe("access_token_cookie; refresh_token_cookie")
  })

  test("142: cookies are not set for a token that has expired", async () => {
    await expect(flask(COOKIES).setCookies({ access: X })).rejects.toThrow("token_expired")
  })

  test("201, 204: claims and lifetimes", async () => {
    const auth = flask({ issuer: "i", audience: ["a", "b"] })
    const { header: jose, payload } = decodeUnverified(await auth.createAccessToken("u1", { fresh: true }))
    expect(jose).toEqual({ alg: "HS256", typ: "JWT" })
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    const times = { iat: START, nbf: START, exp: START + 900 }
    const rest = { iss: "i", aud: ["a", "b"], jti: uuid, csrf: uuid }
    expect(payload).toEqual({ sub: "u1", type: "access", fresh: true, ...times, ...rest })
    const refresh = decodeUnverified(await auth.createRefreshToken("u1")).payload
    expect(refresh).toMatchObject({ type: "refresh", fresh: false, exp: START + 2_592_000 })
  })

  test("193: preflights pass, and carry nobody", async () => {
    for (const options of [{}, { fresh: true }, { type: "refresh" }])
      expect(await flask().check(ask({ method: "OPTIONS" }), options)).toMatchObject({
        allowed: true,
        identity: undefined,
      })
  })

  test("27: responders have the last word", async () => {
    const auth = flask({ responders: { missing_token: () => ({ status: 201, body: { foo: "bar" } }) } })
    expect(await auth.check(ask())).toMatchObject({ status: 201, body: { foo: "bar" } })
  })

  test("191: what a loader throws is thrown", async () => {
    const auth = flask({ loaders: { isRevoked: () => Promise.reject(new RangeError("down")) } })
    await expect(auth.check(bearer(A))).rejects.toThrow(RangeError)
  })

  test("207: loaders of subject and claims", async () => {
    const auth = flask<undefined>({ loaders: { claims: () => ({ team: "a", x: 1 }) } })
    for (const token of [
      await auth.createAccessToken("u1", { claims: { x: 2 } }),
      await auth.createRefreshToken("u1", { claims: { x: 2 } }),
    ])
      expect(decodeUnverified(token).payload).toMatchObject({ team: "a", x: 2 })
  })

  test("a login keeps a CSRF value for each token, and its pair passes where it should", async () => {
    const auth = flask({ ...COOKIES, key: SECRET })
    const access = await auth.createAccessToken("u1")
    const cookies = jar(await auth.setCookies({ access }))
    const headers = { "x-csrf-token": csrf(access) }
    expect(await auth.check(ask({ method: "POST", cookies, headers }))).toMatchObject({
      allowed: true,
      location: "cookie",
    })
  })
})

describe("6.1 to 6.5, where options or loaders make the case", () => {
  const byFunction = { algorithm: "HS256", verificationKey: SECRET }

  test("26: a header without a name is refused when the server starts", () => {
    expect(() => flask({ header: { name: "" } })).toThrow("`header.name`")
  })

  test("28: the message may stand in another member", async () => {
    const auth = flask({ responders: { otherwise: ({ message }) => ({ body: { message } }) } })
    expect(await auth.check(ask())).toMatchObject({ status: 401, body: { message: "Missing Authorization Header" } })
  })

  test.each([
    [32, "malformed_token", bearer("aaaaa.bbbbb.ccccc")],
    [59, "token_expired", bearer(X)],
    [83, "fresh_token_required", bearer(A)],
    [130, "csrf_failed", ask({ method: "POST", cookies: cookieOf(A) })],
    [152, "missing_token", ask()],
    [180, "token_revoked", bearer(R)],
  ] as const)("%i: a responder of its own for %s", async (_, code, request) => {
    const seen: unknown[] = []
    const auth = flask({
      locations: ["header", "cookie", "query"],
      loaders: { isRevoked: ({ type }) => type === "refresh" },
      responders: {
        [code]: (failure: object) => {
          seen.push(failure)
          return { status: 201, body: {} }
        },
      },
    })
    const type = code === "token_revoked" ? "refresh" : "access"
    expect(await auth.check(request, { fresh: code === "fresh_token_required", type })).toMatchObject({
      status: 201,
      body: {},
    })
    const verified = { header: { alg: "HS256" }, claims: { sub: "u1", type } }
    const isVerified = ["token_expired", "fresh_token_required", "token_revoked"].includes(code)
    expect(seen).toMatchObject([{ code, ...(isVerified ? verified : {}) }])
  })

  test("41: a MAC over the public key is no signature", async () => {
    const key = Jwk.generate("RS256")
    const forged = encode({ sub: "u1" }, new TextEncoder().encode(SECRET), { algorithm: "HS256" })
    expect(await flask({ key, algorithm: "RS256" }).check(bearer(forged))).toMatchObject({ status: 422 })
  })

  test("42: algorithms for secrets and for keys do not stand in one list, nor beside a key that they are not for", async () => {
    const key = Jwk.generate("RS256")
    expect(() => flask({ key, algorithm: "RS256", algorithms: ["RS256", "HS256"] })).toThrow("`algorithms`")
    expect(() => flask({ key, algorithm: "RS256", algorithms: ["HS256"] })).toThrow("`algorithms`")
    expect(() => flask({ verificationKey: key.publicKey(), algorithms: ["HS256", "RS256"] })).toThrow("`algorithms`")
    const native = { verificationKey: key.publicKey().toPem(), algorithms: ["RS256"], issuer: "i", audience: "a" }
    expect(await createAuth(native).check(bearer(A))).toMatchObject({ status: 401, code: "token_invalid" })
  })

  test("45: a payload must be a JSON object", async () => {
    for (const payload of ["x", "[]"]) {
      const token = signJws(payload, SECRET, { algorithm: "HS256" })
      expect(await flask().check(bearer(token))).toMatchObject({ status: 422 })
    }
  })

  test("49, 50: the list of algorithms is what it says; the own one is not added, and the list is not changed", async () => {
    const key = `${SECRET}${SECRET}`
    const algorithms = Object.freeze(["HS512"])
    const by = (algorithm: string) => bearer(encode({ sub: "u1" }, key, { algorithm }))
    const auth = flask({ key, algorithms })
    expect(await auth.check(by("HS512"))).toMatchObject({ allowed: true })
    expect(await auth.check(by("HS256"))).toMatchObject({ status: 422 })
    expect(await flask({ key, algorithms: ["HS512", "HS256"] }).check(by("HS256"))).toMatchObject({ allowed: true })
    expect(await flask({ key, algorithms: ["HS512", "HS256"] }).check(by("HS384"))).toMatchObject({ status: 422 })
    expect(algorithms).toEqual(["HS512"])
  })

  test("51: a service that verifies needs no private key", async () => {
    const key = Jwk.generate("RS256")
    const token = await flask({ key, algorithm: "RS256" }).createAccessToken("u1")
    const reader = flask({ key: key.publicKey(), algorithm: "RS256" })
    expect(await reader.check(bearer(token))).toMatchObject({ allowed: true, identity: "u1" })
  })

  test("53, 65: what has no type, or one of its own, passes for an access token that is not fresh", async () => {
    const foreign = signJws('{"sub":"x"}', SECRET, { algorithm: "HS256" })
    expect(await flask().check(bearer(foreign))).toMatchObject({
      identity: "x",
      claims: { sub: "x", type: "access", fresh: false, jti: null },
    })
    expect(await flask().check(bearer(foreign), { type: "refresh" })).toMatchObject({ status: 422 })
    expect(await flask().check(bearer(foreign), { fresh: true })).toMatchObject({ status: 401 })
    for (const type of ["app", null])
      expect(await flask().check(bearer(made({ type })))).toMatchObject({ allowed: true })
    expect(await flask().decodeToken(made({ type: "app" }))).toMatchObject({ type: "app" })
  })

  test("55: an empty subject passes", async () => {
    expect(await flask().check(bearer(made({ sub: "" })))).toMatchObject({ allowed: true, identity: "" })
  })

  test("56: subjects of any type, where the options say so", async () => {
    const auth = flask({ compat: { library: "flask-jwt-extended", anySubject: true }, store: memoryStore() })
    for (const sub of [1, { a: 1 }, [], false]) {
      expect(await auth.decodeToken(made({ sub }))).toMatchObject({ sub })
      expect(await auth.check(bearer(made({ sub })))).toMatchObject({ identity: JSON.stringify(sub), claims: { sub } })
    }
    await auth.revokeSubject("1")
    expect(await auth.check(bearer(made({ sub: 1 })))).toMatchObject({ status: 401, code: "token_revoked" })
  })

  test("57: an identity that is no string is refused when the token is made, not when it is used", async () => {
    await expect(flask<undefined>().createAccessToken(1234 as unknown as string)).rejects.toThrow("identity")
  })

  test("58: the identity under another claim", async () => {
    const auth = flask({ compat: { library: "flask-jwt-extended", identityClaim: "banana" }, store: memoryStore() })
    expect(await auth.check(bearer(A))).toMatchObject({ status: 422, body: { msg: "Missing claim: banana" } })
    const token = await auth.createAccessToken("u1")
    expect(await auth.check(bearer(token))).toMatchObject({ identity: "u1", claims: { banana: "u1" } })
    expect(decodeUnverified(token).payload).not.toHaveProperty("sub")
    expect(await auth.check(bearer(made({ sub: undefined, banana: 5 })))).toMatchObject({ identity: "5" })
    await expect(auth.createAccessToken("u1", { claims: { banana: "u2" } })).rejects.toThrow("`banana`")
    await auth.revokeSubject("u1")
    expect(await auth.check(bearer(token))).toMatchObject({ code: "token_revoked" })
  })

  test("66, 67: each of two types has its cookie; a guard for both looks into both", async () => {
    const auth = flask(COOKIES)
    const both = auth.guard({ type: ["access", "refresh"] })
    expect(await auth.check(ask({ cookies: refreshCookieOf(R) }))).toMatchObject({
      body: { msg: 'Missing cookie "access_token_cookie"' },
    })
    expect(await auth.check(ask({ cookies: cookieOf(A) }), { type: "refresh" })).toMatchObject({
      body: { msg: 'Missing cookie "refresh_token_cookie"' },
    })
    expect(await both(ask({ cookies: cookieOf(A) }))).toMatchObject({ allowed: true })
    expect(await both(ask({ cookies: refreshCookieOf(R) }))).toMatchObject({ allowed: true })
  })

  test("74: the type of a token cannot be given as a claim", async () => {
    await expect(flask().createAccessToken("u1", { claims: { type: "refresh" } })).rejects.toThrow("`type`")
  })

  test("79: a login that counted until now does not any more", async () => {
    const token = await flask().createAccessToken("u1", { fresh: START - 0.001 })
    expect(await flask().check(bearer(token), { fresh: true })).toMatchObject({ status: 401 })
  })

  test("207: a key for each subject, found again by header and claims", async () => {
    const keys: Readonly<Record<string, string>> = { u1: SECRET, u2: SECRET.toUpperCase() }
    const seen: unknown[] = []
    const key = (subject: string) => keys[subject] ?? ""
    const lookup = (header: object, claims: Readonly<Record<string, unknown>>) => {
      seen.push([header, claims["sub"]])
      return keys[String(claims["sub"])]
    }
    const auth = flask({ key, ...byFunction, verificationKey: lookup })
    expect(await auth.check(bearer(await auth.createAccessToken("u2")))).toMatchObject({ identity: "u2" })
    expect(seen).toEqual([[{ alg: "HS256", typ: "JWT" }, "u2"]])
    const alone = flask({ key, ...byFunction })
    expect(await alone.check(bearer(await alone.createAccessToken("u2")))).toMatchObject({ code: "signature_invalid" })
    expect(await auth.check(bearer(made({ sub: "nobody" })))).toMatchObject({ status: 422 })
    expect(() => flask({ key, algorithm: "HS256" })).toThrow("`verificationKey`")
    expect(() => flask({ key, verificationKey: SECRET })).toThrow("`algorithm`")
  })
})

describe("6.7, 6.8, 6.11: cookies and places", () => {
  test("117, 119: each token may have a header and a field of its own", async () => {
    const csrfPlaces = { header: "X-A", formField: "a", refresh: { header: "X-R", formField: "r" } }
    const auth = flask({ ...COOKIES, csrf: csrfPlaces })
    const asked = (type: "access" | "refresh", more: Parameters<typeof ask>[0]) => {
      const cookies = type === "access" ? cookieOf(A) : refreshCookieOf(R)
      return auth.check(ask({ method: "POST", cookies, ...more }), { type })
    }
    expect(await asked("access", { headers: { "x-a": csrf(A) } })).toMatchObject({ allowed: true })
    expect(await asked("refresh", { headers: { "x-r": csrf(R) } })).toMatchObject({ allowed: true })
    expect(await asked("access", { form: { a: csrf(A) } })).toMatchObject({ allowed: true })
    expect(await asked("refresh", { form: { r: csrf(R) } })).toMatchObject({ allowed: true })
    for (const headers of [{ "x-csrf-token": csrf(R) }, { "x-a": csrf(R) }])
      expect(await asked("refresh", { headers })).toMatchObject({ body: { msg: "Missing CSRF token" } })
    expect(await asked("refresh", { form: { a: csrf(R) } })).toMatchObject({ body: { msg: "Missing CSRF token" } })
  })

  test("132, 133: attributes, names and paths are as the options say, for as long as the token lives", async () => {
    const cookie = (name: string) => ({ name, path: `/${name}`, sameSite: "strict" }) as const
    const cookies = { domain: ".example.com", access: cookie("a"), refresh: cookie("r"), csrf: cookie("ca") }
    const auth = flask({ ...COOKIES, cookies: { ...cookies, refreshCsrf: cookie("cr") } })
    const [access, refresh] = [await auth.createAccessToken("u1"), await auth.createRefreshToken("u1")]
    const set = [...(await auth.setCookies({ access })), ...(await auth.setCookies({ refresh }))]
    const attributes = (name: string, age: number, httpOnly: boolean) =>
      `${name}; Max-Age=${age}; Domain=example.com; Path=/${name};${httpOnly ? " HttpOnly;" : ""} Secure; SameSite=Strict`
    expect(set.map((value) => value.replace(/=[^;]*/, ""))).toEqual([
      attributes("a", 900, true),
      attributes("ca", 900, false),
      attributes("r", 2_592_000, true),
      attributes("cr", 2_592_000, false),
    ])
  })

  test("134, 135: one cookie where the CSRF value is handed out otherwise, or is none", async () => {
    for (const how of [{ cookie: false }, false] as const) {
      const auth = flask({ ...COOKIES, csrf: how })
      const access = await auth.createAccessToken("u1")
      expect(await auth.setCookies({ access })).toHaveLength(1)
      expect(auth.clearCookies()).toHaveLength(2)
      expect(decodeUnverified(access).payload).toHaveProperty("type", "access")
      expect(Object.hasOwn(decodeUnverified(access).payload as object, "csrf")).toBe(how !== false)
    }
  })

  test("136, 137, 138: domain and age of one call, an age of 0 included", async () => {
    const auth = flask({ ...COOKIES, cookies: { domain: "one.example", session: true } })
    const access = await auth.createAccessToken("u1")
    for (const cookie of await auth.setCookies({ access }, { maxAge: 60, domain: "two.example" }))
      expect(cookie).toMatch(/Max-Age=60; Domain=two\.example/)
    for (const cookie of await auth.setCookies({ access }, { maxAge: 0 }))
      expect(cookie).toMatch(/Max-Age=0; Domain=one\.example/)
    const cleared = auth.clearCookies({ domain: ".two.example" })
    expect(cleared.filter((cookie) => cookie.includes("Domain=two.example"))).toHaveLength(4)
    expect(() => auth.clearCookies({ domain: "a;b" })).toThrow("`domain`")
    expect(() => auth.clearCookies({ domian: "x" } as object)).toThrow("did you mean `domain`")
  })

  test("139, 145: what browsers would refuse is refused here", () => {
    expect(() => flask({ cookies: { access: { sameSite: "junk" as "lax" } } })).toThrow("sameSite")
    const insecure = { secure: false, access: { sameSite: "none" } } as const
    expect(() => flask({ issuer: "http://localhost", cookies: insecure })).toThrow("sameSite")
    expect(() => flask({ cookies: { domain: "x.example", access: { name: "__Host-at" } } })).toThrow("__Host-")
    expect(() => flask({ cookies: { access: { name: "__Host-at" } } })).not.toThrow()
    const inTheClear = { cookies: { secure: false } }
    for (const audience of [undefined, "foo", "http://localhost"])
      expect(() => flask({ ...inTheClear, audience })).not.toThrow()
    expect(() => flask({ ...inTheClear, issuer: "https://i.example" })).toThrow("`cookies.secure`")
  })

  test("141, 143, 144: cookies are for tokens that can be read, of either type, with their CSRF value", async () => {
    await expect(flask(COOKIES).setCookies({ access: noCsrf })).rejects.toThrow("`csrf`")
    expect(await flask({ ...COOKIES, csrf: false }).setCookies({ access: noCsrf })).toHaveLength(1)
    expect(await flask(COOKIES).setCookies({ access: R })).toHaveLength(2)
    await expect(flask({ ...COOKIES, csrf: false }).setCookies({ access: "junk" })).rejects.toThrow("malformed_token")
  })

  test("172: the scheme has no case, so a header and a parameter are not told apart by it", async () => {
    const auth = flask({ locations: ["header", "query"] })
    const request = ask({ url: `/?jwt=${A}`, headers: { authorization: `bearer ${A}` } })
    expect(await auth.check(request)).toMatchObject({ allowed: true, location: "header" })
  })

  test("175, 176, 177: places that do not exist, or none at all, are refused when the guard is made", () => {
    for (const locations of [[], "banana", 1, {}, ["header", "banana"], null])
      expect(() => flask({ locations: locations as "header" })).toThrow("`locations`")
    for (const locations of ["INVALID", ["header", "INVALID"], []])
      expect(() => flask().guard({ locations: locations as "header" })).toThrow("`locations`")
    for (const locations of ["cookie", ["cookie"], ["cookie", "header"]])
      expect(() => flask({ locations: locations as "cookie" })).not.toThrow()
  })
})

describe("6.12 and 6.13: order, state, helpers", () => {
  function recording(answers: { isRevoked?: boolean } = {}) {
    const asked: string[] = []
    const note = <T>(name: string, answer: T) => {
      asked.push(name)
      return answer
    }
    const auth = flask<object>({
      verificationKey: () => note("key", SECRET),
      loaders: {
        isRevoked: () => note("isRevoked", answers.isRevoked ?? false),
        accepts: () => note("accepts", true),
        user: () => note("user", {}),
      },
    })
    return { auth, asked }
  }

  test.each([
    ["all", A, {}, {}, ["key", "isRevoked", "accepts", "user"]],
    ["the key alone for a wrong type", R, {}, {}, ["key"]],
    ["the key alone for a stale token", A, { fresh: true }, {}, ["key"]],
    ["nothing after a revocation", A, {}, { isRevoked: true }, ["key", "isRevoked"]],
  ])("185: asks %s", async (_, token, guard, answers, names) => {
    const { auth, asked } = recording(answers)
    await auth.check(bearer(token), guard)
    expect(asked).toEqual(names)
  })

  test("183: only the absence of a user is one", async () => {
    for (const user of [0, "", false, []] as const)
      expect(await flask<unknown>({ loaders: { user: () => user } }).check(bearer(A))).toMatchObject({ user })
    expect(await flask<unknown>({ loaders: { user: () => null } }).check(bearer(A))).toMatchObject({ status: 401 })
  })

  test("184: without a loader there is no user, and the type says so", async () => {
    const verdict = await flask().check(bearer(A))
    const user: undefined | false = verdict.allowed && verdict.user
    expect(user).toBeUndefined()
  })

  test("192: the key function sees what nobody has verified", async () => {
    const seen: unknown[] = []
    const auth = flask({
      verificationKey: (_, claims) => {
        seen.push(claims["sub"])
        return SECRET
      },
    })
    const forged = encode({ sub: "mallory" }, SECRET.toUpperCase(), { algorithm: "HS256" })
    expect(await auth.check(bearer(forged))).toMatchObject({ code: "signature_invalid" })
    expect(seen).toEqual(["mallory"])
  })

  test("195: a verdict has header and claims, or neither", async () => {
    expect(await flask().check(bearer(A))).toMatchObject({ header: { alg: "HS256" }, claims: { sub: "u1" } })
    for (const request of [ask(), ask({ method: "OPTIONS" })])
      expect(await flask().check(request, { optional: true })).toMatchObject({ claims: undefined, header: undefined })
  })

  test("186, 187: implicit refresh acts near the end, on guarded requests with a token, and a logout wins over it", async () => {
    const clock = { now: START }
    const auth = flask({ ...COOKIES, store: memoryStore(), now: () => clock.now })
    const pair = await auth.login("u1", { transport: "cookie" })
    const cookies = jar(pair.cookies)
    const guard = auth.guard({ renew: { within: "5m" }, optional: true })
    const count = async (asked: Parameters<typeof ask>[0]) => (await guard(ask(asked))).cookies.length
    expect(await count({ cookies })).toBe(0)
    expect(await count({})).toBe(0)
    clock.now += 700
    expect(await count({ cookies: cookieOf(made({ exp: undefined })) })).toBe(0)
    expect(await count({ cookies })).toBe(4)
    const headers = { "x-csrf-token": csrf(pair.accessToken) }
    const out = await auth.logout(ask({ method: "POST", cookies, headers }))
    expect(out.cookies.every((cookie) => cookie.includes("Max-Age=0"))).toBe(true)
    expect(await guard(ask({ cookies }))).toMatchObject({ code: "token_revoked" })
    clock.now += 700
    expect(await auth.check(ask({ cookies: cookieOf(pair.accessToken) }), { renew: true })).toMatchObject({
      body: { msg: "Token has expired" },
      cookies: [],
    })
  })

  test("194: what a guard leaves cannot be had where none ran, or nobody came", async () => {
    const verdict = await flask().check(bearer(A))
    expect(authOf({ locals: { auth: verdict } })).toMatchObject({ identity: "u1", header: { alg: "HS256" } })
    const nobody = await flask().check(ask(), { optional: true })
    for (const locals of [{}, { auth: undefined }, { auth: nobody }, { auth: await flask().check(ask()) }])
      expect(() => authOf({ locals })).toThrow("no guard")
  })

  test("196: a guard that refuses leaves nothing behind, one that is optional leaves nobody", async () => {
    for (const [guard, left] of [
      [{}, undefined],
      [{ optional: true }, { allowed: true, identity: undefined }],
    ] as const) {
      const context = { ...koaContext(), state: {} as { auth?: unknown } }
      await requireAuth(flask(), guard)(context as never, async () => undefined)
      if (left === undefined) expect(context.state.auth).toBeUndefined()
      else expect(context.state.auth).toMatchObject(left)
    }
  })

  test("197, 198: a token is decoded outside of guards, with its CSRF value and past its end", async () => {
    const auth = flask()
    expect(await auth.decodeToken(X)).toMatchObject({ code: "token_expired" })
    expect(await auth.decodeToken(X, { allowExpired: true })).toMatchObject({ exp: START - 5 })
    const early = made({ exp: START - 5, nbf: START + 60 })
    expect(await auth.decodeToken(early, { allowExpired: true })).toMatchObject({ code: "token_invalid" })
    expect(await auth.decodeToken(A, { csrf: csrf(A) })).toMatchObject({ sub: "u1" })
    for (const value of ["x", ""])
      expect(await auth.decodeToken(A, { csrf: value })).toMatchObject({ reason: "csrf_mismatch" })
    expect(await auth.decodeToken(noCsrf, { csrf: "x" })).toMatchObject({ reason: "csrf_claim_missing" })
  })

  test("199: ids and headers can be had of tokens", async () => {
    const auth = flask()
    expect(await auth.decodeToken(made({ jti: "5" }))).toMatchObject({ jti: "5" })
    expect(await auth.decodeToken(made({ jti: undefined }))).toMatchObject({ jti: null })
    const token = await auth.createAccessToken("u1", { header: { x: 1 } })
    expect(auth.decodeUnverifiedHeader(token)).toMatchObject({ x: 1 })
    const foreign = encode({}, SECRET.toUpperCase(), { algorithm: "HS256", header: { y: 2 } })
    expect(auth.decodeUnverifiedHeader(foreign)).toMatchObject({ y: 2 })
    expect(() => auth.decodeUnverifiedHeader("x")).toThrow()
  })

  test("201, 204: no end where one call says so, and no `nbf` where the options say so", async () => {
    const auth = flask({ compat: { library: "flask-jwt-extended", notBefore: false } })
    const token = await auth.createAccessToken("u1", { lifetime: false })
    const claims = await auth.decodeToken(token)
    expect(claims).not.toHaveProperty("exp")
    expect(claims).not.toHaveProperty("nbf")
    expect(await auth.check(bearer(token))).toMatchObject({ allowed: true })
    const native = createAuth({ key: SECRET, issuer: "i", audience: "a" })
    await expect(native.createAccessToken("u1", { lifetime: false })).rejects.toThrow("`lifetime`")
  })

  test("202, 203: lifetimes are 1 second or more, or false", async () => {
    for (const access of [0, -5, "banana", true, null])
      expect(() => flask({ lifetimes: { access: access as number } })).toThrow("`lifetimes.access`")
    for (const lifetime of [0, -1, "0s"])
      await expect(flask().createAccessToken("u1", { lifetime })).rejects.toThrow("`lifetime`")
    const { payload } = decodeUnverified(await flask({ lifetimes: { access: 60 } }).createAccessToken("u1"))
    expect(payload).toMatchObject({ exp: START + 60 })
  })

  test("208: there is a key, of the algorithm's kind", () => {
    expect(() => createAuth({ compat: "flask-jwt-extended" })).toThrow("`key`")
    expect(() => flask({ key: "" })).toThrow()
    expect(() => flask({ algorithm: "RS256" })).toThrow("`algorithm`")
  })
})

/** Cases that no test asks, and why. */
const OPEN: Readonly<Record<string, readonly number[]>> = {
  "does not apply: null is no value of an option": [25],
  "does not apply: templates get what the handler gives them": [200],
}

/** Cases that have a test of their own above. */
const OWN_TESTS = [
  26, 27, 28, 32, 41, 42, 45, 49, 50, 51, 53, 56, 57, 58, 66, 67, 74, 79, 83, 117, 119, 130, 131, 132, 133, 134, 135,
  136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 152, 172, 175, 176, 177, 180, 184, 185, 186, 187, 191, 192, 193,
  194, 195, 196, 197, 198, 199, 201, 202, 203, 204, 207, 208,
]

test("every case is asked, or is listed with the reason", () => {
  const tables = [LOOKUP, TOKENS, OPTIONAL, BY_COOKIE, ELSEWHERE, LAST].flat().map(({ number }) => number)
  const known = [...new Set([...tables, ...OWN_TESTS]), ...Object.values(OPEN).flat()]
  expect(known.sort((a, b) => a - b)).toEqual(Array.from({ length: 208 }, (_, index) => index + 1))
})
