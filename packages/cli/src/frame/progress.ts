/** What a long task shows of itself while it lasts: one line on a terminal, gone when it is done. */

import { shortened, widthOf } from "./columns.ts"

/** Where the line is shown. */
export interface ProgressPlace {
  readonly write: (text: string) => void
  readonly columns: number
  readonly isUnicode: boolean
  readonly paint: (text: string) => string
}

/** Says what is being done and, where that is known, how far it has come. */
export type Step = (text: string, done?: number, total?: number) => void

/** Shorter tasks show nothing. */
const PATIENCE_MS = 1000
const BETWEEN_MS = 100
const BAR_COLUMNS = 20
/** To the beginning of the line, and what stands there away. */
const ERASE = "\r\u001b[K"

/** The line of one run. */
export class Progress {
  readonly #place: ProgressPlace | undefined
  #text = ""
  #done: number | undefined
  #total: number | undefined
  #beganAt: number | undefined
  #drawnAt = Number.NEGATIVE_INFINITY
  #isDrawn = false
  #timer: NodeJS.Timeout | undefined

  /** @param place - Undefined: nothing is ever shown. */
  constructor(place: ProgressPlace | undefined) {
    this.#place = place
  }

  /** Tells how far the task is. It may be called as often as there is something to tell. */
  readonly step: Step = (text, done, total) => {
    if (this.#place === undefined) return
    this.#text = text
    this.#done = done
    this.#total = total
    this.#beganAt ??= performance.now()
    // The time goes on also where nothing else happens; it keeps nobody from ending.
    this.#timer ??= setInterval(() => this.#draw(), PATIENCE_MS).unref()
    this.#draw()
  }

  /** Takes the line away, so that something else can be written. The next step brings it back. */
  clear(): void {
    if (this.#isDrawn) this.#place?.write(ERASE)
    this.#isDrawn = false
  }

  /** Takes the line away for good. */
  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#beganAt = undefined
    this.clear()
  }

  #draw(): void {
    const now = performance.now()
    const { write, columns, paint } = this.#place ?? {}
    if (this.#beganAt === undefined || write === undefined || columns === undefined) return
    if (now - this.#beganAt < PATIENCE_MS || now - this.#drawnAt < BETWEEN_MS) return
    // One column stays free: a line that is full would be wrapped.
    write(ERASE + (paint?.(shortened(this.#line(now - this.#beganAt), columns - 1)) ?? ""))
    this.#drawnAt = now
    this.#isDrawn = true
  }

  #line(elapsed: number): string {
    const seconds = `${Math.floor(elapsed / 1000)} s`
    if (this.#done === undefined) return `${this.#text}  ${seconds}`
    if (this.#total === undefined || this.#total === 0) return `${this.#text}  ${this.#done}  ${seconds}`
    const share = Math.min(1, this.#done / this.#total)
    const percent = `${Math.floor(share * 100)} %`.padStart(5)
    const count = `${this.#done} / ${this.#total}`
    const whole = `${this.#text}  ${this.#bar(share)} ${percent}  ${count}`
    const columns = this.#place?.columns ?? 0
    return widthOf(whole) < columns ? whole : `${shortened(this.#text, columns - 7)} ${percent}`
  }

  /** For the eye; the numbers behind it say the same. */
  #bar(share: number): string {
    const full = Math.round(share * BAR_COLUMNS)
    const [before, done, left, behind] = this.#place?.isUnicode === true ? ["", "█", "░", ""] : ["[", "#", ".", "]"]
    return before + done.repeat(full) + left.repeat(BAR_COLUMNS - full) + behind
  }
}
