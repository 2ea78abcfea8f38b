import { allocate } from '@omokit/core'
import type { Cart, CartLine } from './cart'
import type { BoundRule } from './compile'
import { usageOf } from './conditions'
import { takingOf } from './effects'
import type { Taking } from './taking'
import type { Funding, Modifier } from './types'

/** What one rule took from the cart. */
export interface Run {
  readonly rule: BoundRule
  readonly lines: number[]
  /** Beside `lines`: what came off each, and how much of it as part of the order. */
  readonly mods: Draft[]
  readonly orders: number[]
  shipping: number
  /** In all, shipping included. */
  total: number
  overBudget: boolean
  readonly marks: number[]
}

/** A modifier while its rule runs. */
export type Draft = { -readonly [K in keyof Modifier]: Modifier[K] extends readonly number[] ? number[] : Modifier[K] }

/** Runs the effects of a rule on the cart, each on what the ones before left; or one taking that was computed apart. */
export function runRule(cart: Cart, rule: BoundRule, taking?: Taking): Run {
  const run: Run = { rule, lines: [], mods: [], orders: [], shipping: 0, total: 0, overBudget: false, marks: [] }
  const { effects, funding } = rule
  if (taking) commit(cart, run, taking)
  else for (let i = 0; i < effects.length; i++) commit(cart, run, takingOf(cart, effects[i] as (typeof effects)[0]))
  for (let i = 0; i < run.mods.length; i++) {
    const mod = run.mods[i] as Draft
    // Who pays: largest remainder, ties brand, store, partner, platform.
    if (!funding) mod.funding = { brand: mod.amount, store: 0, partner: 0, platform: 0 }
    else {
      const [brand = 0, store = 0, partner = 0, platform = 0] = allocate(mod.amount, funding)
      mod.funding = { brand, store, partner, platform }
    }
  }
  return run
}

const noFunding: Funding = { brand: 0, store: 0, partner: 0, platform: 0 }

/** Takes what an effect computed, unless it would go over the budget: then all of it is left. */
function commit(cart: Cart, run: Run, { lines, byUnit, order, marks, shipping = 0 }: Taking): void {
  const { take, pick, net, unit, basket } = cart
  const { id, kind, budget } = run.rule
  const fee = Math.min(shipping, cart.shipping)
  let total = fee
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    if (byUnit) {
      const { first, qty, floor } = cart.lines[l] as CartLine
      const room = Math.max(0, (net[l] as number) - floor)
      let sum = 0
      for (let u = first; u < first + qty; u++) sum += pick[u] as number
      // A floor may leave less than the units would give: what there is, in their proportion.
      if (sum > room) allocate((sum = room), pick, first, first + qty).forEach((part, u) => (pick[first + u] = part))
      take[l] = sum
    }
    total += take[l] as number
  }
  const over = budget < Infinity && run.total + total > budget - (usageOf(basket, id).spent || 0)
  const again = run.mods.length > 0
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const amount = take[l] as number
    if (!amount) continue
    take[l] = 0
    const { first, qty } = cart.lines[l] as CartLine
    const units = byUnit ? pick.slice(first, first + qty) : qty === 1 ? [amount] : allocate(amount, unit, first, first + qty)
    if (byUnit) for (let u = 0; u < qty; u++) pick[first + u] = 0
    if (over) continue
    for (let u = 0; u < qty; u++) unit[first + u]! -= units[u] as number
    net[l]! -= amount
    cart.sum -= amount
    const known = again ? run.lines.indexOf(l) : -1
    if (known < 0) {
      run.lines.push(l)
      run.orders.push(order ? amount : 0)
      run.mods.push({ rule: id, kind: kind as Modifier['kind'], amount, units, funding: noFunding })
    } else {
      const mod = run.mods[known] as Draft
      mod.amount += amount
      run.orders[known]! += order ? amount : 0
      for (let u = 0; u < qty; u++) mod.units[u]! += units[u] as number
    }
  }
  if (over) {
    run.overBudget = true
    return
  }
  cart.shipping -= fee
  run.shipping += fee
  run.total += total
  if (marks)
    for (let i = 0; i < marks.length; i++) {
      cart.used[marks[i] as number] = true
      run.marks.push(marks[i] as number)
    }
}
