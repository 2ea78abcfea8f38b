import { mulDiv } from '@omokit/core'
import { matching, netsOf, roomOf } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundEffect } from './compile'
import { sumOf } from './conditions'
import { percentOf } from './percent-of'
import { pickUnits } from './pick-units'
import { share } from './share'
import { sum } from './sum'
import { take } from './take'

/** Takes what an effect gives off the cart as it stands. */
export function runEffect(cart: Cart, effect: BoundEffect): void {
  const { f, tiers } = effect
  let e = effect
  if (tiers) {
    const reached = sumOf(cart, f, e.measure === 'qty' ? 'qty' : 'net')
    // The highest that is reached, of two alike the later; a comparison with undefined does not hold.
    for (const tier of tiers) if (tier.from <= reached && !(tier.from < e.from)) e = tier
  }
  const { type, amount, every } = e
  const to = e.on || e.per
  const whole = to === 'order' || type === 'tieredOff' || every
  if (whole || to === 'shipping') {
    const of = whole ? sumOf(cart, f, 'net') : cart.shipping
    const off = e.worth
      ? burn(cart, e)
      : every
        ? Math.min(Math.floor(of / every), e.maxTimes) * (amount as number)
        : amount !== undefined
          ? amount
          : percentOf(cart, of, e.rate)
    const most = Math.min(off, e.cap, of)
    if (whole) takeShared(cart, matching(cart, f), most)
    else cart.shipping -= most
  } else if (to || perLine.test(type)) byLine(cart, e)
  else if (type !== 'gift') pickUnits(cart, e)
}

/** Beside percentOff and amountOff, which say on what or per what: unitGroups, amountByUnit, priceTo. The others pick units from a ranking; a gift takes nothing. */
const perLine = /unitG|By|To/

/** What points pay: as many as are asked for and may be, in whole steps. */
function burn(cart: Cart, { f, rate, points, worth, step }: BoundEffect): number {
  const { pointsToBurn } = cart.basket
  if (!pointsToBurn) return 0
  const room = sum(matching(cart, f).map(roomOf))
  let most = Math.min(pointsToBurn.ask, pointsToBurn.available, mulDiv(Math.min(mulDiv(sumOf(cart, f, 'net'), rate!.num, rate!.den), room), points, worth))
  most -= most % step
  const off = mulDiv(most, worth, points)
  if (off) cart.points = most
  return off
}

/** Each matching line on its own, or its units, as far as they have anything: the first `maxUnits`. */
function byLine(cart: Cart, e: BoundEffect): void {
  const { f, maxUnits, roundPer, per, size, price, amount, rate, cap } = e
  let lines = matching(cart, f)
  const percents = e.type === 'percentOff'
  const caps = cap < Infinity && shareOf(cart, lines, cap)
  let left = Infinity
  if (size) {
    left = sumOf(cart, f, 'qty')
    left -= left % size
    lines = lines.slice().sort((a, b) => b.qty - a.qty || a.first - b.first)
  }
  lines.forEach((line, i) => {
    const { net, qty, unit } = line
    const n = Math.min(qty, maxUnits, left)
    left -= n
    if (per === 'unit' || e.type === 'priceTo')
      return take(
        cart,
        line,
        unit.map((has, u) => (u < n ? Math.max(0, Math.min(per ? amount || 0 : has - price, has)) : 0)),
      )
    // List price of the first units, less everything taken off the line.
    const base = Math.max(0, line.price * n - line.gross + net)
    const each = amount !== undefined && !percents ? amount : size || roundPer ? percentOf(cart, mulDiv(net, 1, qty, 'half-up'), rate) : 0
    const off = percents
      ? Math.min(roundPer ? each * n : percentOf(cart, base, rate), base, caps ? (caps[i] as number) : base)
      : size
        ? each * n
        : per
          ? per === 'line'
            ? each
            : Math.min(each * n, base)
          : n && e.first + e.next * (n - 1)
    return take(cart, line, unit, off)
  })
}

const shareOf = (cart: Cart, lines: readonly CartLine[], amount: number): readonly number[] => share(amount, netsOf(lines), cart.book.settings.allocation)

/**
 * An amount off the lines together: shared by residual; where a line has no room for its part, what is left is shared again,
 * same weights, over the lines that still have room.
 */
function takeShared(cart: Cart, lines: readonly CartLine[], amount: number): void {
  let left = amount
  for (let open = lines; left > 0 && open.length; ) {
    const parts = shareOf(cart, open, left)
    for (let i = 0; i < parts.length; i++) {
      const line = open[i] as CartLine
      const off = Math.min(parts[i] as number, roomOf(line) - line.take)
      line.take += off
      left -= off
    }
    if (left > 0) open = open.filter((line) => roomOf(line) > line.take)
  }
  for (const line of lines) {
    line.shared += take(cart, line, line.unit, line.take)
    line.take = 0
  }
}
