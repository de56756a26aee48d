// @ts-check
// Tries what docs/how-to/host-the-debugger.md says for web servers with those of them that are installed, letter by letter: under a path, and
// as the whole of a site. For each: types, headers, compression, and in Chromium the page with its policy, and once more without the server.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { servePage } from "@jotkit/debugger/server"
import { freePort } from "../../../scripts/free-port.mjs"
import { capture } from "../../../scripts/shell.mjs"
import { launchChromium } from "../../../tests/runtimes/chromium.mjs"

const guide = readFileSync(new URL("../../../docs/how-to/host-the-debugger.md", import.meta.url), "utf8")
const site = fileURLToPath(new URL("../dist/site", import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), "jot-hosting-"))
const MODULES = ["mpm_event", "authz_core", "dir", "mime", "alias", "headers", "filter", "deflate"]

/**
 * What the guide shows for a server, with this folder for `/var/www`.
 *
 * @param {string} language
 * @param {boolean} isWhole Whether the page is the whole site.
 */
function shown(language, isWhole) {
  const [, text = ""] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(guide) ?? []
  return (isWhole ? WHOLE[language]?.(text) : text)?.replaceAll("/var/www", scratch) ?? ""
}

/** What the guide says of a whole site, done to what it shows. @type {Record<string, (text: string) => string>} */
const WHOLE = {
  nginx: (text) =>
    text
      .replace(/^location = \/tools\/jot \{\n.*\n\}\n/, "")
      .replace("root /var/www;", "root /var/www/tools/jot;")
      .replaceAll(/(?<=location (?:= )?)\/tools\/jot\//g, "/"),
  apache: (text) => text.replace(/^Alias \S+/, "DocumentRoot"),
  caddy: (text) => text.replace(/^redir .*\n/m, "").replace(/^handle_path [^\n]*\n(.*)^\}\n/ms, "$1"),
}

/** How each is started in the foreground, as nobody's service. @type {Record<string, (text: string, port: number) => string[]>} */
const SERVERS = {
  nginx(text, port) {
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${scratch};`,
    )
    return [
      "nginx",
      "-p",
      scratch,
      "-e",
      "stderr",
      "-c",
      write(
        "nginx.conf",
        `daemon off; pid nginx.pid; events {}
        http { access_log off; ${temporary.join(" ")} include /etc/nginx/mime.types;
        server { listen 127.0.0.1:${port}; ${text} } }`,
      ),
    ]
  },
  apache(text, port) {
    const modules = MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
    const lines = [`ServerName localhost`, `PidFile ${scratch}/apache.pid`, `Listen 127.0.0.1:${port}`, ...modules]
    const more = ["TypesConfig /etc/mime.types", `ErrorLog ${scratch}/apache.log`, text]
    return ["apache2", "-X", "-d", scratch, "-f", write("apache.conf", [...lines, ...more].join("\n"))]
  },
  caddy(text, port) {
    const file = write("Caddyfile", `{\nadmin off\n}\nhttp://127.0.0.1:${port} {\n${text}}\n`)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", file]
  },
}

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  const path = join(scratch, name)
  writeFileSync(path, text)
  return path
}

/** What is asked of each. Our own server says which headers are due. */
const FILES = ["", "index.html", "service-worker.js", "manifest.webmanifest", "icon.svg", "icon-192.png"]
const OF_THE_WORKER = ["content-security-policy", "cache-control"]
const HEADERS = [
  ...OF_THE_WORKER,
  "x-content-type-options",
  "referrer-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
]

/**
 * @param {string} address Of the folder.
 * @returns {Promise<string[]>} What is not as the guide says.
 */
async function wrongAnswers(address) {
  const asked = FILES.map(async (name) => {
    const due = name === "service-worker.js" ? OF_THE_WORKER : HEADERS
    return differences(await fetch(address + name), await fetch(own.url + name), ["content-type", ...due])
  })
  const missing = differences(await fetch(`${address}none`), await fetch(`${own.url}none`), HEADERS)
  const { headers } = await fetch(address)
  const plain = headers.get("content-encoding") === "gzip" ? [] : [`${address} is not compressed`]
  const folder = await fetch(address.slice(0, -1))
  const elsewhere = folder.url === address ? [] : [`${address} without its slash: ${folder.status}`]
  return [...(await Promise.all(asked)).flat(), ...missing, ...plain, ...elsewhere]
}

/**
 * @param {Response} given
 * @param {Response} due
 * @param {readonly string[]} names Of headers.
 */
function differences(given, due, names) {
  /** @param {Response} response @param {string} name */
  const value = ({ headers }, name) => headers.get(name)?.replace(/; ?charset=.*/i, "")
  const wrong = names.filter((name) => value(given, name) !== value(due, name))
  return [
    ...wrong.map((name) => `${given.url}: ${name}: ${value(given, name)}`),
    ...(given.status === due.status ? [] : [`${given.url}: ${given.status}`]),
  ]
}

/**
 * Opens the page, ends its server, and opens it again.
 *
 * @param {string} address
 * @param {() => Promise<unknown>} end
 * @returns {Promise<string[]>} What is not as the guide says.
 */
async function wrongInBrowser(address, end) {
  const context = await browser.newContext({ locale: "en" })
  const page = await context.newPage()
  /** @type {string[]} */
  const wrong = []
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()))
  page.on("pageerror", (error) => wrong.push(String(error)))
  await page.goto(`${address}index.html`)
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready
  })
  await end()
  for (const name of ["", "index.html"]) {
    await page.goto(address + name)
    await page.getByRole("textbox", { name: "Token" }).fill("eyJhbGciOiJub25lIn0.e30.")
    await page.getByText("Not signed", { exact: true }).first().waitFor()
  }
  await context.close()
  return wrong
}

/**
 * @param {string} language
 * @param {boolean} isWhole
 */
async function attempt(language, isWhole) {
  const port = await freePort()
  const [program = "", ...args] = SERVERS[language]?.(shown(language, isWhole), port) ?? []
  if (!capture("sh", ["-c", `command -v ${program}`]).ok) return [`${program} is not installed`]
  const server = spawn(program, args, { stdio: "ignore", env: { ...process.env, HOME: scratch } })
  const exit = once(server, "exit")
  const end = () => {
    server.kill()
    return exit
  }
  const address = `http://127.0.0.1:${port}${isWhole ? "" : "/tools/jot"}/`
  try {
    if (!(await answers(address))) return [`${[program, ...args].join(" ")}: no answer`]
    return [...(await wrongAnswers(address)), ...(await wrongInBrowser(address, end))]
  } finally {
    await end()
  }
}

/** @param {string} address */
async function answers(address) {
  for (let tries = 0; tries < 100; tries++) {
    const isThere = await fetch(address).then(
      () => true,
      () => false,
    )
    if (isThere) return true
    await sleep(50)
  }
  return false
}

const browser = await launchChromium()
const own = await servePage({ folder: site })
cpSync(site, join(scratch, "tools/jot"), { recursive: true })
chmodSync(scratch, 0o755)
try {
  for (const language of Object.keys(SERVERS))
    for (const isWhole of [false, true]) {
      const wrong = await attempt(language, isWhole)
      console.log(
        `${language}, ${isWhole ? "a whole site" : "under a path"}: ${wrong.join("; ") || "as the guide says"}`,
      )
      if (wrong.length > 0) process.exitCode = 1
    }
} finally {
  await browser.close()
  await own.close()
  rmSync(scratch, { recursive: true })
}
