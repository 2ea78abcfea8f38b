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
  if (to !== 'order' && to !== 'shipping') return perLine.test(e.type) ? byLine(cart, e, tier) : pickUnits(cart, e)
  // The amount or percent that holds, of a whole sum.
  const sum = to === 'order' ? subtotal(cart, f) : cart.shipping
  const off = Math.min(every ? Math.min(Math.floor(sum / every), e.maxTimes) * e.amount : amount !== undefined ? amount : percentOf(cart, sum, rate), cap)
  return to === 'order' ? order(cart, matching(cart, f), off) : { lines: [], shipping: off }
}

/** percentOff, amountOff, unitGroups, amountByUnit, priceTo. The others pick units from a ranking; a gift takes nothing. */
const perLine = /Off|unitG|By|To/

/** Each matching line on its own, as far as it has room, or its units, as far as they have anything: the first `maxUnits`. */
function byLine(cart: Cart, e: BoundEffect, { rate, amount, cap }: BoundTier): Taking {
  const { type, f, to, maxUnits, roundPer } = e
  const { net, take, unit, pick } = cart
  const lines = matching(cart, f)
  const line = (l: number): CartLine => cart.lines[l] as CartLine
  const byUnit = to === 'unit' || type === 'priceTo'
  const caps =
    type === 'percentOff' &&
    cap < Infinity &&
    share(
      cap,
      lines.map((l) => net[l] as number),
      cart.book.settings.allocation,
    )
  const counted: number[] = []
  if (type === 'unitGroups') {
    let left = units(cart, f)
    left -= left % e.size
    for (const l of lines.slice().sort((a, b) => line(b).qty - line(a).qty || a - b)) left -= counted[l] = Math.min(left, line(l).qty)
  }
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const { first, qty, price, gross, floor } = line(l)
    const rest = net[l] as number
    const n = Math.min(qty, maxUnits)
    if (byUnit)
      for (let u = first; u < first + n; u++) {
        const has = unit[u] as number
        pick[u] = Math.max(0, Math.min(type === 'priceTo' ? has - e.price : amount || 0, has))
      }
    else {
      // List price of the first units, less everything taken off the line.
      const base = Math.max(0, price * n - gross + rest)
      const each = roundPer || counted.length ? percentOf(cart, mulDiv(rest, 1, qty, 'half-up'), rate) : 0
      const off =
        type === 'percentOff'
          ? Math.min(roundPer ? each * n : percentOf(cart, base, rate), base, caps ? (caps[i] as number) : base)
          : type === 'unitGroups'
            ? (amount !== undefined ? amount : each) * (counted[l] as number)
            : type === 'amountByUnit'
              ? n && e.first + e.next * (n - 1)
              : to === 'line'
                ? amount || 0
                : Math.min((amount || 0) * n, base)
      take[l] = Math.max(0, Math.min(off, rest - floor))
    }
  }
  return { lines, byUnit }
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
