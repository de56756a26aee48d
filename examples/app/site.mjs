// @ts-check
/** The files of the page before the routes of the Express example: one origin, so that cookies are first-party. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import express from "express"
import { application } from "../express/application.mjs"

const page = fileURLToPath(new URL("page", import.meta.url))
/** The built client, as it is published: a browser needs no bundler for it. */
const client = fileURLToPath(new URL("../../packages/client/dist", import.meta.url))

/** The one script that stands in the page, as its policy wants it: which file the name of the client is. */
const [, importMap = ""] =
  /<script type="importmap">(.*?)<\/script>/s.exec(readFileSync(join(page, "index.html"), "utf8")) ?? []
const importMapHash = createHash("sha256").update(importMap).digest("base64")

const HEADERS = {
  "content-security-policy": [
    `script-src 'self' 'sha256-${importMapHash}'`,
    "default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self'; manifest-src 'self'",
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "require-trusted-types-for 'script'; trusted-types page",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
}

/**
 * @param {import("../express/application.mjs").Auth} auth
 * @param {import("@jotkit/auth").Store} store
 */
export function site(auth, store) {
  const files = { index: "index.html", redirect: false, setHeaders: withHeaders }
  return express()
    .disable("x-powered-by")
    .use(express.static(page, files))
    .use("/client", express.static(client, { ...files, extensions: ["js"] }))
    .use(application(auth, store))
}

/** @param {import("node:http").ServerResponse} response */
function withHeaders(response) {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
}
