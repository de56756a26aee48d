// @ts-check
// Where our answer is not the one of Flask-JWT-Extended, on purpose. Both are held to what stands here: what agrees again is taken off.

/** @typedef {readonly [status: number, message?: string]} Expected Without a message: whatever the answer says. */

/** @type {Readonly<Record<string, { why: string, theirs: Expected, ours: Expected }>>} */
export const DIFFERENCES = {
  "D-4": {
    why: "a scheme has no case (RFC 9110, section 11.1)",
    theirs: [401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"],
    ours: [200],
  },
  "D-5": {
    why: "the list of CSRF methods has no case, and methods of one's own are protected",
    theirs: [200],
    ours: [401, "Missing CSRF token"],
  },
  "D-8": {
    why: "a body that is no object holds no token",
    theirs: [500],
    ours: [401, 'Missing "access_token" key in json data.'],
  },
  "D-11": {
    why: "`fresh` of a type that says nothing is not fresh",
    theirs: [500],
    ours: [401, "Fresh token required"],
  },
  "D-12": {
    why: "a CSRF value of other letters is another value",
    theirs: [500],
    ours: [401, "CSRF double submit tokens do not match"],
  },
  "D-13": { why: "a CSRF claim that is no string is none", theirs: [500], ours: [422, "Missing claim: csrf"] },
  "D-15": { why: "whoever asks who is asking during a preflight hears: nobody", theirs: [500], ours: [200] },
  "D-17 access": {
    why: "a guard for both types looks at both places",
    theirs: [401, 'Missing cookie "access_token_cookie"'],
    ours: [200],
  },
  "D-17 refresh": {
    why: "a guard for both types looks at both places",
    theirs: [401, 'Missing cookie "refresh_token_cookie"'],
    ours: [200],
  },
  "D-17 json": {
    why: "a guard for both types looks at both places",
    theirs: [401, 'Missing "access_token" key in json data.'],
    ours: [200],
  },
  "D-18": {
    why: "an audience that nobody has asked for is someone else's (RFC 7519, section 4.1.3)",
    theirs: [200],
    ours: [422],
  },
  "text for a time that is over": {
    why: "times are numbers (RFC 7519, section 2)",
    theirs: [401, "Token has expired"],
    ours: [422],
  },
  issuer: { why: "an issuer is a string (RFC 7519, section 4.1.1)", theirs: [200], ours: [422] },
  "quoted semicolon": { why: "cookies end at semicolons (RFC 6265, section 5.4)", theirs: [401], ours: [200] },
  "cookie octets": {
    why: "a cookie that holds no token is there all the same",
    theirs: [401, 'Missing cookie "access_token_cookie"'],
    ours: [422],
  },
  "empty items": {
    why: "a list of nothing holds no credential",
    theirs: [500],
    ours: [401, "Missing 'Bearer' type in 'Authorization' header. Expected 'Authorization: Bearer <JWT>'"],
  },
  padding: { why: "base64url has no padding here (RFC 7515, section 2)", theirs: [200], ours: [422] },
  "byte order mark": {
    why: "JSON does not begin with a byte order mark (RFC 8259, section 8.1)",
    theirs: [422, "Missing claim: sub"],
    ours: [422],
  },
  null: {
    why: "a claim that is null is missing",
    theirs: [422, "Subject must be a string"],
    ours: [422, "Missing claim: sub"],
  },
  identity: { why: "an identity is text, JSON where the claim is none", theirs: [200], ours: [200] },
  "text for a time": {
    why: "times are numbers (RFC 7519, section 2)",
    theirs: [200],
    ours: [422],
  },
}

/** D-23: they leave `SameSite` to the browser. */
export const UNSAID = { refresh: { samesite: "Strict" }, others: { samesite: "Lax" } }
/** D-16: theirs last a year, ours as long as their tokens. */
export const LASTING = { access: { "max-age": "900" }, refresh: { "max-age": "2592000" } }
/** Ours are told to be over in both ways that there are. */
export const CLEARED = { "max-age": "0", expires: "Thu, 01 Jan 1970 00:00:00 GMT" }
