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
  const size = shares.length
  for (let i = 0; i < size; i++) {
    const weight = shares[i] as number
    const product = amount * weight
    let rest = 0
    let share = 0
    if (product <= 9007199254740991) {
      // Division and back is several times faster than the remainder of a float; the product is exact, so the quotient is too.
      share = sum && Math.floor(product / sum)
      rest = product - share * sum
    } else [share, rest] = divide(amount, weight, sum)
    shares[i] = share
    rests[i] = rest
    left -= share
  }
  // Whichever is less work: give to the largest remainders, or give to all and take back from the smallest, later first.
  const picks = Math.min(left, size - left)
  if (picks * size > 400) {
    shares
      .map((_, i) => i)
      .sort((a, b) => (rests[b] as number) - (rests[a] as number) || a - b)
      .slice(0, left)
      .forEach((i) => shares[i]!++)
    return shares
  }
  if (picks < left) {
    for (let i = 0; i < size; i++) shares[i]!++
    for (let more = picks; more > 0; more--) {
      let least = 0
      for (let i = 1; i < size; i++) if ((rests[i] as number) <= (rests[least] as number)) least = i
      shares[least]!--
      rests[least] = sum
    }
    return shares
  }
  for (let more = picks; more > 0; more--) {
    let most = 0
    for (let i = 1; i < size; i++) if ((rests[i] as number) > (rests[most] as number)) most = i
    shares[most]!++
    rests[most] = 0
  }
  return shares
}
