/** What only the build that fetches says, in Traditional Chinese. */

import type { ConnectedWords } from "./connected.ts"

/** The texts. */
export const connectedZhHant: ConnectedWords = {
  pledge: "只有取得金鑰集的按鈕會傳送資料：就是按鈕旁顯示的網址。",
  title: "取得金鑰集",
  address: "JWK Set 的網址",
  hint: "限 https 或這台電腦。不帶 Cookie，也不透露來源頁面；只會傳送這裡顯示的內容：",
  now: "取得",
  busy: "取得中…",
  done: "{0} 把金鑰，來自你輸入的網址。",
  done_named: "{0} 把金鑰，來自權杖指定的網址，無法證明傳送者身分。",
  address_invalid: "網址須以 https:// 開頭，或是這台電腦上的 http://，且不含帳號密碼。",
  unreachable: "沒有回應。可能無法連上伺服器，或伺服器不允許其他網址的頁面讀取回應（CORS）。終端機沒有這項限制：",
  elsewhere: "伺服器要求轉往其他網址。本頁不會跟隨；請直接輸入最終的網址。",
  slow: "{0} 秒內沒有回應。",
  large: "回應超過 {0}，未讀取。",
  status: "伺服器回應 {0}。",
  no_keys: "回應的內容不是金鑰集。",
}
