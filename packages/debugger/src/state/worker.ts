/**
 * The worker for long texts. It runs the program of this document, from its memory: there is no other file, and nothing is asked for. It has
 * one thing to do, and is ended when that is done, when nobody wants it any more, or when it takes too long.
 */

import { effect, type Signal, signal } from "@preact/signals"
import { tokenText } from "./input.ts"
import { program } from "./program.ts"
import { TASKS, type Tasks } from "./tasks.ts"

/** Texts from this length on are for the worker. */
export const LONG = 65_536
const PATIENCE_MS = 2000

/** Whether the text in the token box took too long. */
export const isStopped: Signal<boolean> = signal(false)

/** Whether it may take as long as it will. */
export const isPatient: Signal<boolean> = signal(false)

/** What there is of Trusted Types where they are enforced. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(): string },
  ): { createScriptURL(url: string): string & { readonly trusted?: never } }
}

/** What ends the one that is at each task. */
const running = new Map<keyof Tasks, () => void>()
let address: string | undefined

/** Where the program is, in the memory of the page. The policy of the document allows one name, and the rule under it gives one address. */
function programAddress(): string {
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }))
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  return trustedTypes?.createPolicy("worker", { createScriptURL: () => url }).createScriptURL("") ?? url
}

// Another text: nobody waits for what is said of the one before.
effect(() => {
  void tokenText.value
  for (const end of running.values()) end()
  running.clear()
  isStopped.value = false
  isPatient.value = false
})

/**
 * Asks a worker. One that is still at the same task is ended: its answer is to an old question.
 *
 * @returns Undefined if it took too long, or was ended.
 */
export function ask<Name extends keyof Tasks>(
  name: Name,
  question: Parameters<Tasks[Name]>[0],
): Promise<Awaited<ReturnType<Tasks[Name]>> | undefined> {
  running.get(name)?.()
  isStopped.value = false
  address ??= programAddress()
  const worker = new Worker(address)
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (answer?: Awaited<ReturnType<Tasks[Name]>>) => {
      clearTimeout(timer)
      worker.terminate()
      resolve(answer)
    }
    running.set(name, end)
    worker.onmessage = ({ data }) => {
      // Its first word is that it is there: the time that a busy machine takes to start it is not the text's.
      if (data !== true) return end(data)
      worker.postMessage([name, question])
      timer = setTimeout(() => {
        if (isPatient.peek()) return
        isStopped.value = name !== "diagnose"
        end()
      }, PATIENCE_MS)
    }
    // A server's own policy may forbid workers: then it is done here.
    worker.onerror = () => void TASKS[name](question as never).then((answer) => end(answer as never)) // of the same name
  })
}

/** In the worker: does what it is asked. */
export function answerTasks(): void {
  addEventListener("message", async ({ data: [name, question] }: MessageEvent<[keyof Tasks, never]>) => {
    postMessage(await TASKS[name](question))
  })
  postMessage(true)
}
