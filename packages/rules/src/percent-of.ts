import { mulDiv } from '@omokit/core'
import type { Cart } from './cart'
import type { Ratio } from './ratio'

/** A percentage of an amount, rounded as the book says; 0 without one. */
export function percentOf(cart: Cart, amount: number, rate: Ratio | undefined): number {
  return rate ? mulDiv(amount, rate.num, rate.den, cart.book.settings.rounding) : 0
}
