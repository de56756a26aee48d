// @ts-check
/** Bodies of requests, with a limit, for what has no parsers of its own. */
const MAX_BODY_BYTES = 102_400
const MAX_DEPTH = 500
const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/** `application/json` and its kin (RFC 6839, section 3.1). */
export const JSON_TYPE = /^application\/(?:[^\s;]+\+)?json\s*(?:;|$)/i

/** What is wrong with a request, as the client is to see it. */
export class HttpFailure extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message)
    this.status = status
    this.code = code
  }
}

/**
 * @param {string | null | undefined} type The content type.
 * @param {AsyncIterable<Uint8Array>} body
 */
export async function readJson(type, body) {
  const text = await readText(type, JSON_TYPE, body)
  try {
    return parseJson(text)
  } catch {
    throw new HttpFailure(400, "invalid_request", "the body must be JSON")
  }
}

/**
 * As `JSON.parse`, but not for what is nested so deep that `JSON.stringify` would fail with it.
 *
 * @param {string} text
 * @returns {unknown}
 */
export function parseJson(text) {
  const value = JSON.parse(text)
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new RangeError("too deep")
    level = level.filter((each) => typeof each === "object" && each !== null).flatMap(Object.values)
  }
  return value
}

/**
 * @param {string | null | undefined} type The content type.
 * @param {AsyncIterable<Uint8Array>} body
 */
export async function readForm(type, body) {
  return new URLSearchParams(await readText(type, FORM_TYPE, body))
}

/**
 * The body of a request of `node:http`. What is not read is thrown away, so that the connection serves the next request.
 *
 * @param {import("node:http").IncomingMessage} incoming
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* bodyOf(incoming) {
  try {
    yield* incoming.iterator({ destroyOnReturn: false })
  } finally {
    incoming.resume()
  }
}

/**
 * @param {string | null | undefined} type
 * @param {RegExp} wanted
 * @param {AsyncIterable<Uint8Array>} body
 */
async function readText(type, wanted, body) {
  if (!wanted.test(type ?? ""))
    throw new HttpFailure(415, "unsupported_media_type", "the body has a type that is not read here")
  /** @type {Uint8Array[]} */
  const chunks = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new HttpFailure(413, "payload_too_large", "the body is too large")
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}
