// @ts-check
// The icon of the page: the three parts of a token on paper, as SVG, and as PNG for systems that want pixels.
import { crc32, deflateSync } from "node:zlib"

/** Parts of a square of 16: place, width and colour. All of it stands inside the circle that a mask may leave. */
const BARS = [
  [3.5, 2.5, 0xb4480f],
  [6.75, 2.5, 0x4a45b5],
  [10, 2.5, 0x00715c],
]
const [TOP, BOTTOM] = [5, 11]
const PAPER = 0xe6ecea

/** @param {number} colour */
function hex(colour) {
  return `#${colour.toString(16).padStart(6, "0")}`
}

/** The icon as SVG. */
export function svgIcon() {
  const bars = BARS.map(
    ([x = 0, width = 0, colour = 0]) =>
      `<path fill="${hex(colour)}" d="M${x} ${TOP}h${width}v${BOTTOM - TOP}h-${width}z"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="${hex(PAPER)}" d="M0 0h16v16H0z"/>${bars.join("")}</svg>\n`
}

/**
 * The icon as PNG (PNG specification, third edition, sections 5 and 11): eight bits for each of red, green and blue.
 *
 * @param {number} size Of both sides, in pixels.
 */
export function pngIcon(size) {
  const rows = Array.from({ length: size }, (_, y) => rowOf(size, y))
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const pixels = deflateSync(Buffer.concat(rows), { level: 9 })
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))])
}

/**
 * @param {number} size
 * @param {number} y
 */
function rowOf(size, y) {
  const row = Buffer.alloc(1 + 3 * size) // the first byte says that the row is not filtered
  const high = ((y + 0.5) * 16) / size
  for (let x = 0; x < size; x++) {
    const wide = ((x + 0.5) * 16) / size
    const bar = BARS.find(([from = 0, width = 0]) => wide >= from && wide < from + width)
    const colour = high >= TOP && high < BOTTOM ? (bar?.[2] ?? PAPER) : PAPER
    row.writeUIntBE(colour, 1 + 3 * x, 3)
  }
  return row
}

/**
 * One chunk of a PNG: its length, its type, its data, and a checksum.
 *
 * @param {string} type
 * @param {Buffer} data
 */
export function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const frame = Buffer.alloc(8 + body.length)
  frame.writeUInt32BE(data.length, 0)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), 4 + body.length)
  return frame
}
