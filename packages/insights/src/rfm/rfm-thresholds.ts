import { accept, check, checkEach, type Refusal, type Result } from '../result'
import type { CustomerTotals } from './customer-totals'

/** Four ascending thresholds each, which part customers into five bands. */
export interface RfmThresholds {
  /** Days. */
  readonly recency: readonly number[]
  /** Orders. */
  readonly frequency: readonly number[]
  /** Minor units. */
  readonly monetary: readonly number[]
}

/**
 * Thresholds at the 20, 40, 60 and 80 % quantiles of the customers themselves, each one unit above the quantile, so that who
 * stands on a quantile belongs to the band below. Quantiles are type 7 of R. J. Hyndman and Y. Fan, "Sample quantiles in
 * statistical packages", 1996, interpolated in integers: equal customers get equal scores on every machine, as NTILE would not
 * give them.
 *
 * @param unit minor units of the one unit that is added to money: 100 for yuan or euro, 1 for yen
 */
export function rfmThresholds(customers: readonly CustomerTotals[], unit = 100): Result<RfmThresholds> {
  const wrong = checkTotals(customers) || check('unit', unit, unit > 0, '> 0') || check('customers', customers.length, customers.length > 0, '>= 1')
  if (wrong) return wrong
  const quantiles = (field: 'recency' | 'frequency' | 'monetary', one: number): number[] => {
    // a typed array sorts by number without being told how, which is most of the time of a large shop
    const values = new Float64Array(customers.length)
    for (let i = 0; i < values.length; i++) values[i] = (customers[i] as CustomerTotals)[field]
    values.sort()
    return [1, 2, 3, 4].map((k) => {
      const rank = (values.length - 1) * k
      const low = values[Math.floor(rank / 5)] as number
      const high = values[Math.ceil(rank / 5)] as number
      // one division at the end: a quantile that is a whole number is exactly that
      return (low * 5 + (high - low) * (rank % 5)) / 5 + one
    })
  }
  return accept({ recency: quantiles('recency', 1), frequency: quantiles('frequency', 1), monetary: quantiles('monetary', unit) })
}

/** What is wrong with rows of totals, or nothing. */
export const checkTotals = (customers: readonly CustomerTotals[]): Refusal | undefined =>
  checkEach(
    'customers',
    customers,
    ({ recency, frequency, monetary }) => check('recency', recency) || check('frequency', frequency) || check('monetary', monetary),
  )
