// @ts-check
// The thread that caller.mjs waits for.

const threads = typeof process === "object" ? await import(/* @vite-ignore */ "node:worker_threads") : undefined

/** @param {(request: string, data: any) => Promise<string>} answer Answers one call; must not throw. */
export async function answerCalls(answer) {
  const { memory, port, data } = threads?.workerData ?? (await firstMessage())
  const state = new Int32Array(memory, 0, 2)
  const room = new Uint8Array(memory, 8)
  const onRequest = async (/** @type {string} */ request) => {
    const bytes = new TextEncoder().encode(await answer(request, data))
    room.set(bytes)
    state[1] = bytes.length
    Atomics.store(state, 0, 1)
    Atomics.notify(state, 0)
  }
  if (threads === undefined) port.onmessage = (/** @type {MessageEvent} */ event) => onRequest(event.data)
  else port.on("message", onRequest)
  port.postMessage("ready")
}

/** @returns {Promise<any>} */
function firstMessage() {
  return new Promise((resolve) => {
    self.onmessage = (event) => resolve(event.data)
  })
}
