const step = 1 / 64

/**
 * Integral of f from `low` to `high` by the double exponential rule (Takahasi and Mori 1974), which takes singular ends and
 * peaks at an end alike: an inner peak belongs on an end of two pieces. f gets x with its distances to both ends, which keep
 * their digits where x − low would lose them.
 */
export function integrate(f: (x: number, fromLow: number, toHigh: number) => number, low: number, high: number): number {
  const width = high - low
  if (!(width > 0)) return 0
  let sum = f(low + width / 2, width / 2, width / 2) / 4
  for (let t = step; t < 6; t += step) {
    const e = Math.exp(-Math.PI * Math.sinh(t))
    const near = (width * e) / (1 + e)
    const weight = (Math.cosh(t) * e) / ((1 + e) * (1 + e))
    const add = weight * (f(low + near, near, width - near) + f(high - near, width - near, near))
    sum += add
    // what lies further out is below the last digit; t > 3 lets a late peak come first
    if (t > 3 && !(Math.abs(add) > Math.abs(sum) * 1e-18)) break
  }
  return sum * width * Math.PI * step
}

/** Integral over 0..1 of f(p, 1 − p), with its peaks named. */
export function integrateUnit(f: (p: number, q: number) => number, peaks: readonly number[]): number {
  const ends = [0].concat(
    peaks.slice().sort((a, b) => a - b),
    1,
  )
  let sum = 0
  for (let i = 1; i < ends.length; i++) {
    const low = ends[i - 1] as number
    const high = ends[i] as number
    sum += integrate((_, fromLow, toHigh) => f(low + fromLow, 1 - high + toHigh), low, high)
  }
  return sum
}
