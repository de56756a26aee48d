// @ts-check
/** The page. What is known of the user is drawn first; then the server is asked. */
import { createClient } from "@jotkit/client"
import { languageOf, say } from "./words.js"

/** @typedef {import("./words.js").Word} Word */
/** @typedef {{ id: string, created_at: number, current: boolean }} Session */
/** @typedef {{ word: Word, values?: Record<string, string | number> } | undefined} Notice */

const client = createClient({ baseUrl: location.origin, mode: "cookie" })

/** @type {import("./words.js").Language} */
let language = languageOf(String(client.claims?.["locale"] ?? navigator.language))
/** After how many milliseconds the name was drawn, if it was known. */
let drawnAfter = client.active ? Math.round(performance.now()) : undefined
/** @type {readonly Session[]} */
let sessions = []
/** @type {Notice} */
let notice

const form = /** @type {HTMLFormElement} */ (find("login"))
draw()
performance.mark("drawn")

client.onChange(({ reason }) => {
  if (reason === "login") language = languageOf(String(client.claims?.["locale"] ?? language))
  if (!client.active) leave()
  tell(reason === "ended" ? { word: "ended" } : undefined)
  if (reason === "login") void run(listSessions)
})
find("language").onclick = () => {
  language = language === "en" ? "zh-TW" : "en"
  draw()
}
form.onsubmit = (/** @type {SubmitEvent} */ event) => {
  event.preventDefault()
  void run(logIn, "offlineLogin")
}
find("ask").onclick = () => void run(() => show("/me"))
find("admin").onclick = () => void run(() => show("/admin"))
find("logout").onclick = () => void run(() => client.logout(), "offlineLogout")
find("everywhere").onclick = () => void run(logOutEverywhere)

if (client.active) void run(listSessions)
void remember()

async function logIn() {
  const response = await client.login(Object.fromEntries(new FormData(form)))
  if (response.ok) form.reset()
  else tell(response.status === 401 ? { word: "wrong" } : { word: "failed", values: { status: response.status } })
}

/** @param {string} path */
async function show(path) {
  const response = await client.fetch(path)
  const answer = find("answer")
  answer.hidden = false
  answer.textContent = `${response.status} ${JSON.stringify(await response.json(), undefined, 2)}`
}

async function listSessions() {
  const response = await client.fetch("/sessions")
  if (!response.ok) return
  sessions = await response.json()
  tell(undefined)
}

async function logOutEverywhere() {
  await client.fetch("/logout-everywhere", { method: "POST" })
  await client.logout()
}

/** @param {string} id */
async function endSession(id) {
  await client.fetch(`/sessions/${encodeURIComponent(id)}`, { method: "DELETE" })
  await listSessions()
}

/**
 * Does something that may need the server.
 *
 * @param {() => Promise<void>} act
 * @param {Word} unreachable What to say if that is away.
 */
async function run(act, unreachable = "offline") {
  try {
    await act()
  } catch {
    tell({ word: unreachable })
  }
}

/** @param {Notice} next */
function tell(next) {
  notice = next
  draw()
}

function leave() {
  sessions = []
  drawnAfter = undefined
  find("answer").hidden = true
}

function draw() {
  const { claims, active } = client
  document.documentElement.lang = language
  for (const element of document.querySelectorAll("[data-word]"))
    element.textContent = say(language, /** @type {Word} */ (element.getAttribute("data-word")))
  find("language").textContent = say(language, "language")
  const name = claims?.["nickname"]
  find("hello").textContent = active ? say(language, "helloName", { name: String(name) }) : say(language, "hello")
  find("notice").textContent = notice === undefined ? "" : say(language, notice.word, notice.values)
  find("page").hidden = false
  find("drawn").textContent = drawnAfter === undefined ? "" : say(language, "drawn", { ms: drawnAfter })
  form.hidden = active
  find("inside").hidden = !active
  const rows = [
    ["nickname", name],
    ["locale", claims?.["locale"]],
  ]
  find("profile").replaceChildren(
    ...rows.flatMap(([word, value]) => [
      make("dt", say(language, /** @type {Word} */ (word))),
      make("dd", String(value ?? "")),
    ]),
  )
  find("sessions").replaceChildren(...sessions.map(sessionRow))
}

/** @param {Session} session */
function sessionRow({ id, created_at: since, current }) {
  const row = make("li", "")
  const time = new Date(since * 1000).toLocaleString(language)
  row.append(make("span", say(language, "since", { time })))
  if (current) row.append(make("strong", say(language, "thisDevice")))
  else {
    const end = make("button", say(language, "end"))
    end.onclick = () => void run(() => endSession(id))
    row.append(end)
  }
  return row
}

/** Keeps the page itself on the device, so that it starts without the network. */
async function remember() {
  // @ts-expect-error: not every browser has it, nor do TypeScript's libraries
  const policy = globalThis.trustedTypes?.createPolicy("page", { createScriptURL: (/** @type {string} */ url) => url })
  await navigator.serviceWorker?.register(policy?.createScriptURL("/worker.js") ?? "/worker.js")
}

/** @param {string} id */
function find(id) {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page lacks ${id}`)
  return element
}

/**
 * @param {string} name
 * @param {string} text
 */
function make(name, text) {
  const element = document.createElement(name)
  element.textContent = text
  return element
}
