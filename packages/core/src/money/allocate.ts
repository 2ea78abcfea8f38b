import { divide } from './mul-div'

/** Remainders of the running call: kept from call to call because sharing is the innermost loop of pricing. */
const scratch: { readonly rests: number[] } = { rests: [] }

/**
 * Shares `amount` over `weights` so that the shares are integers and sum to it exactly, by largest remainder: the floor of each
 * exact share `amount × weight ÷ sum`, then one more to the largest fractional parts, a tie to the earlier one.
 * Weights are safe integers from 0 up whose sum is safe; a weight of 0 gets nothing. When all are 0 everything gets 0.
 * `from` and `to` limit it to a part of `weights`, like `slice`.
 *
 * @example
 * ```ts
 * allocate(300, [4300, 1400, 2300]) // [161, 53, 86]
 * ```
 */
export function allocate(amount: number, weights: readonly number[], from = 0, to: number = weights.length): number[] {
  let sum = 0
  for (let i = from; i < to; i++) sum += weights[i] as number
  let left = sum && amount
  if (to - from === 2 && left * sum <= 9007199254740991) {
    // Two parts, the commonest case: the second's fraction is what the first's leaves of one.
    const product = left * (weights[from] as number)
    let share = sum && Math.floor(product / sum)
    const rest = product - share * sum
    if (rest > 0 && rest >= sum - rest) share++
    return [share, left - share]
  }
  // A copy has its final length at once; pushing would leave room for more in every array of shares.
  const shares = weights.slice(from, to)
  const { rests } = scratch
  for (let i = 0; i < shares.length; i++) {
    const weight = shares[i] as number
    const product = left && amount * weight
    let rest = 0
    let share = 0
    if (product <= 9007199254740991) {
      // Division and back is several times faster than the remainder of a float; the product is exact, so the quotient is too.
      share = left && Math.floor(product / sum)
      rest = product - share * sum
    } else [share, rest] = divide(amount, weight, sum)
    shares[i] = share
    rests[i] = rest
  }
  for (let i = 0; i < shares.length; i++) left -= shares[i] as number
  if (left > 9 && shares.length > 40) {
    shares
      .map((_, i) => i)
      .sort((a, b) => (rests[b] as number) - (rests[a] as number) || a - b)
      .slice(0, left)
      .forEach((i) => shares[i]!++)
    return shares
  }
  // Whichever is less work: give to the largest remainders, or give to all and take back from the smallest, later first.
  const back = left * 2 > shares.length
  if (back) for (let i = 0; i < shares.length; i++) shares[i]!++
  for (let more = back ? shares.length - left : left; more > 0; more--) {
    let best = 0
    for (let i = 1; i < shares.length; i++)
      if (back ? (rests[i] as number) <= (rests[best] as number) : (rests[i] as number) > (rests[best] as number)) best = i
    shares[best]! += back ? -1 : 1
    rests[best] = back ? Infinity : -1
  }
  return shares
}
