import type { IssueCode } from '@omokit/core'
import { matching } from './cart'
import type { Cart } from './cart'
import type { BoundCondition, BoundRule } from './compile'
import { measured, overlap, usageOf } from './gate'
import { localSecond } from './local-time'
import { sum } from './sum'

/** Whether a condition fails. Then `cart.at` is its place, `have` and `need` what it measured. */
export function failing(cart: Cart, { when }: BoundRule): IssueCode | undefined {
  for (let i = 0; i < when.length; i++)
    if (!holds(cart, when[i] as BoundCondition)) {
      cart.at = i
      return 'condition-failed'
    }
  cart.have = undefined
  return undefined
}

function holds(cart: Cart, c: BoundCondition): boolean {
  const { basket } = cart
  const { type, f, anyOf } = c
  const of = c.of as readonly BoundCondition[]
  cart.have = undefined
  if (type === 'subtotalAtLeast') return measured(cart, sumOf(cart, f, c.basis === 'original' ? 'gross' : 'net'), c.amount)
  if (type === 'qtyAtLeast') return measured(cart, sumOf(cart, f, 'qty'), c.qty)
  if (type === 'quorum') return measured(cart, usageOf(basket, c.id, 'joined'), c.joined)
  if (anyOf) return overlap(anyOf, type === 'shippingMethod' ? basket.shipping && basket.shipping.method : basket[type as 'tier' | 'audience'])
  if (c.n) return basket.priorOrders === c.n - 1
  if (c.zone) return basket.birthdayMonth === new Date(localSecond(c.zone, cart.instant) * 1000).getUTCMonth() + 1
  if (type === 'contains') return !!matching(cart, f)[0]
  if (type === 'firstOrder') return !!basket.firstOrder
  const one = (other: BoundCondition): boolean => holds(cart, other)
  if (type === 'all') return of.every(one)
  // The first of them last: what it measured is what is reported.
  if (type === 'any') return of.slice().reverse().some(one)
  const fails = !one(c.of as BoundCondition)
  cart.have = undefined
  return fails
}

/** Sum over the lines a filter fits: of what is left, the price, the units. */
export function sumOf(cart: Cart, f: number, of: 'net' | 'gross' | 'qty'): number {
  return f < 0 ? cart[of] : sum(matching(cart, f).map((line) => line[of]))
}
