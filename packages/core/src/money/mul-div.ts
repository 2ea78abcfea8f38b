import { OmoError } from '../issues'

/**
 * How a fraction becomes an integer. `down` cuts, `up` goes to the next, the `half-` modes go to the nearest and say what an
 * exact half does. For amounts from 0 up; nothing here rounds negative money.
 */
export type Rounding = 'down' | 'up' | 'half-up' | 'half-down' | 'half-even'

const safe = 9007199254740991

/**
 * `a × b ÷ c`, exact: the product is never rounded, whatever its size. All three are safe integers from 0 up, `c` above 0.
 * Throws `not-an-amount` when the answer is above the largest safe integer.
 *
 * @example
 * ```ts
 * mulDiv(9901, 50, 100) // 4950: half of 99.01, cut
 * mulDiv(9901, 50, 100, 'half-up') // 4951
 * ```
 */
export function mulDiv(a: number, b: number, c: number, rounding: Rounding = 'down'): number {
  const product = a * b
  let rest: number
  let quotient: number
  if (product <= safe) {
    rest = product % c
    quotient = (product - rest) / c
  } else {
    // Long multiplication in base two: every step stays below c, so nothing can leave the safe integers but the answer.
    quotient = 0
    rest = 0
    const aRest = a % c
    const aWhole = (a - aRest) / c
    for (let bit = 4503599627370496; bit >= 1; bit /= 2) {
      const over = rest >= c - rest
      rest = over ? rest - (c - rest) : rest + rest
      quotient = quotient * 2 + (over ? 1 : 0)
      if (b >= bit) {
        b -= bit
        const carry = rest >= c - aRest
        rest = carry ? rest - (c - aRest) : rest + aRest
        quotient += aWhole + (carry ? 1 : 0)
      }
    }
  }
  if (roundsUp(quotient, rest, c, rounding)) quotient++
  if (!(quotient <= safe)) throw new OmoError('not-an-amount', 'the quotient is above the largest safe integer')
  return quotient
}

function roundsUp(quotient: number, rest: number, c: number, rounding: Rounding): boolean {
  if (rest === 0 || rounding === 'down') return false
  if (rounding === 'up') return true
  const other = c - rest
  return rest === other ? rounding === 'half-up' || (rounding === 'half-even' && quotient % 2 === 1) : rest > other
}
