/** Times: what people type, and what is said of what tokens hold. */
import {
  explainTime,
  isNumericDate,
  isoTime,
  type JsonNode,
  localTime,
  parseDuration,
  parseTime,
  read,
  readJson,
  relativeTime,
  timesOf,
} from "@jotkit/inspect"
import fc from "fast-check"
import { describe, expect, test } from "vitest"

const NOW = 1_700_000_000

describe("an argument", () => {
  test.each<[string, number]>([
    ["now", NOW],
    ["+1h", NOW + 3600],
    ["-90s", NOW - 90],
    ["+1d12h", NOW + 129_600],
    ["+2w", NOW + 1_209_600],
    ["+5m", NOW + 300],
    ["+1.5h", NOW + 5400],
    ["P1DT2H", NOW + 93_600],
    ["-PT30M", NOW - 1800],
    ["@1700000001", 1_700_000_001],
    ["1700000001", 1_700_000_001],
    ["@-1", -1],
    ["2023-11-14T22:13:20Z", NOW],
    ["2023-11-15T06:13:20+08:00", NOW],
    ["2023-11-14 22:13:20.5Z", NOW + 0.5],
    // From the 31st of January a month is the last day of February.
    ["P1M", NOW + 30 * 86_400],
    ["P1Y", NOW + 366 * 86_400],
  ])("may be %s", (text, seconds) => {
    expect(parseTime(text, NOW)).toMatchObject({ ok: true, seconds })
  })

  test("may be a date, which is midnight in UTC and says so", () => {
    expect(parseTime("2024-02-29", NOW)).toEqual({ ok: true, seconds: 1_709_164_800, note: "midnight_utc" })
  })

  test("may be never", () => {
    expect(parseTime("never", NOW)).toEqual({ ok: true, seconds: undefined, note: undefined })
  })

  test("keeps to the last day of a shorter month", () => {
    expect(parseTime("P1M", Date.UTC(2024, 0, 31) / 1000)).toMatchObject({ seconds: Date.UTC(2024, 1, 29) / 1000 })
  })

  test.each([
    ["1700000000000", "time_milliseconds"],
    ["@1700000000000", "time_milliseconds"],
    ["+1mo", "time_ambiguous"],
    ["+1y", "time_ambiguous"],
    ["+1M", "time_ambiguous"],
    ["1h", "time_unknown"],
    ["tomorrow", "time_unknown"],
    ["", "time_unknown"],
    ["2023-02-30", "time_out_of_range"],
    ["2023-02-30T00:00:00Z", "time_out_of_range"],
    ["2023-11-14T22:13:20", "time_unknown"],
    ["P", "time_unknown"],
    ["PT", "time_unknown"],
    ["+9999999w", "time_out_of_range"],
    ["+1h".repeat(40), "time_unknown"],
  ])("is refused: %s", (text, code) => {
    expect(parseTime(text, NOW)).toEqual({ ok: false, code })
  })
})

describe("a duration", () => {
  test.each<[string, number]>([
    ["90", 90],
    ["90s", 90],
    ["1h30m", 5400],
    ["PT15M", 900],
    ["P1W", 604_800],
  ])("may be %s", (text, seconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, seconds })
  })

  test.each(["1mo", "P1M", "P1Y", "-5", "x", "P"])("is refused: %s", (text) => {
    expect(parseDuration(text).ok).toBe(false)
  })
})

describe("a value of a token", () => {
  const node = (text: string): JsonNode => {
    const { root } = readJson(text)
    if (root === undefined) throw new Error(text)
    return root
  }
  test.each<[string, string, number | undefined]>([
    ["1700000000", "seconds", NOW],
    ["1700000000.5", "fraction", NOW + 0.5],
    ["-5", "negative", -5],
    ["1700000000000", "milliseconds", NOW],
    ["1700000000000000", "microseconds", NOW],
    ["1700000000000000000", "nanoseconds", NOW],
    ['"1700000000"', "digits", NOW],
    ['"2023-11-14T22:13:20Z"', "date_text", NOW],
    ['"soon"', "not_a_time", undefined],
    ["true", "not_a_time", undefined],
    ["1e400", "out_of_range", undefined],
  ])("%s is explained", (text, kind, seconds) => {
    expect(explainTime(node(text))).toEqual({ kind, seconds })
  })

  test("is a NumericDate or is not", () => {
    expect(isNumericDate(explainTime(node("1")))).toBe(true)
    expect(isNumericDate(explainTime(node('"1"')))).toBe(false)
  })
})

test("is written in ISO 8601, in a place, and as a distance", () => {
  expect(isoTime(NOW)).toBe("2023-11-14T22:13:20Z")
  expect(isoTime(1e15)).toBeUndefined()
  expect(localTime(NOW, { locale: "en", timeZone: "Asia/Taipei" })).toContain("Nov 15, 2023")
  expect(localTime(NOW, { locale: "zh-Hant-TW", timeZone: "Asia/Taipei" })).toContain("2023年11月15日")
  expect(relativeTime(NOW - 3 * 3600 - 59, NOW, "en")).toBe("3 hours ago")
  expect(relativeTime(NOW - 3 * 3600, NOW, "zh-Hant-TW")).toBe("3 小時前")
  expect(relativeTime(NOW + 86_400, NOW, "en")).toBe("in 1 day")
  expect([relativeTime(NOW, NOW, "en"), relativeTime(NOW - 0.9, NOW, "zh-Hant-TW")]).toEqual(["now", "現在"])
  expect(relativeTime(NOW - 1, NOW, "en")).toBe("1 second ago")
})

test("the times of a token are told in ISO 8601, as they were meant", () => {
  const claims =
    '{"exp":1700000000,"iat":1700000000000,"nbf":"1700000000","auth_time":null,"updated_at":1e15,"toe":-1,"x":1700000000}'
  const moment = "2023-11-14T22:13:20Z"
  expect(timesOf(read(`eyJhbGciOiJub25lIn0.${Buffer.from(claims).toString("base64url")}.`))).toEqual({
    exp: moment,
    iat: moment,
    nbf: moment,
    updated_at: "2001-09-09T01:46:40Z",
    toe: "1969-12-31T23:59:59Z",
  })
  expect(timesOf(read("eyJhbGciOiJub25lIn0.."))).toEqual({})
})

test("never throws, whatever is typed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.double(), (text, seconds) => {
      parseTime(text, NOW)
      parseDuration(text)
      isoTime(seconds)
      localTime(seconds, { locale: "en", timeZone: "UTC" })
    }),
  )
})
