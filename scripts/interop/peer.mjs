// @ts-check
// A program of another implementation at the other end of a pipe: one JSON line in, one out.
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"

/** @typedef {import("./tally.mjs").Answer} Answer */

export class Peer {
  #process
  #lines

  /** @param {readonly string[]} command The program and its arguments. */
  constructor([program = "", ...args]) {
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /**
   * Asks for one operation; a refusal of the peer is an answer, too.
   *
   * @param {string} op
   * @param {Record<string, unknown>} [request]
   * @returns {Promise<Answer>}
   */
  async ask(op, request = {}) {
    this.#process.stdin.write(`${JSON.stringify({ op, ...request })}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`the peer ended when it was asked to ${op}`)
    return JSON.parse(value)
  }

  /** A peer ends when nothing more can come. */
  end() {
    this.#process.stdin.end()
  }
}
