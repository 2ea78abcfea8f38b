import { mulDiv } from '@omokit/core'
import type { Cart } from './cart'
import type { Ratio } from './ratio'

/** What an effect would take: amounts by line stand in `cart.take`, by unit in `cart.pick`. */
export interface Taking {
  readonly lines: readonly number[]
  /** `cart.pick` says which units give. */
  readonly byUnit?: boolean
  /** Off the fee. */
  readonly shipping?: number
  /** Taken off the order as a whole, then shared. */
  readonly order?: boolean
  /** Units it names as used. */
  readonly marks?: readonly number[]
}

/** A percentage of an amount, rounded as the book says; 0 without one. */
export function percentOf(cart: Cart, amount: number, rate: Ratio | undefined): number {
  return rate ? mulDiv(amount, rate.num, rate.den, cart.book.settings.rounding || 'half-up') : 0
}
