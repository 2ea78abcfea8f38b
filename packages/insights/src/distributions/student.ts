import { betaLower } from './beta'
import { tailQuantile } from './tail-quantile'

/** Two-sided p-value of a t of Student's distribution; df > 0, need not be whole. */
export const studentTwoSided = (t: number, df: number): number => betaLower(df / (df + t * t), df / 2, 0.5, (t * t) / (df + t * t))

/** P(T > t) of Student's distribution. */
export const studentUpper = (t: number, df: number): number => (t < 0 ? 1 - studentUpper(-t, df) : studentTwoSided(t, df) / 2)

/** The t below which Student's distribution holds the share p, 0 < p < 1. */
export const studentQuantile = (p: number, df: number): number => {
  const upper = (t: number): number => studentUpper(t, df)
  return p < 0.5 ? -tailQuantile(upper, p) : tailQuantile(upper, 1 - p)
}
