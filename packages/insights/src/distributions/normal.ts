import { gammaUpper } from './gamma'
import { tailQuantile } from './tail-quantile'

/** P(Z > z) of the standard normal distribution, to full relative precision: 6.22e-16 at 8, 2.89e-316 at 38. */
export const normalUpper = (z: number): number => (z < 0 ? 1 - normalUpper(-z) : gammaUpper(0.5, (z * z) / 2) / 2)

/** Two-sided p-value of a standard normal z. */
export const normalTwoSided = (z: number): number => gammaUpper(0.5, (z * z) / 2)

/** The z below which the standard normal distribution holds the share p, 0 < p < 1. */
export const normalQuantile = (p: number): number => (p < 0.5 ? -tailQuantile(normalUpper, p) : tailQuantile(normalUpper, 1 - p))
