// @ts-check
// Screenshots in few bytes: a page has few colours, and between them only the edges of letters. The 256 that are seen most stay as they
// are, the others become the nearest of them (PNG specification, third edition, sections 7 to 11).
import { deflateSync, inflateSync } from "node:zlib"
import { chunk } from "./icons.mjs"

const SIGNATURE = 8

/**
 * @param {Buffer} png Eight bits for each of red, green and blue, as browsers write it; transparency is dropped.
 * @returns {Buffer} The same picture with one byte for each pixel.
 */
export function indexedPng(png) {
  const chunks = chunksOf(png)
  const head = chunks.find(({ type }) => type === "IHDR")?.data ?? Buffer.alloc(13)
  const [width, height, kind] = [head.readUInt32BE(0), head.readUInt32BE(4), head[9]]
  const channels = kind === 6 ? 4 : 3
  const rows = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)))
  const colours = coloursOf(rows, { width, height, channels })
  const palette = paletteOf(colours)
  const indexed = Buffer.alloc(height * (width + 1))
  /** @type {Map<number, number>} */
  const known = new Map()
  for (const [at, colour] of colours.entries()) {
    const index = known.get(colour) ?? nearest(colour, palette)
    known.set(colour, index)
    indexed[at + Math.floor(at / width) + 1] = index
  }
  const newHead = Buffer.from(head)
  newHead.set([8, 3, 0, 0, 0], 8)
  const table = Buffer.concat(palette.map((colour) => Buffer.from([colour >> 16, (colour >> 8) & 255, colour & 255])))
  const pixels = deflateSync(indexed, { level: 9, memLevel: 9 })
  const parts = [chunk("IHDR", newHead), chunk("PLTE", table), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]
  return Buffer.concat([png.subarray(0, SIGNATURE), ...parts])
}

/** @param {Buffer} png */
function chunksOf(png) {
  const chunks = []
  for (let at = SIGNATURE; at < png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

/**
 * The colours of all pixels. Each row says by what its bytes were predicted; that is undone in place.
 *
 * @param {Buffer} rows
 * @param {{ width: number, height: number, channels: number }} size
 */
function coloursOf(rows, { width, height, channels }) {
  const colours = new Uint32Array(width * height)
  const length = width * channels
  let above = Buffer.alloc(length)
  for (let y = 0; y < height; y++) {
    const start = y * (length + 1)
    const row = rows.subarray(start + 1, start + 1 + length)
    for (let x = 0; x < length; x++) {
      const [left = 0, up = 0, corner = 0] = [row[x - channels], above[x], above[x - channels]]
      row[x] = (row[x] ?? 0) + predicted(rows[start] ?? 0, left, up, corner)
    }
    for (let x = 0; x < width; x++) colours[y * width + x] = row.readUIntBE(x * channels, 3)
    above = row
  }
  return colours
}

/**
 * @param {number} filter
 * @param {number} left
 * @param {number} up
 * @param {number} corner
 */
function predicted(filter, left, up, corner) {
  if (filter < 2) return filter === 0 ? 0 : left
  if (filter < 4) return filter === 2 ? up : (left + up) >> 1
  const [byLeft, byUp, byCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)]
  if (byLeft <= byUp && byLeft <= byCorner) return left
  return byUp <= byCorner ? up : corner
}

/** @param {Uint32Array} colours */
function paletteOf(colours) {
  /** @type {Map<number, number>} */
  const counts = new Map()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const byCount = [...counts].sort(([, one], [, other]) => other - one)
  return byCount.slice(0, 256).map(([colour]) => colour)
}

/**
 * @param {number} colour
 * @param {readonly number[]} palette
 */
function nearest(colour, palette) {
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (const [index, one] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((one >> shift) & 255) - ((colour >> shift) & 255)) ** 2,
      0,
    )
    if (distance < least) [best, least] = [index, distance]
  }
  return best
}
