import { mulDiv } from '@omokit/core'
import { matching } from './cart'
import type { Cart } from './cart'
import type { Bound, BoundEffect } from './compile'
import { sumOf } from './conditions'
import { pickUnits } from './pick-units'
import { share } from './share'
import { percentOf } from './taking'
import type { Taking } from './taking'

/** Computes one effect on the cart as it stands, without changing what is left. */
export function takingOf(cart: Cart, e: BoundEffect): Taking {
  const { type, f, tiers, every } = e
  const to = e.on || e.per
  let { amount, rate, cap } = e as Bound
  if (tiers) {
    const reached = sumOf(cart, f, e.measure === 'qty' ? cart.qty : cart.net)
    let highest = 0
    for (const tier of tiers)
      if (tier.from <= reached && tier.from >= highest) {
        highest = tier.from
        amount = tier.amount
        rate = tier.rate
        cap = tier.cap < Infinity ? tier.cap : e.cap
      }
  }
  const whole = to === 'order' || type === 'tieredOff' || every
  if (!whole && to !== 'shipping') return to || perLine.test(type) ? byLine(cart, e, amount, rate, cap) : pickUnits(cart, e)
  // The amount or percent that holds, of a whole sum.
  const sum = whole ? sumOf(cart, f, cart.net) : cart.shipping
  const off = every ? Math.min(Math.floor(sum / every), e.maxTimes) * (amount as number) : amount !== undefined ? amount : percentOf(cart, sum, rate)
  const most = Math.min(off, cap, sum)
  return whole ? order(cart, matching(cart, f), most) : { lines: [], shipping: most }
}

/** Beside percentOff and amountOff, which say on what or per what: unitGroups, amountByUnit, priceTo. The others pick units from a ranking; a gift takes nothing. */
const perLine = /unitG|By|To/

/** Each matching line on its own, as far as it has room, or its units, as far as they have anything: the first `maxUnits`. */
function byLine(cart: Cart, e: BoundEffect, amount: number | undefined, rate: Bound['rate'], cap: number): Taking {
  const { type, f, maxUnits, roundPer, per, size, price } = e
  const { net, qty, gross, take, unit, pick } = cart
  const lines = matching(cart, f)
  const byUnit = per === 'unit' || type === 'priceTo'
  const percents = type === 'percentOff'
  const caps = percents && cap < Infinity && shareOf(cart, lines, cap)
  const counted: number[] = []
  if (size) {
    let left = sumOf(cart, f, qty)
    left -= left % size
    for (const l of lines.slice().sort((a, b) => (qty[b] as number) - (qty[a] as number) || a - b)) left -= counted[l] = Math.min(left, qty[l] as number)
  }
  for (let i = 0; i < lines.length; i++) {
    const l = lines[i] as number
    const first = cart.first[l] as number
    const rest = net[l] as number
    const all = qty[l] as number
    const n = size ? (counted[l] as number) : Math.min(all, maxUnits)
    if (byUnit)
      for (let u = first; u < first + n; u++) {
        const has = unit[u] as number
        pick[u] = Math.max(0, Math.min(per ? amount || 0 : has - price, has))
      }
    else {
      // List price of the first units, less everything taken off the line.
      const base = Math.max(0, ((gross[l] as number) / all) * n - (gross[l] as number) + rest)
      const each = amount !== undefined && !percents ? amount : size || roundPer ? percentOf(cart, mulDiv(rest, 1, all, 'half-up'), rate) : 0
      const off = percents
        ? Math.min(roundPer ? each * n : percentOf(cart, base, rate), base, caps ? (caps[i] as number) : base)
        : size
          ? each * n
          : per
            ? per === 'line'
              ? each
              : Math.min(each * n, base)
            : n && e.first + e.next * (n - 1)
      take[l] = Math.max(0, Math.min(off, rest - (cart.floor[l] as number)))
    }
  }
  return { lines, byUnit }
}

const shareOf = ({ net, book }: Cart, lines: readonly number[], amount: number): readonly number[] =>
  share(amount, lines.length === net.length ? net : lines.map((l) => net[l] as number), book.settings.allocation)

/**
 * An amount off the lines together: shared by residual; where a line has no room for its part, what is left is shared again,
 * same weights, over the lines that still have room.
 */
export function order(cart: Cart, lines: readonly number[], amount: number): Taking {
  const { net, floor, take } = cart
  let left = amount
  for (let open = lines; left > 0 && open.length; ) {
    const parts = shareOf(cart, open, left)
    const room = (l: number): number => (net[l] as number) - (floor[l] as number) - (take[l] as number)
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
