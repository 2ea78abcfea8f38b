import { accept, check, checkAmount, checkEach, refuse, type Result } from '../result'

/**
 * Splits an amount of minor units into whole parts in proportion to weights, so that the parts add up to the amount exactly:
 * each is rounded towards zero, what is left goes one unit each to the largest remainders (Hamilton's method). Equal
 * remainders: the earlier weight first. A negative amount, a return, is split as its positive is.
 *
 * @returns the parts in the order of the weights; refused when no weight is above 0
 */
export function apportion(amount: number, weights: readonly number[]): Result<readonly number[]> {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  const wrong =
    checkAmount('amount', amount) ||
    checkEach(weights, (weight, i) => check(`weights.${i}`, weight, weight >= 0, '>= 0')) ||
    (sum > 0 && sum < Number.POSITIVE_INFINITY ? undefined : refuse('invalid', 'weights', sum, 'a sum > 0'))
  return wrong || accept(parts(amount, weights, sum))
}

function parts(amount: number, weights: readonly number[], sum: number): number[] {
  const sign = amount < 0 ? -1 : 1
  let left = amount * sign
  const rows = weights.map((weight, i) => {
    const exact = amount * sign * (weight / sum)
    const whole = Math.floor(exact)
    left -= whole
    // remainders that differ by rounding only are equal
    return { i, whole, rest: Math.round((exact - whole) * 1e6) }
  })
  rows.sort((a, b) => b.rest - a.rest || a.i - b.i)
  const step = left < 0 ? -1 : 1
  // a binary fraction just below its whole may leave more than one unit a row, at amounts beyond 1e12
  for (let at = 0; left; at++, left -= step) (rows[step < 0 ? rows.length - 1 - (at % rows.length) : at % rows.length] as { whole: number }).whole += step
  const whole = weights.map(() => 0)
  for (const row of rows) whole[row.i] = row.whole && row.whole * sign
  return whole
}
