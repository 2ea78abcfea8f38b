import { accept, check, checkEach, refuse, type Result } from '../result'
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
    checkEach(['recency', 'frequency', 'monetary'] as const, (field) => {
      const list = thresholds[field]
      if (list.length !== 4) return refuse('invalid', `thresholds.${field}`, list.length, '4 thresholds')
      return checkEach(list, (value, i) => check(`thresholds.${field}.${i}`, value, !i || value >= (list[i - 1] as number), 'ascending'))
    })
  if (wrong) return wrong
  // a threshold given as a decimal times 100 may lie a hair above the whole number it means
  const reached = (value: number, list: readonly number[]): number => list.filter((threshold) => threshold - value <= 1e-7).length
  return accept(
    customers.map((row) =>
      Object.assign({}, row, {
        r: 5 - reached(row.recency, thresholds.recency),
        f: 1 + reached(row.frequency, thresholds.frequency),
        m: 1 + reached(row.monetary, thresholds.monetary),
      }),
    ),
  )
}
