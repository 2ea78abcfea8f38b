import { accept, check, checkEach, type Result } from '../result'

export interface EwmaChart {
  readonly ewma: readonly number[]
  readonly upperLimit: number
  readonly lowerLimit: number
  /** Indices, from 0, where the average lies beyond a limit. */
  readonly alarms: readonly number[]
}

export interface EwmaOptions {
  /** The average before the first value; the centre of the limits. */
  readonly start: number
  /** Weight of the newest value, above 0, at most 1; 0.2 to 0.3 is usual. */
  readonly lambda: number
  /** Standard deviation of a value. */
  readonly sigma: number
  /** Limits in standard deviations of the average; default 3. */
  readonly k?: number
}

/** Exponentially weighted moving average with steady-state limits; NIST/SEMATECH e-Handbook 6.3.2.4. */
export function ewmaChart(values: readonly number[], { start, lambda, sigma, k = 3 }: EwmaOptions): Result<EwmaChart> {
  const wrong =
    checkEach('values', values, (value) => check('', value)) ||
    check('start', start) ||
    check('lambda', lambda, lambda > 0 && lambda <= 1, '0..1') ||
    check('sigma', sigma, sigma >= 0, '>= 0') ||
    check('k', k, k > 0, '> 0')
  if (wrong) return wrong
  const reach = k * sigma * Math.sqrt(lambda / (2 - lambda))
  const upperLimit = start + reach
  const lowerLimit = start - reach
  let last = start
  const ewma = values.map((value) => (last = lambda * value + (1 - lambda) * last))
  const alarms = ewma.map((_, i) => i).filter((i) => (ewma[i] as number) > upperLimit || (ewma[i] as number) < lowerLimit)
  return accept({ ewma, upperLimit, lowerLimit, alarms })
}
