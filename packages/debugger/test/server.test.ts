/** The server that shows the page to this machine. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { type ServedPage, servePage } from "@jotkit/debugger/server"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

describe("the server", () => {
  const folder = mkdtempSync(join(tmpdir(), "jot-page-"))
  let served: ServedPage

  beforeAll(async () => {
    mkdirSync(join(folder, "site/icons"), { recursive: true })
    writeFileSync(join(folder, "site/index.html"), "<p>page</p>")
    writeFileSync(join(folder, "site/icons/jot.svg"), "<svg/>")
    writeFileSync(join(folder, "secret"), "not for everyone")
    served = await servePage({ folder: join(folder, "site") })
  })

  afterAll(async () => {
    await served.close()
    rmSync(folder, { recursive: true })
  })

  test("listens on the loopback interface only, and says where", () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  })

  test("gives the page with headers that a page cannot give itself", async () => {
    const response = await fetch(served.url)
    expect(await response.text()).toBe("<p>page</p>")
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(response.headers.get("content-security-policy")).toBe("frame-ancestors 'none'")
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect(response.headers.get("referrer-policy")).toBe("no-referrer")
  })

  test("finds the page however its folder is written", async () => {
    const path = join(folder, "site")
    for (const written of [`${path}/`, relative(".", path), `./${relative(".", path)}`, `${path}/../site/.`]) {
      const { url, close } = await servePage({ folder: written })
      const answers = [await fetch(url), await fetch(`${url}icons/jot.svg`)]
      await close()
      expect([written, ...answers.map(({ status }) => status)]).toEqual([written, 200, 200])
    }
  })

  test.each([{}, { folder: "" }])("says what is wanted where it is given %j", async (options) => {
    await expect(servePage(options)).rejects.toThrow("expected a folder or files to serve, found neither")
  })

  test("gives files in folders by their type, and only the head when that is asked", async () => {
    const response = await fetch(`${served.url}icons/jot.svg?version=1`, { method: "HEAD" })
    expect(response.headers.get("content-type")).toBe("image/svg+xml")
    expect(await response.text()).toBe("")
  })

  test.each(["../secret", "%2e%2e/secret", "..%2fsecret", "nothing", "icons/", "constructor"])(
    "has no %s",
    async (path) => {
      expect(await statusOf({ path: `/${path}` })).toBe(404)
    },
  )

  test("takes no other method", async () => {
    const response = await fetch(served.url, { method: "POST" })
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"])
  })

  test("answers to no name but this machine's", async () => {
    expect(await statusOf({ host: "attacker.example" })).toBe(403)
    expect(await statusOf({ host: "localhost:1" })).toBe(200)
  })

  /** Without `fetch`, which would tidy the path up. */
  function statusOf({ path = "/", host }: { path?: string; host?: string }) {
    const { port } = new URL(served.url)
    return new Promise<number | undefined>((resolve, reject) => {
      const headers = host === undefined ? {} : { host }
      const sent = request({ port, path, headers, host: "127.0.0.1" }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.once("error", reject).end()
    })
  }
})
