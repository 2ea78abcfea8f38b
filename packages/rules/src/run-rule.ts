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
  /** Where its modifiers go, by line. */
  readonly mods: Draft[][]
  /** What came off each line as part of the order: kept only for rivals, which may lose some of their lines. */
  readonly orders: number[] | undefined
  order: number
  shipping: number
  /** In all, shipping included. */
  total: number
  overBudget: boolean
  marks: readonly number[]
}

/** A modifier while its rule runs. */
export type Draft = { -readonly [K in keyof Modifier]: Modifier[K] extends readonly number[] ? number[] : Modifier[K] }

/**
 * Runs the effects of a rule on the cart, each on what the ones before left; or one taking that was computed apart. A rival of
 * other rules gets a list of modifiers of its own.
 */
export function runRule(cart: Cart, rule: BoundRule, rival?: boolean, taking?: Taking): Run {
  const run: Run = { rule, mods: rival ? [] : cart.mods, orders: rival ? [] : undefined, order: 0, shipping: 0, total: 0, overBudget: false, marks: noMarks }
  const { effects } = rule
  const number = ++cart.runs
  if (taking) commit(cart, run, taking, number)
  else for (let i = 0; i < effects.length; i++) commit(cart, run, takingOf(cart, effects[i] as (typeof effects)[0]), number)
  return run
}

const noMarks: readonly number[] = []

/** Takes what an effect computed, unless it would go over the budget: then all of it is left. */
function commit(cart: Cart, run: Run, { lines, byUnit, order, marks, shipping = 0 }: Taking, number: number): void {
  const { take, pick, net, unit, stamps } = cart
  const { id, kind, budget } = run.rule
  const { mods, orders } = run
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
  const over = budget < Infinity && run.total + total > budget - (usageOf(cart.basket, id).spent || 0)
  if (over) run.overBudget = true
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const amount = take[l] as number
    if (!amount) continue
    take[l] = 0
    const { first, qty } = cart.lines[l] as CartLine
    const units = byUnit ? pick.slice(first, first + qty) : qty === 1 ? [amount] : allocate(amount, unit, first, first + qty)
    if (byUnit) for (let u = 0; u < qty; u++) pick[first + u] = 0
    if (over) continue
    for (let u = 0; u < qty; u++) unit[first + u] = (unit[first + u] as number) - (units[u] as number)
    net[l]! -= amount
    cart.sum -= amount
    if (order) {
      run.order += amount
      if (orders) orders[l] = (orders[l] || 0) + amount
    }
    const list = mods[l]
    if (stamps[l] === number && list) {
      const mod = list[list.length - 1] as Draft
      mod.amount += amount
      mod.funding = fundingOf(cart, run.rule, mod.amount)
      for (let u = 0; u < qty; u++) mod.units[u]! += units[u] as number
    } else {
      const mod: Draft = { rule: id, kind: kind as Modifier['kind'], amount, units, funding: fundingOf(cart, run.rule, amount) }
      stamps[l] = number
      if (list) list.push(mod)
      else mods[l] = [mod]
    }
  }
  if (over) return
  cart.shipping -= fee
  run.shipping += fee
  run.total += total
  if (marks) {
    run.marks = run.marks.concat(marks)
    for (let i = 0; i < marks.length; i++) cart.used[marks[i] as number] = true
  }
}

/** Who pays: largest remainder, ties brand, store, partner, platform. */
function fundingOf({ funds }: Cart, { funding }: BoundRule, amount: number): Funding {
  if (funding) {
    const [brand = 0, store = 0, partner = 0, platform = 0] = allocate(amount, funding)
    return { brand, store, partner, platform }
  }
  // The brand alone: shares of one basket are mostly small and alike, and may hold one object.
  const one = funds[amount] || { brand: amount, store: 0, partner: 0, platform: 0 }
  if (amount < 512) funds[amount] = one
  return one
}
