import { OmoError } from '../issues'

/**
 * How a fraction becomes an integer. `down` cuts, `up` goes to the next, the `half-` modes go to the nearest and say what an
 * exact half does. For amounts from 0 up; nothing here rounds negative money.
 */
export type Rounding = 'down' | 'up' | 'half-up' | 'half-down' | 'half-even'

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
  const safe = 9007199254740991
  const product = a * b
  // The product is exact up to `safe`, and then so is the floor of the quotient.
  let quotient = Math.floor(product / c)
  let rest = product - quotient * c
  if (product > safe) [quotient, rest] = divide(a, b, c)
  if (rest && rounding !== 'down') {
    const other = c - rest
    if (rounding === 'up' || rest > other || (rest === other && (rounding === 'half-up' || (rounding === 'half-even' && quotient % 2)))) quotient++
  }
  if (quotient > safe) throw new OmoError('not-an-amount', String(quotient))
  return quotient
}

/** Quotient and remainder of `a × b ÷ c` by long multiplication in base two: nothing but the quotient can leave the safe integers. */
export function divide(a: number, b: number, c: number): [quotient: number, rest: number] {
  let quotient = 0
  let rest = 0
  const over = a % c
  const whole = (a - over) / c
  const add = (more: number): void => {
    // Never above `c`, which a sum of the two could be.
    rest -= c - more
    if (rest < 0) rest += c
    else quotient++
  }
  for (const bit of b.toString(2)) {
    quotient *= 2
    add(rest)
    if (bit === '1') {
      quotient += whole
      add(over)
    }
  }
  return [quotient, rest]
}
