/**
 * What Stirling's formula leaves out: ln Γ(n + 1) − (n + ½) ln n + n − ½ ln 2π, for n > 0. Absolute error about 1e-15.
 * Series of Abramowitz and Stegun 6.1.41; below 15 by the recurrence of Γ.
 */
export function stirlingError(n: number): number {
  if (!(n > 0)) return Number.NaN
  let below = 0
  for (; n < 15; n++) below += (n + 0.5) * Math.log1p(1 / n) - 1
  const s = 1 / (n * n)
  return below + (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - s / 1188) * s) * s) * s) / n
}

/**
 * x ln(x / mean) + mean − x without the cancellation near x = mean, which costs large counts half their digits.
 * C. Loader, "Fast and accurate computation of binomial probabilities", 2000.
 */
export function deviance(x: number, mean: number): number {
  const gap = x - mean
  const ratio = gap / (x + mean)
  if (!(Math.abs(ratio) < 0.1)) return x * Math.log(x / mean) - gap
  let sum = gap * ratio
  let term = 2 * x * ratio
  for (let k = 3; ; k += 2) {
    term *= ratio * ratio
    const next = sum + term / k
    if (next === sum) return sum
    sum = next
  }
}

/** ln Γ(x) for x > 0. */
export const logGamma = (x: number): number => (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + stirlingError(x)

/** ln B(a, b) for a, b > 0. */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b)
