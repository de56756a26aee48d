/** What the page says in Traditional Chinese about bytes, copies, links, and itself. */

import type { Words } from "./words.ts"

/** The texts. */
export const sharingZhHant: Pick<
  Words,
  "large" | "bytes" | "copying" | "share" | "link" | "shortcut" | "about" | "where"
> = {
  large: {
    read: "仍要讀取，可能需要一段時間",
  },
  bytes: {
    title: "位元組",
    part: "部分",
    form: "顯示方式",
    raw: "簽署時的原文",
    pretty: "分行的 JSON",
    hex: "十六進位",
    more: "顯示更多（{0}／{1}）",
  },
  copying: {
    name: "複製：{0}",
    label: "複製",
    done: "已複製",
    failed: "瀏覽器不允許",
    raw: "原文",
    json: "JSON",
    markdown: "Markdown",
    part: "第 {0} 部分",
    curl: "curl 標頭",
  },
  share: {
    button: "分享",
    title: "分享權杖",
    hint: "權杖放在連結的 # 之後，瀏覽器不會把它傳給任何伺服器。金鑰絕不會放進連結。",
    local: "這個連結指向這台電腦，其他人無法開啟。",
    redacted: "遮蔽",
    redacted_more: "去除簽章並遮住宣告，任何人都無法使用。",
    sealed: "密封",
    sealed_more: "已加密，只有通行片語能開啟。",
    whole: "完整",
    whole_more: "維持原樣。",
    masked: "遮住的宣告",
    link: "連結",
    token: "單獨內容",
    passphrase: "通行片語",
    seal: "密封",
    separately: "請用連結以外的管道傳送通行片語。",
    live: "這個權杖可能仍然有效：拿到連結的人都能像你一樣使用它。",
    agree: "仍要繼續",
    close: "關閉",
  },
  link: {
    query:
      "網址的 # 之前帶有權杖：伺服器已經看到，記錄檔也可能留存。本頁並未讀取，已從網址移除。若仍然有效，請予以撤銷。",
    code: "網址帶來的是授權碼，不是權杖：應用程式須到權杖端點用它換取權杖。已從網址移除。",
    key: "金鑰是隨連結而來的。製作連結的人可能同時製作了權杖與金鑰，因此無法證明任何事。",
    insecure:
      "本頁經由未加密的 HTTP 載入：傳輸途中可能遭人竄改，瀏覽器也不提供密碼學功能（WebCrypto）。這裡只能讀取權杖。請改用 HTTPS、在這台電腦上開啟，或從磁碟開啟單一檔案版本。",
    know_key: "我認得這把金鑰",
    put_away: "收起",
    sealed: "連結已密封。通行片語",
    open: "開啟",
    opening: "開啟中…",
    refused: "這個通行片語無法開啟，或連結不完整。",
  },
  shortcut: {
    shift: "Shift",
    token: "跳到權杖",
    key: "跳到金鑰",
    verdict: "跳到判定",
    share: "分享權杖",
    presenter: "簡報模式",
    about: "關於本頁",
  },
  about: {
    title: "關於本頁",
    version: "jot 權杖除錯器，版本 {0}",
    shortcuts: "快速鍵",
    still: "停用動畫效果",
    prove: "驗證本頁的承諾",
    prove_more: "由你的瀏覽器親自查看。",
    prove_now: "立即查看",
    program: "程式",
    program_named: "就是安全政策允許的程式",
    program_other: "不是安全政策允許的程式",
    requests: "載入後的網路請求",
    requests_none: "沒有",
    requests_some: "{0} 個：",
    policy: "安全政策",
    trials: "標準文件的範例：原樣，以及改動一個字母後",
  },
  where: {
    title: "金鑰在哪裡？",
    hint: "請在終端機執行下列指令之一，再把輸出貼到金鑰輸入框。",
    named: "這個位置是權杖自己指定的，那裡的金鑰無法證明傳送者身分：",
  },
}
