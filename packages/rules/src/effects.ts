import { mulDiv } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundEffect } from './compile'
import { subtotal, units } from './conditions'
import { pickUnits } from './pick-units'
import type { Effect, Tier } from './rule-book'
import type { Ratio } from './ratio'
import { share } from './share'
import { percentOf } from './taking'
import type { Taking } from './taking'

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>
type Holding = { readonly amount: number | undefined; readonly percent: Ratio | undefined; readonly cap: number | undefined }

const noUnits: readonly number[] = []
const noLines: readonly number[] = []
const nothing: Taking = { lines: noLines, byUnit: false, shipping: 0, order: false, marks: noUnits }

/** Computes one effect on the cart as it stands, without changing what is left. */
export function takingOf(cart: Cart, bound: BoundEffect): Taking {
  const { e, f } = bound
  switch (e.type) {
    case 'percentOff':
      return percentOff(cart, bound, e)
    case 'amountOff':
      return amountOff(cart, bound, e)
    case 'everyAmountOff': {
      const sum = subtotal(cart, f)
      const times = Math.min(Math.floor(sum / e.every), e.maxTimes ?? Infinity)
      return order(cart, matching(cart, f), Math.min(times * e.amount, e.cap ?? Infinity, sum))
    }
    case 'tieredOff': {
      const held = holding(cart, bound, e)
      return order(cart, matching(cart, f), Math.min(whole(cart, subtotal(cart, f), held), held.cap ?? Infinity))
    }
    case 'amountByUnit':
      return perLine(cart, f, (l) => {
        const n = Math.min((cart.lines[l] as CartLine).qty, e.maxUnits ?? Infinity)
        return n > 0 ? e.first + e.next * (n - 1) : 0
      })
    case 'unitGroups':
      return unitGroups(cart, bound, e)
    case 'buyGet':
      return buyGet(cart, bound, e)
    case 'priceTo':
      return eachUnit(cart, f, e.maxUnits, (rest) => rest - e.price)
    case 'gift':
      return nothing
    default:
      return pickUnits(cart, bound, e)
  }
}

/** The amount or percent that holds: of the highest tier reached, else the one given beside the tiers. */
function holding(cart: Cart, { f, tiers, amount, percent }: BoundEffect, e: { readonly measure?: 'subtotal' | 'qty'; readonly tiers?: readonly Tier[] }): Holding {
  let held: Holding = { amount, percent, cap: undefined }
  if (tiers) {
    const measure = e.measure === 'qty' ? units(cart, f) : subtotal(cart, f)
    for (const tier of tiers) if (tier.from <= measure) held = tier
  }
  return held
}

/** A holding of a whole sum. */
function whole(cart: Cart, sum: number, { amount, percent }: Holding): number {
  return amount !== undefined ? Math.min(amount, sum) : percent ? percentOf(cart, sum, percent) : 0
}

function percentOff(cart: Cart, bound: BoundEffect, e: Of<'percentOff'>): Taking {
  const { f } = bound
  const { percent, cap = e.cap } = holding(cart, bound, e)
  if (!percent) return nothing
  if (e.on === 'shipping') return { ...nothing, shipping: Math.min(percentOf(cart, cart.shipping, percent), cap ?? Infinity) }
  const lines = matching(cart, f)
  if (e.on === 'order') return order(cart, lines, Math.min(percentOf(cart, subtotal(cart, f), percent), cap ?? Infinity))
  const { lines: all, net } = cart
  const parts = cap === undefined ? undefined : share(cap, lines.map((l) => net[l] as number), cart.book.settings.allocation)
  return perLine(cart, f, (l, i) => {
    const rest = net[l] as number
    let part: number
    if (e.maxUnits === undefined && !e.roundPer) part = percentOf(cart, rest, percent)
    else {
      const { qty, price, gross } = all[l] as CartLine
      const n = Math.min(qty, e.maxUnits ?? qty)
      const base = n < qty ? Math.max(0, price * n - (gross - rest)) : rest
      part = e.roundPer ? Math.min(base, percentOf(cart, mulDiv(rest, 1, qty, 'half-up'), percent) * n) : percentOf(cart, base, percent)
    }
    return parts ? Math.min(part, parts[i] as number) : part
  })
}

