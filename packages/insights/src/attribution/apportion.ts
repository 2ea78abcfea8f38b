import { accept, check, checkAmount, checkEach, type Result } from '../result'
import { totalOf } from '../total-of'

/**
 * Splits an amount of minor units into whole parts in proportion to weights, so that the parts add up to the amount exactly:
 * each is rounded towards zero, what is left goes one unit each to the largest remainders (Hamilton's method). Equal
 * remainders: the earlier weight first. A negative amount, a return, is split as its positive is.
 *
 * @returns the parts in the order of the weights; refused when no weight is above 0
 */
export function apportion(amount: number, weights: readonly number[]): Result<readonly number[]> {
  const sum = totalOf(weights)
  const wrong =
    checkAmount('amount', amount) ||
    checkEach('weights', weights, (weight) => check('', weight, weight >= 0, '>= 0')) ||
    check('weights', sum, sum > 0, 'a sum > 0')
  return wrong || accept(parts(amount, weights, sum))
}

function parts(amount: number, weights: readonly number[], sum: number): number[] {
  const sign = amount < 0 ? -1 : 1
  let left = amount * sign
  const rows = weights.map((weight, i) => {
    const exact = amount * sign * (weight / sum)
    // beyond 1e12 a share may be rounded up past what is left
    const whole = Math.min(Math.floor(exact), left)
    left -= whole
    // remainders that differ by rounding only are equal
    return { i, whole, rest: Math.round((exact - whole) * 1e6) }
  })
  rows.sort((a, b) => b.rest - a.rest || a.i - b.i)
  for (let at = 0; left > 0; left--) (rows[at++ % rows.length] as { whole: number }).whole++
  const whole = weights.map(() => 0)
  for (const row of rows) whole[row.i] = row.whole && row.whole * sign
  return whole
}
