/** The same in Traditional Chinese, as used in Taiwan. */

import type { makingEn } from "./making-en.ts"

/** The texts, by panel. */
export const makingZhHant: {
  readonly [Panel in keyof typeof makingEn]: { readonly [Name in keyof (typeof makingEn)[Panel]]: string }
} = {
  inside: {
    title: "解密結果",
    opened: "已用你的金鑰開啟：{0}、{1}。",
    opened_public: "任何有公開金鑰的人都能製作這樣的權杖：無法證明傳送者身分。",
    opened_secret: "任何有相同密鑰的人都可能製作了它。",
    compressed: "內容經過壓縮。",
    iterations: "密碼雜湊 {0} 次（PBES2）。",
    refused: "這個金鑰打不開它。金鑰不對，或權杖遭到更動。",
    refused_absent: "此瀏覽器不支援這個演算法。可改用命令列：jot decrypt",
    refused_other: "未能開啟：{0}。",
    public: "這是公開金鑰。開啟權杖需要私密金鑰。",
    unfit: "金鑰不適用於這個權杖的加密方式。",
    costly: "權杖要求將密碼雜湊 {0} 次；一般最多 {1} 次。這會花一些時間。",
    too_costly: "權杖要求將密碼雜湊 {0} 次，不予執行。",
    go_on: "仍要開啟",
    nested: "內層：已簽署的權杖",
    nested_encrypted: "內層：已加密的權杖",
    alone: "單獨檢視",
    verify: "驗證內層所用",
    verify_hint: "不是開啟它的那一個金鑰：密鑰、公開金鑰、PEM。",
    signature: "內層簽章",
    time: "內層時間",
    claims: "內層宣告",
    headers: "內層標頭",
  },
}
