/** The three artefacts as they are shipped: installed, offline, under any path, the same by every build; and the one that fetches. */

import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { servePage } from "@jotkit/debugger/server"
import { encode, Jwk, JwkSet } from "jotkit"
import { afterAll, describe, expect, test as plain } from "vitest"
import { expectVerdicts, give, headline, open, takeTroubles, test } from "./fixture.ts"

const dist = fileURLToPath(new URL("../dist", import.meta.url))
const build = fileURLToPath(new URL("../scripts/build.mjs", import.meta.url))
const scratch = mkdtempSync(join(tmpdir(), "jot-shipping-"))
const servers: Server[] = []
afterAll(() => {
  rmSync(scratch, { recursive: true })
  for (const server of servers) server.close()
})

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
}

/** As in the how-to. */
const WORKER = "default-src 'none'; connect-src 'self'"

/** Starts a server on this machine, and says where it is. */
async function listening(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP, so it is no name of a pipe
}

/** Every way that a browser has to send something. */
const SENDING = /\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource|RTCPeerConnection|importScripts|\bimport\(/

describe("the files", () => {
  plain("are those of SHA256SUMS, and the same from a second build", () => {
    execFileSync(process.execPath, [build, "--out", scratch], { stdio: "pipe" })
    const sums = readFileSync(join(dist, "SHA256SUMS"), "utf8")
    expect(readFileSync(join(scratch, "SHA256SUMS"), "utf8")).toBe(sums)
    const lines = sums.trim().split("\n")
    for (const line of lines) {
      const [hash, name = ""] = line.split("  ")
      expect(
        createHash("sha256")
          .update(readFileSync(join(scratch, name)))
          .digest("hex"),
      ).toBe(hash)
    }
    const files = readdirSync(scratch, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    expect(lines.length).toBe(files.length - 1)
  })

  plain("hold one program and one style, whichever way they are opened", () => {
    const [served, fromDisk] = ["site/index.html", "jot-debugger.html"].map((name) => {
      const text = readFileSync(join(dist, name), "utf8")
      return [...text.matchAll(/<(script|style)>.*?<\/\1>/gs)].map(([element]) => element)
    })
    expect(fromDisk).toHaveLength(3)
    // What installs the page is the only thing more.
    expect(served?.slice(0, -1)).toEqual(fromDisk)
    expect(served?.at(-1)).toContain("serviceWorker")
  })

  plain("have no way to send anything, but for the build with the button, which has one", () => {
    const text = (name: string) => readFileSync(join(dist, name), "utf8")
    expect(SENDING.exec(text("site/index.html"))?.[0]).toBeUndefined()
    expect(SENDING.exec(text("jot-debugger.html"))?.[0]).toBeUndefined()
    expect(text("connected/index.html").match(new RegExp(SENDING, "g"))).toEqual(["fetch("])
    expect(text("jot-debugger.html").match(/serviceWorker|rel="manifest"/g)).toBeNull()
  })
})

/** A server for the folder under a path; `instead` answers what it likes otherwise. */
function serverOf(instead: (url: string, response: ServerResponse) => boolean = () => false): Server {
  return createServer(({ url = "" }, response) => {
    if (instead(url, response)) return
    const name = url.replace(/^\/tools\/jot\//, "").replace(/\?.*/, "") || "index.html"
    const type = TYPES[extname(name)]
    if (type === undefined || name.includes("/")) return void response.writeHead(404).end()
    const policy = type.endsWith("javascript") ? { "content-security-policy": WORKER } : {}
    response.writeHead(200, { "content-type": type, ...policy }).end(readFileSync(join(dist, "site", name)))
  })
}

describe("the folder for servers", () => {
  test("installs itself, and works without a network under any path, with whatever stands behind the ?", async () => {
    const server = serverOf()
    const address = `${await listening(server)}/tools/jot/`
    const page = await open({ artefact: "site", serviceWorkers: "allow" })
    const asked: string[] = []
    const other = await page.context().newPage()
    other.on("request", (request) => asked.push(request.url()))
    await other.goto(`${address}index.html`)
    await other.evaluate(async () => {
      await navigator.serviceWorker.ready
    })
    const manifest = await other.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="manifest"]')?.href)
    expect(manifest).toBe(`${address}manifest.webmanifest`)
    server.close()
    server.closeAllConnections()
    await other.goto(`${address}?token=a.b.c`)
    await other.locator('[data-notice="query"]').waitFor()
    await give(other, "eyJhbGciOiJub25lIn0.e30.")
    await expectVerdicts(other, { Signature: "fail" })
    const kept = await other.evaluate(async () => {
      const [name = ""] = (await caches.keys()).filter((one) => one.includes("tools/jot"))
      return (await (await caches.open(name)).keys())
        .map(({ url }) => new URL(url).pathname + new URL(url).search)
        .sort()
    })
    const names = ["", "icon-192.png", "icon-512.png", "icon.svg", "manifest.webmanifest"]
    expect(kept).toEqual(names.map((name) => `/tools/jot/${name}`))
  })

  const redirect = (response: ServerResponse) => response.writeHead(302, { location: "/tools/jot/index.html" }).end()
  const sheet = (response: ServerResponse) => response.end("<title>Sign in</title>")
  test.each([
    ["another address in its place", redirect],
    ["another page in its place", sheet],
  ])("keeps nothing where a server has %s", async (_, instead) => {
    const address = `${await listening(serverOf((url, response) => url === "/tools/jot/" && instead(response) !== undefined))}/tools/jot/`
    const page = await (await open({ serviceWorkers: "allow" })).context().newPage()
    await page.goto(`${address}index.html`)
    const kept = await page.evaluate(async () => {
      const { installing } = await navigator.serviceWorker
        .register("service-worker.js")
        .catch(() => ({ installing: null }))
      await new Promise<void>((resolve) => {
        if (installing === null || installing.state === "redundant") return resolve()
        installing.addEventListener("statechange", () => installing.state === "redundant" && resolve())
      })
      const caches = await Promise.all((await globalThis.caches.keys()).map((name) => globalThis.caches.open(name)))
      return (await Promise.all(caches.map((cache) => cache.keys()))).flat().length
    })
    expect(kept).toBe(0)
    expect(await page.locator(".masthead").count()).toBe(1)
    takeTroubles()
  })

  test("works in a frame that may keep nothing, without an error", async () => {
    const address = `${await listening(serverOf())}/tools/jot/`
    const page = await open()
    await page.goto(`${address}none`)
    const errors: string[] = []
    page.on("pageerror", (error) => errors.push(String(error)))
    await page.evaluate(async (src) => {
      const frame = Object.assign(document.createElement("iframe"), { src })
      frame.sandbox.add("allow-scripts")
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve))
      document.body.append(frame)
      await loaded
    }, address)
    expect(errors).toEqual([])
    takeTroubles()
  })

  plain("is served with the headers of the how-to, by our server and by all that it names", async () => {
    const guide = readFileSync(new URL("../../../docs/how-to/host-the-debugger.md", import.meta.url), "utf8")
    const server = await servePage({ folder: join(dist, "site") })
    const [page, worker] = [await fetch(server.url), await fetch(`${server.url}service-worker.js`)]
    await server.close()
    const names = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]
    const lines = [...names, "Cross-Origin-Resource-Policy", "Cache-Control"].map((name) => [
      name,
      page.headers.get(name),
    ])
    lines.push(["Content-Security-Policy", worker.headers.get("content-security-policy")])
    const blocks = [...guide.matchAll(/^```(nginx|apache|caddy|text)\n(.*?)^```/gms)]
    expect(blocks.map(([, language]) => language)).toEqual(["nginx", "apache", "caddy", "text"])
    for (const [block] of blocks)
      for (const [name, value] of lines) expect(block).toMatch(new RegExp(`${name}:? "?${value}"?( always;)?$`, "m"))
  })

  plain("has a manifest and icons that are what they say", () => {
    const manifest = JSON.parse(readFileSync(join(dist, "site/manifest.webmanifest"), "utf8"))
    expect(manifest).toMatchObject({ start_url: "./", scope: "./", display: "standalone" })
    for (const { src, sizes, type } of manifest.icons) {
      const content = readFileSync(join(dist, "site", src))
      if (type === "image/png") expect(`${content.readUInt32BE(16)}x${content.readUInt32BE(20)}`).toBe(sizes)
      else expect(content.toString()).toMatch(/^<svg xmlns=/)
    }
  })
})

