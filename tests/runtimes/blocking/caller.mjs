// @ts-check
// A call to another thread that is waited for without giving up this one: what the other thread does with promises looks as if it
// were done at once. In pages this works in workers only, because their main thread must not wait.

const BYTES = 4 * 1024 * 1024
const LONGEST_WAIT = 60_000
// A page's bundle must not hold the import; only runtimes with Node's modules get there.
const threads = typeof process === "object" ? await import(/* @vite-ignore */ "node:worker_threads") : undefined

/**
 * @param {URL} url The worker's module; it calls `answerCalls` of worker.mjs.
 * @param {unknown} data For the worker.
 * @returns {Promise<(request: string) => string>}
 */
export async function startCaller(url, data) {
  const memory = new SharedArrayBuffer(8 + BYTES)
  const state = new Int32Array(memory, 0, 2)
  const answer = new Uint8Array(memory, 8)
  const port = await startWorker(url, { memory, data })
  return (request) => {
    Atomics.store(state, 0, 0)
    port.postMessage(request)
    // The wake-up call of the answer before may come late and end this wait: only the state says that there is an answer.
    while (Atomics.load(state, 0) === 0) {
      if (Atomics.wait(state, 0, 0, LONGEST_WAIT) === "timed-out") throw new Error(`${url.pathname} is silent`)
    }
    return new TextDecoder().decode(answer.slice(0, state[1]))
  }
}

/**
 * @param {URL} url
 * @param {object} data
 * @returns {Promise<{ postMessage(message: string): void }>}
 */
function startWorker(url, data) {
  return threads === undefined ? startWebWorker(url, data) : startThread(threads, url, data)
}

/**
 * @param {typeof import("node:worker_threads")} modules
 * @param {URL} url
 * @param {object} data
 */
async function startThread({ MessageChannel, Worker }, url, data) {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(url, { workerData: { ...data, port: port2 }, transferList: [port2] })
  worker.unref()
  await new Promise((resolve, reject) => {
    port1.once("message", resolve)
    worker.once("error", reject)
  })
  port1.unref()
  return port1
}

/**
 * @param {URL} url
 * @param {object} data
 */
async function startWebWorker(url, data) {
  const worker = new Worker(url, { type: "module" })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage({ ...data, port: port2 }, [port2])
  await new Promise((resolve) => {
    port1.onmessage = resolve
  })
  return port1
}
