/** How long a step may take before the server counts as perhaps away, and how long one waits to hear that it is not. */
const PATIENCE_MILLISECONDS = 1000

/**
 * Keeps steps from being done when nobody waits for them any more. Clients keep what they cannot send, and send it once the server is
 * back, however late: a refresh that was answered with an outage long ago would use up the token of someone who has it still. So after
 * a step that failed or took long, steps wait until something harmless was answered, and are not sent where that takes too long. What a
 * client has to keep during an outage is so bounded as well.
 */
export class Reachability {
  readonly #ask: () => Promise<unknown>
  #isDoubtful = false
  #asking: Promise<void> | undefined

  /** @param ask - Rejects, or does not answer, while the server is away. Does nothing else. */
  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask
  }

  /** Does a step, unless the server is away. */
  async run<T>(step: () => Promise<T>): Promise<T> {
    if (this.#isDoubtful) await this.#reach()
    const slow = setTimeout(() => this.#doubt(), PATIENCE_MILLISECONDS)
    slow.unref()
    try {
      return await step()
    } catch (error) {
      this.#doubt()
      throw error
    } finally {
      clearTimeout(slow)
    }
  }

  #doubt(): void {
    this.#isDoubtful = true
  }

  /** One question for all who wait; another one when that was not answered in time, as its connection may be the one that is dead. */
  #reach(): Promise<void> {
    this.#asking ??= this.#askInTime().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #askInTime(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("the server does not answer")), PATIENCE_MILLISECONDS)
    })
    try {
      await Promise.race([this.#ask(), late])
      this.#isDoubtful = false
    } finally {
      clearTimeout(timer)
    }
  }
}
