// @ts-check
/** Everything that the page says, in two languages. */

const en = {
  hello: "Log in",
  helloName: "Hello, {name}",
  drawn: "Drawn from this device after {ms} ms. The server has not been asked yet.",
  name: "Name",
  password: "Password",
  logIn: "Log in",
  users: "Try ada / lovelace, or lin / taipei.",
  profile: "Profile",
  nickname: "Nickname",
  locale: "Language",
  protected: "A protected action",
  protectedWhy: "The server decides by the token, never by what stands above. Only Ada is an administrator.",
  ask: "Who am I?",
  askAdmin: "For administrators",
  sessions: "Where you are logged in",
  thisDevice: "here",
  since: "since {time}",
  end: "End",
  logOut: "Log out",
  logOutEverywhere: "Log out everywhere",
  wrong: "The name or the password is wrong.",
  offline: "The server cannot be reached. You are still logged in.",
  offlineLogin: "The server cannot be reached.",
  offlineLogout: "Forgotten on this device, but the server could not be told. Its session may go on.",
  ended: "The server has ended the session. Log in again.",
  failed: "The server could not do that ({status}).",
  footer: "Names are remembered on this device until you log out; tokens are in cookies that no script can read.",
  language: "繁體中文",
}

/** @type {typeof en} */
const zhTw = {
  hello: "登入",
  helloName: "{name}，你好",
  drawn: "以這台裝置上的資料在 {ms} 毫秒內顯示，尚未詢問伺服器。",
  name: "帳號",
  password: "密碼",
  logIn: "登入",
  users: "可試用 ada / lovelace 或 lin / taipei。",
  profile: "個人資料",
  nickname: "暱稱",
  locale: "語言",
  protected: "受保護的操作",
  protectedWhy: "伺服器依權杖決定，從不依上方顯示的內容。只有 Ada 是管理員。",
  ask: "我是誰？",
  askAdmin: "管理員專用",
  sessions: "已登入的裝置",
  thisDevice: "目前這台",
  since: "{time} 起",
  end: "結束",
  logOut: "登出",
  logOutEverywhere: "登出所有裝置",
  wrong: "帳號或密碼錯誤。",
  offline: "無法連上伺服器。你仍在登入狀態。",
  offlineLogin: "無法連上伺服器。",
  offlineLogout: "這台裝置上的資料已清除，但無法通知伺服器，工作階段可能仍有效。",
  ended: "伺服器已結束這次登入，請重新登入。",
  failed: "伺服器無法完成這項操作（{status}）。",
  footer: "登出前，這台裝置會記得名稱；權杖存放在任何指令碼都讀不到的 cookie 裡。",
  language: "English",
}

const catalogues = { en, "zh-TW": zhTw }

/** @typedef {keyof typeof catalogues} Language */
/** @typedef {keyof typeof en} Word */

/**
 * @param {string} locale
 * @returns {Language}
 */
export function languageOf(locale) {
  return locale.toLowerCase().startsWith("zh") ? "zh-TW" : "en"
}

/**
 * @param {Language} language
 * @param {Word} word
 * @param {Record<string, string | number>} [values]
 */
export function say(language, word, values = {}) {
  return catalogues[language][word].replace(/\{(\w+)\}/g, (_, name) => String(values[name]))
}
