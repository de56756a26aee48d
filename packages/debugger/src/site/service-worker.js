// Keeps the page for when there is no network. It answers GET requests for the files that are listed here, from what it kept, and no others;
// it keeps nothing but those files, and never an address with what stands behind `?` or `#` in it. The build fills in files and hash.

/** By address, the hash that each must have. */
const FILES = { "<!-- files -->": "" }
/** Other pages may live at this origin: theirs are not touched. */
const PREFIX = `jot-debugger ${self.registration.scope} `
const NAME = `${PREFIX}<!-- hash -->`

self.addEventListener("install", (event) => {
  event.waitUntil(keep())
})

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers())
})

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  // The folder itself is kept: some servers answer its index.html by sending there.
  const path = origin + pathname.replace(/\/index\.html$/, "/")
  if (method !== "GET" || !Object.keys(FILES).some((file) => new URL(file, self.registration.scope).href === path))
    return
  event.respondWith(answer(event.request, path))
})

/**
 * From the server itself, past what the browser may still hold of an older page. All of it or nothing, and exactly what was built: neither a
 * page to sign in that a proxy sends instead, nor half of another version. A browser shows no page that was kept from another address.
 */
async function keep() {
  const cache = await caches.open(NAME)
  const options = { cache: "no-cache", redirect: "error" }
  await cache.addAll(Object.entries(FILES).map(([file, integrity]) => new Request(file, { ...options, integrity })))
  await self.skipWaiting()
}

async function forgetOthers() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function answer(request, path) {
  const cache = await caches.open(NAME)
  return (await cache.match(path)) ?? fetch(request)
}
