import { allocate } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundEffect } from './compile'
import { percentOf } from './taking'
import type { Taking } from './taking'

/** Effects that pick units from a ranking and mark them used. */
export function pickUnits(cart: Cart, e: BoundEffect): Taking {
  const { pick, unit, lines, used, net, take } = cart
  const { type, n, price, items, maxTimes } = e
  const marks: number[] = []
  const mark = (units: readonly number[]): void => units.forEach((u) => marks.push(u))
  const line = (l: number): CartLine => lines[l] as CartLine
  /** Unused units of the matching lines: in the order of a comparison of lines, else dearest first. */
  const ranking = (f: number, by = (a: number, b: number): number => line(b).price - line(a).price): number[] => {
    const units: number[] = []
    for (const l of matching(cart, f)
      .slice()
      .sort((a, b) => by(a, b) || a - b))
      for (let u = line(l).first; u < line(l).first + line(l).qty; u++) if (!used[u]) units.push(u)
    return units
  }
  /** Sets a price for several units together; false when they cost no more than it. */
  const together = (group: number[]): boolean => {
    // Ties in the split go by line, then unit number, not by the ranking.
    const units = group.sort((a, b) => a - b)
    const rests = units.map((u) => unit[u] as number)
    const over = rests.reduce((sum, rest) => sum + rest, 0) - price
    if (over <= 0) return false
    allocate(over, rests).forEach((part, i) => (pick[units[i] as number] = part))
    mark(units)
    return true
  }
  const ranked = items.length ? [] : ranking(e.f)
  const done = new Set<number>()
  /** The first `qty` of a ranking that are not taken yet. */
  const first = (units: readonly number[], qty: number): number[] => {
    const found = units.filter((u) => !done.has(u) && qty > 0 && qty--)
    found.forEach((u) => done.add(u))
    return qty ? [] : found
  }
  switch (type) {
    case 'buyXGetY': {
      const { buy, get, pick: way, scope } = e
      const size = buy + get
      for (const row of scope === 'line'
        ? matching(cart, e.f).map((l) => ranked.filter((u) => u >= line(l).first && u < line(l).first + line(l).qty))
        : [ranked]) {
        const times = Math.min(Math.floor(row.length / size), maxTimes)
        const all = times * size
        row.forEach((u, i) => {
          const got = way === 'group' ? i < all && i % size >= buy : way === 'dearest' ? i < times * get : i >= row.length - times * get
          if (got) pick[u] = percentOf(cart, unit[u] as number, e.rate)
          if (got || i < (way === 'cheapest' ? times * buy : all)) marks.push(u)
        })
      }
      break
    }
    case 'nForPrice':
      if (e.pick === 'cheapest') ranked.reverse()
      for (let i = 0; i < Math.min(Math.floor(ranked.length / n), maxTimes); i++) together(ranked.slice(i * n, (i + 1) * n))
      break
    case 'bundlePrice': {
      const rows = items.map(({ f }) => ranking(f))
      for (let made = 0; made < maxTimes; made++) {
        const parts = items.map(({ qty }, i) => first(rows[i] as number[], qty))
        if (!parts.every((part) => part.length) || !together(([] as number[]).concat(...parts))) break
      }
      break
    }
    case 'buyGet': {
      const [buy, get] = items.map(({ f, qty }) =>
        first(
          ranking(f, (a, b) => (e.by ? (net[b] as number) - (net[a] as number) : 0)),
          qty,
        ),
      ) as [number[], number[]]
      if (!buy.length || !get.length) break
      mark(buy.concat(get))
      const touched = matching(cart, (items[1] as { f: number }).f)
      for (const l of touched) {
        const { first: from, qty, price: each, floor } = line(l)
        const got = get.filter((u) => u >= from && u < from + qty).length
        take[l] = Math.max(0, Math.min(percentOf(cart, each * got, e.rate), (net[l] as number) - floor))
      }
      return { lines: touched, marks }
    }
  }
  return { lines: cart.all, byUnit: true, marks }
}
