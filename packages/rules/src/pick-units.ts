import { allocate } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundEffect, BoundItem } from './compile'
import { percentOf } from './percent-of'
import type { Ratio } from './ratio'
import { sum } from './sum'
import { take } from './take'

/** Effects that pick units from a ranking and mark them used. */
export function pickUnits(cart: Cart, e: BoundEffect): void {
  const { used } = cart
  const unit = ([] as number[]).concat(...cart.lines.map((line) => line.unit))
  const { type, n, price, pick, maxUnits } = e
  const worth = (line: CartLine): number => (type !== 'buyGet' ? line.price : e.by ? line.net : 0)
  /** Unused units of lines, dearest line first; `buyGet` in the order of the list or of what is left. */
  const ranking = (of: readonly CartLine[]): number[] => {
    const units: number[] = []
    for (const { first, qty } of of.slice().sort((a, b) => worth(b) - worth(a) || a.first - b.first))
      for (let u = first; u < first + qty; u++) if (!used[u]) units.push(u)
    return units
  }
  const done: boolean[] = []
  /** Takes the last of a row that are not taken yet; none when there are too few. */
  const last = (row: number[], count: number): number[] => {
    const found: number[] = []
    while (row.length && found.length < count) {
      const u = row.pop() as number
      if (!done[u]) found.push(u)
      done[u] = true
    }
    return found.length < count ? [] : found
  }
  const off = (amount: number, rate: Ratio | undefined): number => (rate ? percentOf(cart, amount, rate) : amount)
  const offs = unit.map(() => 0)
  if (price !== undefined || type === 'buyGet') {
    // Groups of units for a price together or bought and got: the last of each row, again and again.
    const { buy, get } = e as { readonly [K in 'buy' | 'get']: BoundItem }
    const items = price === undefined ? [buy, get] : e.items || [{ f: e.f, qty: n || 1 }]
    const rows = items.map((item) => ranking(matching(cart, item.f)))
    if (pick !== 'cheapest') rows.forEach((row) => row.reverse())
    for (let left = price === undefined ? 1 : type === 'addOn' ? (maxUnits < Infinity ? maxUnits : 1) : e.maxTimes; left > 0; left--) {
      const parts = items.map((item, i) => last(rows[i] as number[], item.qty))
      if (parts.some((part) => !part.length)) break
      // Ties in the split go by line, then unit number, not by the ranking.
      const units = ([] as number[]).concat(...parts).sort((a, b) => a - b)
      const rests = units.map((u) => unit[u] as number)
      const over = sum(rests) - price
      if (price === undefined)
        for (const line of matching(cart, get.f)) {
          const got = (parts[1] as number[]).filter((u) => u >= line.first && u < line.first + line.qty)
          take(cart, line, line.unit, off(line.price * got.length, get.rate))
        }
      else if (over > 0) allocate(over, rests).forEach((part, i) => (offs[units[i] as number] = part))
      else if (e.items) break
      else continue
      units.forEach((u) => (used[u] = true))
    }
  } else {
    // Every nth of the ranking is the last of a group that buys n - 1 and gets one.
    const buy = n ? n - 1 : (e.buy as number)
    const size = n || buy + (e.get as number)
    for (const row of e.scope === 'line' ? matching(cart, e.f).map((line) => ranking([line])) : [ranking(matching(cart, e.f))]) {
      const times = Math.min(Math.floor(row.length / size), e.repeat === false ? 1 : e.maxTimes)
      const all = times * size
      if (pick === 'cheapest') row.splice(times * buy, row.length - all)
      row.slice(0, all).forEach((u, i) => {
        if (pick === 'cheapest' ? i >= times * buy : pick === 'dearest' ? i < all - times * buy : i % size >= buy) offs[u] = off(unit[u] as number, e.rate)
        used[u] = true
      })
    }
  }
  for (const line of matching(cart, -1)) take(cart, line, offs.slice(line.first, line.first + line.qty))
}
