/** Somebody who watches a store, and those who wait for what it is told. */
import type { Revoked, Store, Watcher } from "@jotkit/auth"

/** What a watcher is told. */
export type Heard = Revoked | "opened" | "lost"

/** Notes what is told, and waits for it. */
export class Watching implements Watcher {
  readonly heard: Heard[] = []
  readonly #waiting = new Set<() => void>()
  readonly #next: Watcher | undefined

  /** @param next - Told of everything before it is noted. */
  constructor(next?: Watcher) {
    this.#next = next
  }

  opened(): void {
    this.#next?.opened()
    this.#note("opened")
  }

  lost(): void {
    this.#next?.lost()
    this.#note("lost")
  }

  revoked(what: Revoked): void {
    this.#next?.revoked(what)
    this.#note(what)
  }

  /** All that was told, once there is so much of it. */
  async until(count: number): Promise<readonly Heard[]> {
    while (this.heard.length < count) await new Promise<void>((resolve) => this.#waiting.add(resolve))
    return this.heard
  }

  #note(what: Heard): void {
    this.heard.push(what)
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

/** Lets a test see what a store tells the one auth that watches it, and count what that one asks. */
export function overhear(store: Store): { readonly watching: () => Watching; asked(): number } {
  let watching: Watching | undefined
  let asked = 0
  const [watch, isRevoked] = [store.watch?.bind(store), store.isRevoked.bind(store)]
  store.watch = (watcher) => {
    watching = new Watching(watcher)
    watch?.(watching)
  }
  store.isRevoked = (presented) => {
    asked++
    return isRevoked(presented)
  }
  return {
    watching() {
      if (watching === undefined) throw new Error("nobody watches")
      return watching
    },
    asked: () => asked,
  }
}
