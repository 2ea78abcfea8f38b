import { mulDiv } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundEffect, BoundTier } from './compile'
import { subtotal, units } from './conditions'
import { pickUnits } from './pick-units'
import { share } from './share'
import { percentOf } from './taking'
import type { Taking } from './taking'

/** Computes one effect on the cart as it stands, without changing what is left. */
export function takingOf(cart: Cart, e: BoundEffect): Taking {
  const { f, to, tiers, every } = e
  let tier = tiers[0] as BoundTier
  if (tiers.length > 1) {
    const measure = e.measure === 'qty' ? units(cart, f) : subtotal(cart, f)
    for (const one of tiers) if (one.from <= measure) tier = one
  }
  const { rate, amount, cap } = tier
  if (to !== 'order' && to !== 'shipping') return byLine(cart, e, tier)
  // The amount or percent that holds, of a whole sum.
  const sum = to === 'order' ? subtotal(cart, f) : cart.shipping
  const off = every ? Math.min(Math.floor(sum / every), e.maxTimes) * e.amount : amount !== undefined ? amount : rate ? percentOf(cart, sum, rate) : 0
  return to === 'order' ? order(cart, matching(cart, f), Math.min(off, cap)) : { lines: [], shipping: Math.min(off, cap) }
}

function byLine(cart: Cart, e: BoundEffect, { rate, amount, cap }: BoundTier): Taking {
  const { type, f, to, maxUnits } = e
  const { net, take, unit, pick } = cart
  const lines = matching(cart, f)
  const line = (l: number): CartLine => cart.lines[l] as CartLine
  /** Each matching line on its own, as far as it has room. */
  const perLine = (of: (l: number, i: number) => number): Taking => {
    for (let i = 0; i < lines.length; i++) {
      const l = lines[i] as number
      take[l] = Math.max(0, Math.min(of(l, i), (net[l] as number) - line(l).floor))
    }
    return { lines }
  }
  /** Each unit of the matching lines, the first `maxUnits` of a line, as far as it has anything. */
  const perUnit = (of: (rest: number) => number): Taking => {
    for (const l of lines) {
      const { first, qty } = line(l)
      for (let u = first; u < first + Math.min(qty, maxUnits); u++) pick[u] = Math.max(0, Math.min(of(unit[u] as number), unit[u] as number))
    }
    return { lines, byUnit: true }
  }
  /** List price of the first units of a line, less everything taken off the line. */
  const head = (l: number, n: number): number => Math.max(0, line(l).price * n - line(l).gross + (net[l] as number))
  const each = (l: number): number => percentOf(cart, mulDiv(net[l] as number, 1, line(l).qty, 'half-up'), rate as never)

  switch (type) {
    case 'percentOff': {
      const percent = rate
      if (!percent) break
      const caps = cap < Infinity && share(cap, lines.map((l) => net[l] as number), cart.book.settings.allocation)
      return perLine((l, i) => {
        const n = Math.min(line(l).qty, maxUnits)
        const base = maxUnits < Infinity ? head(l, n) : (net[l] as number)
        return Math.min(e.roundPer ? Math.min(base, each(l) * n) : percentOf(cart, base, percent), caps ? (caps[i] as number) : base)
      })
    }
    case 'amountOff': {
      const off = amount || 0
      if (to === 'unit') return perUnit(() => off)
      return perLine((l) => {
        const n = Math.min(line(l).qty, maxUnits)
        return to === 'line' ? off : Math.min(off * n, head(l, n))
      })
    }
    case 'amountByUnit':
      return perLine((l) => {
        const n = Math.min(line(l).qty, maxUnits)
        return n && e.first + e.next * (n - 1)
      })
    case 'priceTo':
      return perUnit((rest) => rest - e.price)
    case 'unitGroups': {
      const counted: number[] = []
      let left = units(cart, f)
      left -= left % e.size
      for (const l of lines.slice().sort((a, b) => line(b).qty - line(a).qty || a - b)) left -= counted[l] = Math.min(left, line(l).qty)
      return perLine((l) => (amount !== undefined ? amount : rate ? each(l) : 0) * (counted[l] as number))
    }
    case 'gift':
      break
    default:
      return pickUnits(cart, e)
  }
  return { lines: [] }
}

/**
 * An amount off the lines together: shared by residual; where a line has no room for its part, what is left is shared again,
 * same weights, over the lines that still have room.
 */
export function order({ net, lines: all, take, book }: Cart, lines: readonly number[], amount: number): Taking {
  let left = amount
  for (let open = lines; left > 0 && open.length; ) {
    const parts = share(left, open.length === net.length ? net : open.map((l) => net[l] as number), book.settings.allocation)
    const room = (l: number): number => (net[l] as number) - (all[l] as CartLine).floor - (take[l] as number)
    for (let i = 0; i < open.length; i++) {
      const l = open[i] as number
      const part = Math.max(0, Math.min(parts[i] as number, room(l)))
      take[l]! += part
      left -= part
    }
    if (left > 0) open = open.filter((l) => room(l) > 0)
  }
  return { lines, order: true }
}
