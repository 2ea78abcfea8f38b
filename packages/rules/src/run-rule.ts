import { allocate } from '@omokit/core'
import type { Cart, CartLine } from './cart'
import type { Compiled } from './compile'
import { usageOf } from './conditions'
import { takingOf } from './effects'
import type { CouponRule, PromotionRule } from './rule-book'
import type { Taking } from './taking'
import type { Funding, Modifier } from './types'

/** What one rule took from the cart. */
export interface Run {
  readonly id: string
  readonly kind: Modifier['kind']
  readonly lines: number[]
  /** Beside `lines`: what came off each. */
  readonly mods: Draft[]
  shipping: number
  /** In all, shipping included. */
  total: number
  overBudget: boolean
  gifts: { readonly rule: string; readonly sku: string; readonly qty: number }[] | undefined
  marks: number[]
}

/** A modifier while its rule runs. */
export interface Draft {
  readonly rule: string
  readonly kind: Modifier['kind']
  amount: number
  units: number[]
  funding: Funding
  /** The part that came off the order as a whole. */
  order: number
}

type Shares = { readonly brand?: number; readonly store?: number; readonly partner?: number; readonly platform?: number }

export function emptyRun(id: string, kind: Modifier['kind']): Run {
  return { id, kind, lines: [], mods: [], shipping: 0, total: 0, overBudget: false, gifts: undefined, marks: [] }
}

/** Runs the effects of a promotion or coupon on the cart, each on what the ones before left. */
export function runRule(cart: Cart, bound: Compiled<PromotionRule> | Compiled<CouponRule>): Run {
  const { id, rule, effects } = bound
  const run = emptyRun(id, rule.kind)
  const budget = rule.budget === undefined ? Infinity : rule.budget - (usageOf(cart.basket, id).spent ?? 0)
  for (let i = 0; i < effects.length; i++) {
    const effect = effects[i] as (typeof effects)[number]
    if (effect.e.type === 'gift') (run.gifts ??= []).push({ rule: id, sku: effect.e.sku, qty: effect.e.qty })
    else commit(cart, run, takingOf(cart, effect), budget)
  }
  fund(run, rule.funding)
  return run
}

/** Takes what an effect computed, unless it would go over the budget: then all of it is left. */
export function commit(cart: Cart, run: Run, taking: Taking, budget: number): void {
  const { take, pick, first, net } = cart
  const { lines, byUnit } = taking
  if (byUnit)
    for (const l of lines) {
      let sum = 0
      for (let u = first[l] as number; u < (first[l + 1] as number); u++) sum += pick[u] as number
      const room = Math.max(0, (net[l] as number) - (cart.lines[l] as CartLine).floor)
      if (sum > room) {
        // The floor leaves less than the units would give: what there is, in their proportion.
        const start = first[l] as number
        const parts = allocate(room, pick.slice(start, first[l + 1]))
        for (let i = 0; i < parts.length; i++) pick[start + i] = parts[i] as number
        sum = room
      }
      take[l] = sum
    }
  const shipping = Math.min(taking.shipping, cart.shipping)
  let total = shipping
  for (let i = 0; i < lines.length; i++) total += take[lines[i] as number] as number
  const fits = run.total + total <= budget
  if (!fits) run.overBudget = true
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const amount = take[l] as number
    if (amount === 0 && !byUnit) continue
    take[l] = 0
    const units = unitsOf(cart, l, amount, byUnit)
    if (fits && amount > 0) book(cart, run, l, amount, units, taking.order)
  }
  if (!fits) return
  cart.shipping -= shipping
  run.shipping += shipping
  run.total += total
  const { marks } = taking
  for (let i = 0; i < marks.length; i++) {
    cart.used[marks[i] as number] = true
    run.marks.push(marks[i] as number)
  }
}

/** Splits what comes off a line over its units, by their residuals or as the effect picked them. */
function unitsOf(cart: Cart, l: number, amount: number, byUnit: boolean): number[] {
  const { first, unit, pick } = cart
  const start = first[l] as number
  const end = first[l + 1] as number
  if (byUnit) {
    const units = pick.slice(start, end)
    for (let u = start; u < end; u++) pick[u] = 0
    return units
  }
  return end - start === 1 ? [amount] : allocate(amount, unit.slice(start, end))
}

function book(cart: Cart, run: Run, l: number, amount: number, units: number[], order: boolean): void {
  const { first, unit, net } = cart
  const start = first[l] as number
  for (let i = 0; i < units.length; i++) unit[start + i]! -= units[i] as number
  net[l]! -= amount
  const known = run.total > 0 ? run.lines.indexOf(l) : -1
  const draft = known >= 0 ? run.mods[known] : undefined
  if (draft) {
    draft.amount += amount
    draft.order += order ? amount : 0
    for (let i = 0; i < units.length; i++) draft.units[i]! += units[i] as number
  } else {
    run.lines.push(l)
    run.mods.push({ rule: run.id, kind: run.kind, amount, units, funding: noFunding, order: order ? amount : 0 })
  }
}

const noFunding: Funding = { brand: 0, store: 0, partner: 0, platform: 0 }

/** Says who pays for each modifier: by the rule's percents, largest remainder, ties brand, store, partner, platform. */
export function fund(run: Run, shares: Shares | undefined): void {
  for (const mod of run.mods) {
    if (!shares) mod.funding = { brand: mod.amount, store: 0, partner: 0, platform: 0 }
    else {
      const [brand = 0, store = 0, partner = 0, platform = 0] = allocate(mod.amount, [shares.brand ?? 0, shares.store ?? 0, shares.partner ?? 0, shares.platform ?? 0])
      mod.funding = { brand, store, partner, platform }
    }
  }
}
