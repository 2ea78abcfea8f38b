import { continuedFraction } from './continued-fraction'
import { deviance, stirlingError } from './stirling'

/**
 * Upper tail of the gamma distribution with shape a > 0 and scale 1: the regularised Γ(a, x) / Γ(a). Relative error about
 * 1e-13 down to the smallest number there is. Series and continued fraction of Abramowitz and Stegun 6.5.29 and 6.5.31.
 */
export function gammaUpper(a: number, x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return x > 0 ? 0 : x <= 0 ? 1 : Number.NaN
  // x^a e^-x / Γ(a + 1)
  const point = Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a)
  if (x >= a + 1) {
    if (point === 0) return 0
    return (
      (point * a) /
      continuedFraction(
        x + 1 - a,
        (i) => i * (a - i),
        (i) => x + 2 * i + 1 - a,
      )
    )
  }
  let sum = 1
  let term = 1
  for (let n = a + 1; term > sum * 1e-17 && n - a < 1e7; n++) sum += term *= x / n
  return 1 - point * sum
}

/** P(X > x) of the chi-square distribution; right far below 1e-100. */
export const chiSquareUpper = (x: number, df: number): number => gammaUpper(df / 2, x / 2)
