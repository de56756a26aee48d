/** Both catalogues say the same: each message names what the other one names. */
import { describe, expect, test } from "vitest"
import { en, type Word } from "../src/words/en.ts"
import { topicsEn } from "../src/words/topics-en.ts"
import { topicsZhHant } from "../src/words/topics-zh-hant.ts"
import { zhHant } from "../src/words/zh-hant.ts"

const words = Object.keys(en) as Word[]
const placesIn = (text: string) => [...text.matchAll(/\{\d\}/g)].map(([place]) => place).sort()
/** Flags are written the same in every language; so are the names that a message lists. */
const flagsIn = (text: string) => new Set(text.match(/--[a-z][a-z-]*/g) ?? [])
/** Names and signs that no language has words for. */
const SAME: ReadonlySet<string> = new Set(["library", "explained", "key.kty", "key.alg", "key.use", "key.kid"])
/** Words of other regions, and those that the glossary of the project has replaced. */
const FOREIGN =
  /聲明|受眾|令牌|密匙|默認|信息|網絡|數據|服務器|用戶(?!端)|字符|字節|文檔|程序|屏幕|界面|調用|支持|當前|設置|金鑰組/
const CHINESE = /\p{Script=Han}/u

test("each language has the same messages", () => {
  expect(Object.keys(zhHant).sort()).toEqual([...words].sort())
  expect(Object.keys(topicsZhHant)).toEqual(Object.keys(topicsEn))
})

describe.each(words)("%s", (word) => {
  test("names the same in both languages", () => {
    expect(placesIn(zhHant[word])).toEqual(placesIn(en[word]))
    expect(flagsIn(zhHant[word])).toEqual(flagsIn(en[word]))
  })

  test("is Chinese of Taiwan in one, and English in the other", () => {
    if (!SAME.has(word)) expect(zhHant[word]).toMatch(CHINESE)
    expect(zhHant[word]).not.toMatch(FOREIGN)
    expect(en[word]).not.toMatch(CHINESE)
  })
})

test("topics show the same lines to type", () => {
  const linesIn = (text: string) => text.match(/^ {2}jot .*$/gm) ?? []
  expect(linesIn(Object.values(topicsZhHant).join("\n"))).toEqual(linesIn(Object.values(topicsEn).join("\n")))
  expect(Object.values(topicsZhHant).join("\n")).not.toMatch(FOREIGN)
})
