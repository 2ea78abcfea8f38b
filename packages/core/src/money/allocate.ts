import { divide, mulDiv } from './mul-div'

/** Remainders of the running call: kept from call to call because sharing is the innermost loop of pricing. */
const rests: number[] = []

/**
 * Shares `amount` over `weights` so that the shares are integers and sum to it exactly, by largest remainder: the floor of each
 * exact share `amount × weight ÷ sum`, then one more to the largest fractional parts, a tie to the earlier one.
 * Weights are safe integers from 0 up whose sum is safe; a weight of 0 gets nothing. When all are 0 everything gets 0.
 *
 * @example
 * ```ts
 * allocate(300, [4300, 1400, 2300]) // [161, 53, 86]
 * ```
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  const size = weights.length
  let sum = 0
  for (let i = 0; i < size; i++) sum += weights[i] as number
  let left = sum && amount
  if (size === 2) {
    // The commonest case: the first part goes up from a half, which is the largest remainder and the tie to the earlier.
    const share = mulDiv(left, weights[0] as number, sum || 1, 'half-up')
    return [share, left - share]
  }
  // A copy has its final length at once; pushing would leave room for more in every array of shares.
  const shares = weights.slice()
  for (let i = 0; i < size; i++) {
    const weight = weights[i] as number
    const product = amount * weight
    // Division and back is several times faster than the remainder of a float; where the product is exact, so is the quotient.
    let share = sum && Math.floor(product / sum)
    let rest = product - share * sum
    if (product > 9007199254740991) [share, rest] = divide(amount, weight, sum)
    shares[i] = share
    rests[i] = rest
    left -= share
  }
  if (left * size > 400)
    shares
      .map((_, i) => i)
      .sort((a, b) => (rests[b] as number) - (rests[a] as number) || a - b)
      .slice(0, left)
      .forEach((i) => shares[i]!++)
  else
    for (; left > 0; left--) {
      let most = 0
      for (let i = 1; i < size; i++) if ((rests[i] as number) > (rests[most] as number)) most = i
      shares[most]!++
      rests[most] = 0
    }
  return shares
}