describe("the build with the button", () => {
  /** A server of key sets, which lets pages read them unless it is told otherwise. */
  async function serve(answers: Record<string, { status?: number; body?: string | Buffer; isOpen?: boolean }>) {
    const seen: string[] = []
    const server = createServer(({ url = "", headers }, response) => {
      const { status = 200, body, isOpen = true } = answers[url] ?? { status: 404, body: "" }
      seen.push(`${url} ${headers.cookie ?? "-"} ${headers.referer ?? "-"}`)
      response.writeHead(status, isOpen ? { "access-control-allow-origin": "*", location: "/unasked" } : {})
      if (body !== undefined) response.end(body)
    })
    return { seen, url: await listening(server) }
  }

  test("fetches what is typed, on a click only, and says who named the address", async () => {
    const key = Jwk.generate("ES256", { keyId: "k1" })
    const set = JSON.stringify(JwkSet.from([key]))
    const { url, seen } = await serve({
      "/keys": { body: set },
      "/none": { body: '{"hello":1}' },
      "/closed": { body: set, isOpen: false },
      "/large": { body: Buffer.alloc(1_100_000, 32) },
      "/elsewhere": { status: 302, body: "" },
      "/endless": {},
    })
    const page = await open({ artefact: "connected" })
    await give(page, encode({ iss: url }, key, { expiresIn: "1m", header: { jku: `${url}/closed` } }))
    const box = page.getByRole("textbox", { name: "Address of the JWK Set" })
    const state = page.locator("#fetch-state")
    const ask = async (path: string, answer: RegExp) => {
      await box.fill(path)
      await page.getByRole("button", { name: "Fetch", exact: true }).click()
      await state.filter({ hasText: answer }).waitFor()
    }
    await ask("http://keys.example/jwks.json", /begins with https/)
    await ask("https://name:password@keys.example/", /without name and password/)
    await box.fill(`${url}/keys`)
    expect(await page.locator("#fetch-hint").innerText()).toContain(`${url}/keys`)
    expect(seen).toEqual([])
    await ask(`${url}/missing`, /answered 404/)
    await ask(`${url}/none`, /no key set/)
    await ask(`${url}/large`, /larger than 1048576 bytes/)
    await ask(`${url}/elsewhere`, /sends on to another address/)
    await ask(`${url}/endless`, /Fetching/)
    await page.getByRole("button", { name: "Forget everything" }).click()
    expect([await box.inputValue(), await state.innerText()]).toEqual(["", ""])
    await give(page, encode({ iss: url }, key, { expiresIn: "1m", header: { jku: `${url}/closed` } }))
    await ask(`${url}/closed`, /CORS/)
    expect(await page.locator(".command").filter({ hasText: "curl" }).first().innerText()).toContain(`'${url}/closed'`)
    await expect.poll(() => headline(page)).toBe("unverified")
    await ask(`${url}/keys`, /1 keys, from an address that you typed/)
    await expectVerdicts(page, { Signature: "pass", "Key trust": "pass" })
    expect(seen.filter((line) => line.startsWith("/unasked"))).toEqual([])
    expect(seen.map((line) => line.replace(/^\S+ /, ""))).toEqual(seen.map(() => "- -"))

    await give(page, encode({ iss: url }, key, { expiresIn: "1m", header: { jku: `${url}/keys` } }), "")
    await ask(`${url}/keys`, /prove nothing about the sender/)
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    const [head, payload, signature] = encode({ iss: url }, key, { expiresIn: "1m" }).split(".")
    await give(page, JSON.stringify({ protected: head, payload, signature, header: { jku: `${url}/keys` } }), "")
    await ask(`${url}/keys`, /prove nothing about the sender/)
    await expectVerdicts(page, { Signature: "pass", "Key trust": "fail" })
    // The guard has seen what the clicks asked for, and nothing else.
    const asked = takeTroubles().filter((trouble) => trouble.startsWith("request"))
    // The browser tells where it was sent on to, although it did not go there.
    const paths = ["missing", "none", "large", "elsewhere", "unasked", "endless", "closed", "keys", "keys", "keys"]
    expect(asked).toEqual(paths.map((path) => `request: ${url}/${path}`))
  })
})
