import type { IssueCode } from '@omokit/core'
import { matching } from './cart'
import type { Cart } from './cart'
import type { BoundCondition, BoundRule } from './compile'
import { measured, overlap, usageOf } from './gate'
import { localSecond } from './local-time'

/** Whether a condition fails. Then `cart.at` is its place, `have` and `need` what it measured. */
export function failing(cart: Cart, { when, id }: BoundRule): IssueCode | undefined {
  for (let i = 0; i < when.length; i++)
    if (!holds(cart, id, when[i] as BoundCondition)) {
      cart.at = i
      return 'condition-failed'
    }
  cart.have = undefined
  return undefined
}

function holds(cart: Cart, rule: string, c: BoundCondition): boolean {
  const { basket } = cart
  const { type, f, anyOf } = c
  const of = c.of as readonly BoundCondition[]
  cart.have = undefined
  switch (type) {
    case 'subtotalAtLeast':
      return measured(cart, sumOf(cart, f, c.basis === 'original' ? cart.gross : cart.net), c.amount)
    case 'qtyAtLeast':
      return measured(cart, sumOf(cart, f, cart.qty), c.qty)
    case 'quorum':
      return measured(cart, usageOf(basket, rule).joined || 0, c.joined)
    case 'contains':
      return matching(cart, f).length > 0
    case 'audience':
      return overlap(anyOf, basket.audience || [])
    case 'shippingMethod':
      return overlap(anyOf, [(basket.shipping || ({} as { method?: string })).method])
    case 'tier':
    case 'payment':
      return overlap(anyOf, [basket[type]])
    case 'nthOrder':
      return basket.priorOrders === c.n - 1
    case 'firstOrder':
      return !!basket.firstOrder
    case 'birthdayMonth':
      return basket.birthdayMonth === new Date(localSecond(c.zone, cart.instant) * 1000).getUTCMonth() + 1
    case 'all':
      return of.every((one) => holds(cart, rule, one))
    case 'not': {
      const fails = !holds(cart, rule, c.of as BoundCondition)
      cart.have = undefined
      return fails
    }
    default: {
      // any: what the first of them measured
      let have: number | undefined
      let need = 0
      const found = of.some((one, i) => {
        const held = holds(cart, rule, one)
        if (!i) ({ have, need } = cart)
        return held
      })
      measured(cart, have, need)
      return found
    }
  }
}

/** Sum over the lines a filter fits: of what is left, the price, the units. */
export function sumOf(cart: Cart, f: number, of: readonly number[]): number {
  if (f < 0 && of === cart.net) return cart.sum
  const lines = matching(cart, f)
  let sum = 0
  for (let i = 0; i < lines.length; i++) sum += of[lines[i] as number] as number
  return sum
}
