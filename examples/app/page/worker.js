// @ts-check
/** Keeps the files of the page, and nothing else: answers of the server's routes are never looked at. */

const CACHE = "page-1"
const FILES = [
  ...["/", "/main.js", "/words.js", "/style.css", "/icon.svg", "/client/index.js"],
  ...["attempt", "client", "errors", "exclusive", "kept", "platform", "read-claims"].map(clientFile),
  ...["request", "schema", "session", "storage"].map(clientFile),
]
/** What a service worker is, as far as this one needs it. */
const worker = /** @type {any} */ (self)

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)))
})
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method === "GET" && origin === worker.location.origin && FILES.includes(pathname))
    event.respondWith(answer(event))
})

/**
 * What is kept, at once; the newer one is for the next start.
 *
 * @param {any} event
 */
async function answer(event) {
  const cache = await caches.open(CACHE)
  const fresh = fetch(event.request).then(async (response) => {
    if (response.ok) await cache.put(event.request, response.clone())
    return response
  })
  const kept = await cache.match(event.request)
  if (kept === undefined) return fresh
  event.waitUntil(fresh.catch(() => undefined))
  return kept
}

/** @param {string} name */
function clientFile(name) {
  return `/client/core/${name}.js`
}
