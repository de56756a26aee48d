/** The line that a long task shows: when it comes, what it says, how it goes. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { Progress, type ProgressPlace } from "../src/frame/progress.ts"

const ERASE = "\r\u001b[K"
const written: string[] = []
const place: ProgressPlace = {
  write: (text) => written.push(text),
  columns: 80,
  isUnicode: true,
  paint: (text) => text,
}

beforeEach(() => {
  written.length = 0
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

describe("a task", () => {
  test("of less than a second shows nothing, and leaves nothing", () => {
    const progress = new Progress(place)
    progress.step("scanning", 1, 3)
    vi.advanceTimersByTime(999)
    progress.step("scanning", 2, 3)
    progress.end()
    vi.advanceTimersByTime(10_000)
    expect(written).toEqual([])
  })

  test("that takes longer says how far it is, for eyes and for readers", () => {
    const progress = new Progress(place)
    progress.step("scanning", 0, 8)
    vi.advanceTimersByTime(1000)
    progress.step("scanning", 6, 8)
    vi.advanceTimersByTime(100)
    progress.step("scanning", 6, 8)
    expect(written).toEqual([
      `${ERASE}scanning  ${"░".repeat(20)}   0 %  0 / 8`,
      `${ERASE}scanning  ${"█".repeat(15)}${"░".repeat(5)}  75 %  6 / 8`,
    ])
    progress.end()
    expect(written.at(-1)).toBe(ERASE)
  })

  test("of unknown length says how long it has taken", () => {
    const progress = new Progress(place)
    progress.step("making a key")
    vi.advanceTimersByTime(2000)
    expect(written).toEqual([`${ERASE}making a key  1 s`, `${ERASE}making a key  2 s`])
    progress.step("reading", 12)
    vi.advanceTimersByTime(1000)
    expect(written.at(-1)).toBe(`${ERASE}reading  12  3 s`)
  })

  test("that has a thousand steps a second draws ten", () => {
    const progress = new Progress(place)
    for (let at = 0; at < 2999; at++) {
      progress.step("scanning", at, 3000)
      vi.advanceTimersByTime(1)
    }
    expect(written.length).toBe(20)
  })

  test("makes room for what is written, and comes back", () => {
    const progress = new Progress(place)
    progress.step("scanning", 0, 2)
    vi.advanceTimersByTime(1000)
    progress.clear()
    progress.clear()
    expect(written.slice(1)).toEqual([ERASE])
    vi.advanceTimersByTime(1000)
    expect(written).toHaveLength(3)
  })
})

test("keeps to the terminal, and to ASCII", () => {
  const progress = new Progress({ ...place, columns: 30, isUnicode: false })
  progress.step("asking issuer.with.a.long.name.example")
  vi.advanceTimersByTime(1000)
  progress.step("掃描掃描掃描掃描掃描掃描掃描", 1, 2)
  vi.advanceTimersByTime(1000)
  expect(written.map((line) => line.replace(ERASE, ""))).toEqual([
    "asking issuer.with.a.long.na…",
    "掃描掃描掃描掃描掃描掃…  50 %",
  ])
  const wide = new Progress({ ...place, isUnicode: false })
  wide.step("scanning", 1, 2)
  vi.advanceTimersByTime(1000)
  expect(written.at(-1)).toBe(`${ERASE}scanning  [##########..........]  50 %  1 / 2`)
})

test("without a place nothing is ever shown", () => {
  const progress = new Progress(undefined)
  progress.step("scanning", 1, 2)
  vi.advanceTimersByTime(5000)
  progress.end()
  expect(written).toEqual([])
})
