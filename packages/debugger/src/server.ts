/**
 * Serves the page to this machine alone. Whoever starts it (`npm start`, `jot`) names the files; they are read once, so that no request
 * names a path on the disk.
 */

import { readdirSync, readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join, relative, sep } from "node:path"

/** What to serve. */
export interface ServeOptions {
  /** The folder of the page: `dist/site`. */
  readonly folder?: string | undefined
  /** Files that are at hand, by their paths in addresses, such as `/`; in place of a folder. */
  readonly files?: ReadonlyMap<string, Uint8Array> | undefined
  /** Default 0: any that is free. */
  readonly port?: number | undefined
}

/** A page that is being served. */
export interface ServedPage {
  /** Where it is, with a slash at the end. */
  readonly url: string
  /** Ends it, open connections too. */
  close(): Promise<void>
}

/** The only interface that is listened on: what is pasted here is not for the network. */
const LOOPBACK = "127.0.0.1"
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
}
/** What a policy inside the page cannot say, and what others must not do with it. */
const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-cache",
}

/** A script that runs beside the page is not bound by the policy in the page. */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'"

/**
 * Serves a folder, or files, on the loopback interface. Answers GET and HEAD of the files that were there at the start, under the names of this
 * machine only: a foreign name that leads here is refused.
 *
 * @throws The error of `node:fs` if the folder cannot be read, that of `node:net` if the port is taken; a `TypeError` without a folder and files.
 */
export async function servePage({ folder, files = readFiles(folder), port = 0 }: ServeOptions): Promise<ServedPage> {
  const server = createServer((request, response) => answer(request, response, files))
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, LOOPBACK, resolve)
  })
  const { port: bound } = server.address() as AddressInfo // it listens on TCP, so it is no name of a pipe
  return {
    url: `http://${LOOPBACK}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function readFiles(folder: string | undefined): ReadonlyMap<string, Uint8Array> {
  if (folder === undefined || folder === "") throw new TypeError("expected a folder or files to serve, found neither")
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name))
  const files = new Map<string, Uint8Array>(
    paths.map((path) => [`/${relative(folder, path).split(sep).join("/")}`, readFileSync(path)]),
  )
  const index = files.get("/index.html")
  return index === undefined ? files : files.set("/", index)
}

function answer(
  { method, url = "/", headers }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, Uint8Array>,
) {
  const refuse = (status: number, more = {}) =>
    response.writeHead(status, { ...HEADERS, ...more, "content-length": 0 }).end()
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? "")) return refuse(403)
  if (method !== "GET" && method !== "HEAD") return refuse(405, { allow: "GET, HEAD" })
  const [path = "/"] = url.split("?")
  const body = files.get(path)
  if (body === undefined) return refuse(404)
  const type = TYPES[path === "/" ? ".html" : extname(path)] ?? "application/octet-stream"
  const policy = path === "/service-worker.js" ? { "content-security-policy": WORKER_POLICY } : {}
  response.writeHead(200, { ...HEADERS, ...policy, "content-type": type, "content-length": body.length })
  return method === "HEAD" ? response.end() : response.end(body)
}
