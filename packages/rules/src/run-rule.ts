import { OmoError } from '@omokit/core'
import type { IssueCode } from '@omokit/core'
import { copyOf, due } from './cart'
import type { Cart } from './cart'
import type { BoundRule } from './compile'
import { runEffect } from './effects'
import { usageOf } from './gate'

/** Runs the effects of a rule on the cart, each on what the ones before left. Answers why nothing came of it, if so. */
export function runRule(cart: Cart, rule: BoundRule): IssueCode | undefined {
  const { id, effects, budget, gifts } = rule
  const before = due(cart)
  let over = false
  cart.run = { rule }
  cart.work += effects.length * (cart.qty + cart.all.length)
  if (cart.work > mostWork) throw new OmoError('work-bound', id)
  for (const effect of effects) {
    // One that would go over the budget is left whole.
    const tried = budget === undefined ? cart : copyOf(cart)
    runEffect(tried, effect)
    if (budget === undefined) continue
    if (before - due(tried) > budget - usageOf(cart.basket, id, 'spent')) over = true
    else Object.assign(cart, tried)
  }
  return before > due(cart) || gifts.length ? undefined : over ? 'budget-exceeded' : 'no-effect'
}

/** Units and lines that the effects of one quote may look at in all: seconds on a till, not minutes. */
const mostWork = 5e7
