import { accept, check, checkEach, refuse, type Refusal, type Result } from '../result'
import type { CustomerTotals } from './customer-totals'
import { checkTotals, type RfmThresholds } from './rfm-thresholds'

/** A customer with three scores from 1 (worst) to 5 (best). */
export interface ScoredCustomer extends CustomerTotals {
  readonly r: number
  readonly f: number
  readonly m: number
}

/**
 * Scores customers by thresholds; who is equal to a threshold has reached it. Frequency and money: 1 and one more for each
 * threshold reached. Recency: 5 and one less for each. The scale of A. Hughes, "Strategic Database Marketing", 1994.
 */
export function scoreRfm(customers: readonly CustomerTotals[], thresholds: RfmThresholds): Result<readonly ScoredCustomer[]> {
  const wrong =
    checkTotals(customers) ||
    checkBands(thresholds.recency, 'recency') ||
    checkBands(thresholds.frequency, 'frequency') ||
    checkBands(thresholds.monetary, 'monetary')
  if (wrong) return wrong
  return accept(
    customers.map(({ customer, recency, frequency, monetary }) => ({
      customer,
      recency,
      frequency,
      monetary,
      r: 5 - reached(recency, thresholds.recency),
      f: 1 + reached(frequency, thresholds.frequency),
      m: 1 + reached(monetary, thresholds.monetary),
    })),
  )
}

/** How many thresholds. One given as a decimal times 100 may lie a hair above the whole number it means. */
function reached(value: number, bands: readonly number[]): number {
  let count = 0
  while (count < 4 && (bands[count] as number) - value <= 1e-7) count++
  return count
}

const checkBands = (bands: readonly number[], field: string): Refusal | undefined =>
  bands.length === 4
    ? checkEach(`thresholds.${field}`, bands, (band, i) => check('', band, !i || band >= (bands[i - 1] as number), 'ascending'))
    : refuse('invalid', `thresholds.${field}`, bands.length, '4 thresholds')
