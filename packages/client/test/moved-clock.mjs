// @ts-check
// Loaded before an example server (`node --import`): its clock runs ahead by as many milliseconds as the file CLOCK says.
import { readFileSync } from "node:fs"
import { Server } from "node:http"

const now = Date.now
const file = process.env["CLOCK"] ?? ""
const moved = () => now() + Number(readFileSync(file, "utf8"))

globalThis.Date = /** @type {DateConstructor} */ (
  class extends Date {
    /** @param {[]} args */
    constructor(...args) {
      if (args.length === 0) super(moved())
      else super(...args)
    }

    /** @override */
    static now = moved
  }
)

// Node makes the header of its own, unmoved clock.
const { emit } = Server.prototype
/** @param {unknown[]} args */
Server.prototype.emit = function (/** @type {string} */ event, ...args) {
  if (event === "request")
    /** @type {import("node:http").ServerResponse} */ (args[1]).setHeader("date", new Date().toUTCString())
  return Reflect.apply(emit, this, [event, ...args])
}
