import { continuedFraction } from './continued-fraction'
import { deviance, stirlingError } from './stirling'

/** x^a (1 − x)^b / B(a, b), with y = 1 − x given by the caller who knows it better than a subtraction does. */
export function betaPoint(x: number, a: number, b: number, y: number = 1 - x): number {
  const n = a + b
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y))
}

/**
 * P(X ≤ x) of the beta distribution with a, b > 0: the regularised incomplete beta function. Relative error about 1e-13 in
 * the lower tail. Continued fraction of Abramowitz and Stegun 26.5.8.
 *
 * @param y 1 − x, where the caller knows it more exactly
 */
export function betaLower(x: number, a: number, b: number, y: number = 1 - x): number {
  if (!(x > 0)) return x <= 0 ? 0 : Number.NaN
  if (!(y > 0)) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - start(y, b, a, x)
  return start(x, a, b, y)
}

function start(x: number, a: number, b: number, y: number): number {
  const point = betaPoint(x, a, b, y)
  if (point === 0) return 0
  const step = (i: number): number => {
    const m = i >> 1
    return i & 1 ? (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)) : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
  }
  return point / a / continuedFraction(1, step, () => 1)
}
