import { normalTwoSided } from '../distributions/normal'
import { accept, below, type Result } from '../result'
import { checkArm, type Arm } from './arm'

export interface TwoProportions {
  /** Rate of the first less rate of the second, over its standard error. */
  readonly z: number
  /** Two-sided. */
  readonly p: number
  /** Rate of the first less rate of the second. */
  readonly difference: number
}

/**
 * z-test of two proportions, first less second, without continuity correction. Two arms without any variation, 0 of 10 and
 * 0 of 20, do not differ: z 0, p 1.
 *
 * @param pooled whether the standard error is that of one common rate (default, the test of "no difference") or of two
 */
export function twoProportions(first: Arm, second: Arm, { pooled = true }: { readonly pooled?: boolean } = {}): Result<TwoProportions> {
  const wrong = below('first', checkArm(first)) || below('second', checkArm(second))
  if (wrong) return wrong
  const [n, m] = [first.trials, second.trials]
  const [p, q] = [first.successes / n, second.successes / m]
  const common = (first.successes + second.successes) / (n + m)
  const error = Math.sqrt(pooled ? common * (1 - common) * (1 / n + 1 / m) : (p * (1 - p)) / n + (q * (1 - q)) / m)
  const difference = p - q
  const z = difference ? difference / error : 0
  return accept({ z, p: normalTwoSided(z), difference })
}
