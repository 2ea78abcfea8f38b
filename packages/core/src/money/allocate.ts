import { mulDiv } from './mul-div'

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
  const n = weights.length
  let sum = 0
  for (let i = 0; i < n; i++) sum += weights[i] as number
  const shares: number[] = []
  if (sum === 0 || amount === 0) {
    for (let i = 0; i < n; i++) shares.push(0)
    return shares
  }
  const rests: number[] = []
  let left = amount
  for (let i = 0; i < n; i++) {
    const weight = weights[i] as number
    const product = amount * weight
    let share: number
    if (product <= 9007199254740991) {
      const rest = product % sum
      share = (product - rest) / sum
      rests.push(rest)
    } else {
      share = mulDiv(amount, weight, sum)
      rests.push(restOf(amount, weight, sum))
    }
    shares.push(share)
    left -= share
  }
  if (n > 40 && left > 4) {
    const order: number[] = []
    for (let i = 0; i < n; i++) order.push(i)
    order.sort((a, b) => (rests[b] as number) - (rests[a] as number) || a - b)
    for (let k = 0; k < left; k++) shares[order[k] as number]!++
    return shares
  }
  for (; left > 0; left--) {
    let best = 0
    for (let i = 1; i < n; i++) if ((rests[i] as number) > (rests[best] as number)) best = i
    shares[best]!++
    rests[best] = -1
  }
  return shares
}

/** `a × b mod c` without leaving the safe integers. */
function restOf(a: number, b: number, c: number): number {
  a %= c
  let rest = 0
  for (let bit = 4503599627370496; bit >= 1; bit /= 2) {
    rest = rest >= c - rest ? rest - (c - rest) : rest + rest
    if (b >= bit) {
      b -= bit
      rest = rest >= c - a ? rest - (c - a) : rest + a
    }
  }
  return rest
}
