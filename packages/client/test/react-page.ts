/** What the tests of the door for React draw, on a server and in Chromium; and what they ask of a page. */
import { type Client, createClient, unsafeKeepInLocal } from "@jotkit/client"
import { ClientContext, useClaims, useClient } from "@jotkit/client/react"
import { act, createElement, type ReactNode, StrictMode, startTransition } from "react"
import { createRoot, hydrateRoot, type Root } from "react-dom/client"
import * as v from "valibot"

interface Place {
  textContent: string
}

declare const document: {
  getElementById(id: string): Element
  querySelector(selector: string): Place | null
  querySelectorAll(selector: string): Iterable<Place>
}
declare const location: { readonly origin: string }
declare const MessageChannel: new () => {
  readonly port1: { onmessage: () => void; close(): void }
  readonly port2: { postMessage(message: undefined): void }
}
declare const MutationObserver: new (heard: () => void) => { observe(place: Element, what: object): void }

const SLOW_MS = 40
/** Without a schema claims would be new with each refresh: those of a token tell its times. */
const schema = v.object({ nickname: v.string() })

let client: Client
let listeners = 0
/** What React says on the console, and where it had to draw a server's page anew. */
const complaints: string[] = []
/** What components had before them, each time they were called. */
const called: string[] = []
/** What stood in the page after each change of it. */
const shown: string[] = []
const roots = new Map<string, Root>()

function Nickname(): ReactNode {
  const nickname = String(useClaims(useClient())?.["nickname"] ?? "nobody")
  called.push(nickname)
  return createElement("p", null, nickname)
}

/** Takes so long that React goes back to the browser before the next one. The third sees to a log-out in between. */
function Slow({ index }: { readonly index: number }): ReactNode {
  const drawn = Nickname()
  if (called.length === 3) afterThisTask(() => void client.logout())
  const end = performance.now() + SLOW_MS
  while (performance.now() < end);
  return createElement("div", { id: `slow-${index}` }, drawn)
}

function afterThisTask(work: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    work()
  }
  port2.postMessage(undefined)
}

/** A tree that is drawn with a client, as React is to check it. */
export function treeOf(value: Client, child: ReactNode = createElement(Nickname)): ReactNode {
  return createElement(StrictMode, null, createElement(ClientContext, { value }, child))
}

const texts = (): string => Array.from(document.querySelectorAll("p"), ({ textContent }) => textContent).join()

/** What a page offers its test. */
export const page = {
  called,
  complaints,
  shown,
  listeners: () => listeners,
  texts,
  paragraph: () => document.querySelector("p"),
  client: () => client,

  /** Makes the client, and counts who listens to it. */
  open(): void {
    console.error = (...words: unknown[]) => complaints.push(words.join(" "))
    client = createClient({ baseUrl: location.origin, mode: "bearer", schema, storage: unsafeKeepInLocal() })
    const listen = client.onChange.bind(client)
    client.onChange = (listener) => {
      listeners++
      const end = listen(listener)
      return () => {
        listeners--
        end()
      }
    }
    new MutationObserver(() => shown.push(texts())).observe(document.getElementById("body"), {
      childList: true,
      characterData: true,
      subtree: true,
    })
  },

  /** Does something, and waits until React has nothing left to do. */
  async settled(work: () => unknown): Promise<void> {
    Reflect.set(globalThis, "IS_REACT_ACT_ENVIRONMENT", true)
    await act(async () => void (await work()))
    Reflect.set(globalThis, "IS_REACT_ACT_ENVIRONMENT", false)
  },

  draw(id: string): void {
    const root = createRoot(document.getElementById(id))
    roots.set(id, root)
    root.render(treeOf(client))
  },

  hydrate(id: string): void {
    const onRecoverableError = (error: unknown) => complaints.push(String(error))
    roots.set(id, hydrateRoot(document.getElementById(id), treeOf(client), { onRecoverableError }))
  },

  /** Draws something that can wait, of which React does a part at a time. */
  drawSlowly(id: string, count: number): void {
    const root = createRoot(document.getElementById(id))
    const children = Array.from({ length: count }, (_, index) => createElement(Slow, { key: index, index }))
    startTransition(() => root.render(createElement(ClientContext, { value: client }, children)))
  },

  end(id: string): void {
    roots.get(id)?.unmount()
  },
}