function amountOff(cart: Cart, bound: BoundEffect, e: Of<'amountOff'>): Taking {
  const { f } = bound
  const { amount = 0 } = holding(cart, bound, e)
  if (e.per === 'shipping') return { ...nothing, shipping: amount }
  if (e.per === 'order') return order(cart, matching(cart, f), amount)
  if (e.per === 'unit') return eachUnit(cart, f, e.maxUnits, () => amount)
  if (e.per === 'line') return perLine(cart, f, () => amount)
  return perLine(cart, f, (l) => {
    const { qty, price, gross } = cart.lines[l] as CartLine
    const n = Math.min(qty, e.maxUnits ?? qty)
    return Math.min(amount * n, Math.max(0, price * n - (gross - (cart.net[l] as number))))
  })
}

/** Each matching line on its own, as far as it has room. */
function perLine(cart: Cart, f: number, of: (line: number, i: number) => number): Taking {
  const lines = matching(cart, f)
  const { take, lines: all, net } = cart
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const room = (net[l] as number) - (all[l] as CartLine).floor
    const part = of(l, i)
    take[l] = room > 0 ? Math.min(part, room) : 0
  }
  return { ...nothing, lines }
}

/** Each unit of the matching lines, the first `most` of a line, as far as it has anything. */
function eachUnit(cart: Cart, f: number, most: number | undefined, of: (rest: number) => number): Taking {
  const lines = matching(cart, f)
  const { first, unit, pick } = cart
  for (const l of lines) {
    const start = first[l] as number
    const end = Math.min(first[l + 1] as number, start + (most ?? Infinity))
    for (let u = start; u < end; u++) pick[u] = Math.max(0, Math.min(of(unit[u] as number), unit[u] as number))
  }
  return { ...nothing, lines, byUnit: true }
}

/**
 * An amount off the lines together: shared by residual; where a line has no room for its part, what is left is shared again,
 * same weights, over the lines that still have room.
 */
export function order(cart: Cart, lines: readonly number[], amount: number): Taking {
  const { net, lines: all, take } = cart
  let open = lines
  let left = amount
  while (left > 0 && open.length) {
    const weights: number[] = []
    let sum = 0
    for (let i = 0; i < open.length; i++) {
      const rest = net[open[i] as number] as number
      weights.push(rest)
      sum += rest
    }
    if (sum === 0) break
    const parts = share(left, weights, cart.book.settings.allocation)
    const next: number[] = []
    for (let i = 0; i < open.length; i++) {
      const l = open[i] as number
      const room = (net[l] as number) - (all[l] as CartLine).floor - (take[l] as number)
      const part = Math.min(parts[i] as number, Math.max(0, room))
      take[l]! += part
      left -= part
      if (part < room) next.push(l)
    }
    open = next
  }
  return { ...nothing, lines, order: true }
}

function unitGroups(cart: Cart, bound: BoundEffect, e: Of<'unitGroups'>): Taking {
  const { f } = bound
  const { amount, percent } = holding(cart, bound, e)
  const lines = matching(cart, f).slice()
  const qty = (l: number): number => (cart.lines[l] as CartLine).qty
  lines.sort((a, b) => qty(b) - qty(a) || a - b)
  let left = Math.floor(units(cart, f) / e.size) * e.size
  const counted = new Map<number, number>()
  for (const l of lines) {
    const n = Math.min(left, qty(l))
    counted.set(l, n)
    left -= n
  }
  return perLine(cart, f, (l) => {
    const each = amount !== undefined ? amount : percent ? percentOf(cart, mulDiv(cart.net[l] as number, 1, qty(l), 'half-up'), percent) : 0
    return each * (counted.get(l) as number)
  })
}

function buyGet(cart: Cart, bound: BoundEffect, e: Of<'buyGet'>): Taking {
  const { first, used, net } = cart
  const walk = (f: number): readonly number[] => (e.by ? matching(cart, f).slice().sort((a, b) => (net[b] as number) - (net[a] as number) || a - b) : matching(cart, f))
  const marks: number[] = []
  const aside = new Set<number>()
  const collect = (lines: readonly number[], qty: number, each: (line: number) => void): boolean => {
    for (const l of lines)
      for (let u = first[l] as number; u < (first[l + 1] as number) && qty > 0; u++) {
        if (used[u] || aside.has(u)) continue
        aside.add(u)
        marks.push(u)
        each(l)
        qty--
      }
    return qty === 0
  }
  const got = new Map<number, number>()
  if (!collect(walk(bound.f), e.buy.qty, () => undefined)) return nothing
  if (!collect(walk(bound.g), e.get.qty, (l) => got.set(l, (got.get(l) ?? 0) + 1))) return nothing
  const taking = perLine(cart, bound.g, (l) => {
    const n = got.get(l)
    return n ? percentOf(cart, (cart.lines[l] as CartLine).price * n, bound.percent as Ratio) : 0
  })
  return { ...taking, marks }
}
