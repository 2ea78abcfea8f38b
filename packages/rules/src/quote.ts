import type { Result } from '@omokit/core'
import type { CompiledBook } from './compile'
import { evaluate } from './evaluate'
import type { Basket, Quote } from './types'

/**
 * Prices a basket: pure, in integers, the same answer on every runtime. Reports every presented coupon that was refused and
 * the twenty promotions nearest to applying, with what they have and need.
 *
 * Refuses `invalid`, `not-an-amount`, `currency-mismatch`, `no-price` (with the line's path), `too-many` lines (above 2,000)
 * or coupons (above 100), and `work-bound` (above 50,000 units, or effects that look at more than 50 million units and lines). A key of the basket that is not an input of the book is `invalid`: nothing else about
 * a person can move a price.
 *
 * @param instant - Milliseconds: the moment the basket is priced for.
 */
export function quote(book: CompiledBook, basket: Basket, instant: number): Result<Quote> {
  return evaluate(book, basket, instant, false)
}
