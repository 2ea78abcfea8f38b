import { allocate, OmoError } from '@omokit/core'
import type { Cart } from './cart'
import type { BoundEffect, BoundRule } from './compile'
import { takingOf } from './effects'
import { usageOf } from './gate'
import type { Taking } from './taking'
import type { Funding, Modifier } from './types'

/** What one rule took from the cart. */
export interface Run {
  readonly rule: BoundRule
  /** Where its modifiers go, by line. */
  readonly mods: Draft[][]
  shipping: number
  /** In all, shipping included. */
  total: number
  overBudget: boolean
  /** The cart after it, for a rival. */
  after?: Saved
}

/** The part of a cart that rules change. */
export type Saved = Pick<Cart, 'unit' | 'net' | 'shared' | 'used' | 'shipping' | 'sum'>

/** A modifier while its rule runs. */
export type Draft = { -readonly [K in keyof Modifier]: Modifier[K] extends readonly number[] ? number[] : Modifier[K] }

/**
 * Runs the effects of a rule on the cart, each on what the ones before left; or one taking that was computed apart. Its modifiers
 * go into `mods`: a rival of other rules has a list of its own.
 */
export function runRule(cart: Cart, rule: BoundRule, mods: Draft[][], taking?: Taking): Run {
  const run: Run = { rule, mods, shipping: 0, total: 0, overBudget: false }
  cart.runs++
  cart.work += rule.effects.length * (cart.unit.length + cart.all.length)
  if (cart.work > mostWork) throw new OmoError('work-bound', rule.id)
  if (taking) commit(cart, run, taking)
  else for (let i = 0; i < rule.effects.length; i++) commit(cart, run, takingOf(cart, rule.effects[i] as BoundEffect))
  return run
}

/** Units and lines that the effects of one quote may look at in all: seconds on a till, not minutes. */
const mostWork = 5e7

/** Takes what an effect computed, unless it would go over the budget: then all of it is left. */
function commit(cart: Cart, run: Run, { lines, byUnit, order, marks, shipping = 0 }: Taking): void {
  const { take, pick, net, unit, stamps, runs, qty, first: firsts, floor, shared, used } = cart
  const { rule, mods } = run
  const { id, kind, budget } = rule
  const fee = Math.min(shipping, cart.shipping)
  let total = fee
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    if (byUnit) {
      const first = firsts[l] as number
      const end = first + (qty[l] as number)
      const room = Math.max(0, (net[l] as number) - (floor[l] as number))
      let sum = 0
      for (let u = first; u < end; u++) sum += pick[u] as number
      // A floor may leave less than the units would give: what there is, in their proportion.
      if (sum > room) allocate((sum = room), pick, first, end).forEach((part, u) => (pick[first + u] = part))
      take[l] = sum
    }
    total += take[l] as number
  }
  const over = budget !== undefined && run.total + total > budget - (usageOf(cart.basket, id).spent || 0)
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const amount = take[l] as number
    if (!amount) continue
    take[l] = 0
    const first = firsts[l] as number
    const n = qty[l] as number
    const units = byUnit ? pick.slice(first, first + n) : n === 1 ? [amount] : allocate(amount, unit, first, first + n)
    if (byUnit) for (let u = 0; u < n; u++) pick[first + u] = 0
    if (over) continue
    for (let u = 0; u < n; u++) unit[first + u]! -= units[u] as number
    net[l]! -= amount
    cart.sum -= amount
    if (order) shared[l]! += amount
    const list = mods[l]
    if (stamps[l] === runs && list) {
      const mod = list[list.length - 1] as Draft
      mod.funding = fundingOf(cart, rule, (mod.amount += amount))
      for (let u = 0; u < n; u++) mod.units[u]! += units[u] as number
    } else {
      const mod: Draft = { rule: id, kind: kind as Modifier['kind'], amount, units, funding: fundingOf(cart, rule, amount) }
      stamps[l] = runs
      if (list) list.push(mod)
      else mods[l] = [mod]
    }
  }
  if (over) {
    run.overBudget = true
    return
  }
  cart.shipping -= fee
  run.shipping += fee
  run.total += total
  if (marks) for (const u of marks) used[u] = true
}

/** Who pays: largest remainder, ties brand, store, partner, platform. */
function fundingOf({ funds }: Cart, { shares }: BoundRule, amount: number): Funding {
  if (shares) {
    const [brand = 0, store = 0, partner = 0, platform = 0] = allocate(amount, shares)
    return { brand, store, partner, platform }
  }
  // The brand alone: shares of one basket are mostly small and alike, and may hold one object.
  if (amount >= 512) return { brand: amount, store: 0, partner: 0, platform: 0 }
  return funds[amount] || (funds[amount] = { brand: amount, store: 0, partner: 0, platform: 0 })
}
