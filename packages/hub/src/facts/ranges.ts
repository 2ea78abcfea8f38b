/** Inclusive ranges of numbers, ascending, never touching one another. */
export type Ranges = readonly (readonly [number, number])[]

/** Which numbers of a stream are settled: all up to `through`, and some ranges above it. */
export interface Settled {
  readonly through: number
  readonly above: Ranges
}

/** With `from`–`to` settled as well. */
export function settle(settled: Settled, from: number, to: number): Settled {
  if (to <= settled.through) return settled
  const above: [number, number][] = []
  let [low, high] = [Math.max(from, settled.through + 1), to]
  let placed = false
  for (const [a, b] of settled.above) {
    if (b < low - 1) above.push([a, b])
    else if (a > high + 1) {
      if (!placed) above.push([low, high])
      placed = true
      above.push([a, b])
    } else {
      low = Math.min(low, a)
      high = Math.max(high, b)
    }
  }
  if (!placed) above.push([low, high])
  const first = above[0]
  if (first && first[0] <= settled.through + 1) return { through: first[1], above: above.slice(1) }
  return { through: settled.through, above }
}

/** Whether one number is settled. */
export function isSettled(settled: Settled, seq: number): boolean {
  return seq <= settled.through || settled.above.some(([a, b]) => seq >= a && seq <= b)
}

/** Whether every number from `from` to `to` is settled; true when there is none. */
export function allSettled(settled: Settled, from: number, to: number): boolean {
  const start = Math.max(from, settled.through + 1)
  return start > to || settled.above.some(([a, b]) => a <= start && b >= to)
}

/** Numbers up to `head` that are not settled. */
export function gapsUpTo(settled: Settled, head: number): Ranges {
  const gaps: [number, number][] = []
  let next = settled.through + 1
  for (const [a, b] of settled.above) {
    if (next > head) break
    if (a > next) gaps.push([next, Math.min(a - 1, head)])
    next = b + 1
  }
  if (next <= head) gaps.push([next, head])
  return gaps
}

/** The highest settled number. */
export const highest = (settled: Settled): number => settled.above[settled.above.length - 1]?.[1] ?? settled.through
