import { allocate } from '@omokit/core'
import { matching } from './cart'
import type { Cart } from './cart'
import type { BoundEffect, BoundItem } from './compile'
import { percentOf } from './taking'
import type { Taking } from './taking'

/** Effects that pick units from a ranking and mark them used. */
export function pickUnits(cart: Cart, e: BoundEffect): Taking {
  const { pick, unit, qty, used, net, take, first, floor } = cart
  const { type, f, n, price, rate, pick: way, maxUnits } = e
  const marks: number[] = []
  const worth = type !== 'buyGet' ? cart.lines.map((line) => line.price) : e.by ? net : []
  /** Unused units of lines, dearest line first; `buyGet` in the order of the list or of what is left. */
  const ranking = (lines: readonly number[]): number[] => {
    const units: number[] = []
    for (const l of lines.slice().sort((a, b) => (worth[b] as number) - (worth[a] as number) || a - b))
      for (let u = first[l] as number, end = u + (qty[l] as number); u < end; u++) if (!used[u]) units.push(u)
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
  const mark = (units: readonly number[]): void => units.forEach((u) => marks.push(u))
  const off = (amount: number, by = rate): number => (by ? percentOf(cart, amount, by) : amount)
  if (type === 'buyXGetY' || type === 'nthPercent') {
    // Every nth of the ranking is the last of a group that buys n - 1 and gets one.
    const nth = type === 'nthPercent'
    const buy = nth ? n - 1 : (e.buy as number)
    const get = nth ? 1 : (e.get as number)
    const most = e.repeat === false ? 1 : e.maxTimes
    const lines = matching(cart, f)
    for (const row of e.scope === 'line' ? lines.map((l) => ranking([l])) : [ranking(lines)]) {
      const times = Math.min(Math.floor(row.length / (buy + get)), most)
      const all = times * (buy + get)
      row.forEach((u, i) => {
        const got = way === 'cheapest' ? i >= row.length - times * get : way === 'dearest' ? i < times * get : i < all && i % (buy + get) >= buy
        if (got) pick[u] = off(unit[u] as number)
        if (got || i < (way === 'cheapest' ? times * buy : all)) marks.push(u)
      })
    }
  } else if (type === 'buyGet') {
    const [buy = [], get = []] = [e.buy, e.get].map((item) => last(ranking(matching(cart, (item as BoundItem).f)).reverse(), (item as BoundItem).qty))
    if (!buy.length || !get.length) return { lines: [] }
    mark(buy)
    mark(get)
    const lines = matching(cart, (e.get as BoundItem).f)
    for (const l of lines) {
      const from = first[l] as number
      const got = get.filter((u) => u >= from && u < from + (qty[l] as number)).length
      take[l] = Math.max(
        0,
        Math.min(off((cart.lines[l] as { price: number }).price * got, (e.get as BoundItem).rate), (net[l] as number) - (floor[l] as number)),
      )
    }
    return { lines, marks }
  } else if (price !== undefined) {
    // A price for units together: the last of each row, again and again.
    const items = e.items || [{ f, qty: n || 1 }]
    const rows = items.map((item) => ranking(matching(cart, item.f)))
    if (way !== 'cheapest') rows.forEach((row) => row.reverse())
    for (let left = type === 'addOn' ? (maxUnits < Infinity ? maxUnits : 1) : e.maxTimes; left > 0; left--) {
      const parts = items.map((item, i) => last(rows[i] as number[], item.qty))
      if (parts.some((part) => !part.length)) break
      // Ties in the split go by line, then unit number, not by the ranking.
      const units = ([] as number[]).concat(...parts).sort((a, b) => a - b)
      const rests = units.map((u) => unit[u] as number)
      const over = rests.reduce((sum, rest) => sum + rest, -price)
      if (over > 0) {
        allocate(over, rests).forEach((part, i) => (pick[units[i] as number] = part))
        mark(units)
      } else if (e.items) break
    }
  }
  return { lines: cart.all, byUnit: true, marks }
}
