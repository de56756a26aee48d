/** Which name was meant. */

/** The known name that a misspelt one was probably meant to be; undefined if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(0, 32).toLowerCase()
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, candidate) }))
    .sort((one, other) => one.distance - other.distance)
  const isNear = best !== undefined && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3))
  return isNear ? best.candidate : undefined
}

/** Levenshtein's distance, where two neighbours that changed places count once. */
function distanceBetween(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let to = 1; to <= other.length; to++) {
      const change = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1)
      const isSwap = one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1]
      const swap = isSwap ? (before[to - 2] ?? 0) + 1 : change
      next.push(Math.min(change, swap, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}
