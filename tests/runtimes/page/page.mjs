// @ts-check
// The page: a worker for each test file, so that files share nothing.

const PARALLEL = 2
const LONGEST_FILE = 900_000

/** @param {string} path */
function run(path) {
  return new Promise((resolve) => {
    const worker = new Worker(`/worker.js#${encodeURIComponent(path)}`, { type: "module" })
    const end = (/** @type {object} */ result) => {
      worker.terminate()
      console.log(path)
      resolve(result)
    }
    const failed = (/** @type {string} */ message) =>
      end({ name: path, status: "failed", message, assertionResults: [] })
    setTimeout(() => failed("the file did not end in time"), LONGEST_FILE)
    worker.onmessage = (event) => end(event.data)
    worker.onerror = (event) => failed(event.message)
  })
}

/** @param {readonly string[]} paths */
async function runAll(paths) {
  const waiting = [...paths]
  /** @type {unknown[]} */
  const results = []
  const runNext = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) results.push(await run(path))
  }
  await Promise.all(Array.from({ length: PARALLEL }, runNext))
  return results
}
Object.assign(globalThis, { runAll })
