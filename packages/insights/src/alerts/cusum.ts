import { accept, check, checkEach, type Result } from '../result'

export interface Cusum {
  readonly upper: readonly number[]
  readonly lower: readonly number[]
  /** Indices, from 0, where a sum is above `limit`; exactly on it is none. */
  readonly alarms: readonly number[]
}

export interface CusumOptions {
  readonly target: number
  /** What is let pass each time, in the unit of the values; half the shift to be found is usual. */
  readonly slack: number
  /** An alarm above this, in the unit of the values. */
  readonly limit: number
}

/** Tabular two-sided CUSUM from 0, not begun anew after an alarm; D. Montgomery, "Introduction to statistical quality control", 9.1. */
export function cusum(values: readonly number[], { target, slack, limit }: CusumOptions): Result<Cusum> {
  const wrong =
    checkEach('values', values, (value) => check('', value)) ||
    check('target', target) ||
    check('slack', slack, slack >= 0, '>= 0') ||
    check('limit', limit, limit >= 0, '>= 0')
  if (wrong) return wrong
  const sums = (sign: number): number[] => {
    let sum = 0
    return values.map((value) => (sum = Math.max(0, sum + sign * (value - target) - slack)))
  }
  const upper = sums(1)
  const lower = sums(-1)
  const alarms = values.map((_, i) => i).filter((i) => Math.max(upper[i] as number, lower[i] as number) > limit + 1e-12)
  return accept({ upper, lower, alarms })
}
