import { accept, check, checkCount, checkEach, type Result } from '../result'

export interface RepeatRate {
  readonly customers: number
  /** Customers without a repeat purchase. */
  readonly noRepeat: number
  /** Share of customers with one at least. */
  readonly rate: number
}

/**
 * The share of customers who came back.
 *
 * @param repeats repeat purchases of each customer, the first purchase not counted
 */
export function repeatRate(repeats: readonly number[]): Result<RepeatRate> {
  const customers = repeats.length
  const wrong = checkEach('repeats', repeats, (count) => checkCount('', count)) || check('repeats', customers, customers > 0, '>= 1 customer')
  if (wrong) return wrong
  const noRepeat = repeats.filter((count) => count === 0).length
  return accept({ customers, noRepeat, rate: 1 - noRepeat / customers })
}
