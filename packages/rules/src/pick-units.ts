import { allocate } from '@omokit/core'
import { matching } from './cart'
import type { Cart, CartLine } from './cart'
import type { BoundEffect } from './compile'
import type { Effect } from './rule-book'
import type { Ratio } from './ratio'
import { percentOf } from './taking'
import type { Taking } from './taking'

type Picking = Extract<Effect, { type: 'nthPercent' | 'buyXGetY' | 'bundlePrice' | 'nForPrice' | 'addOn' }>

/** Effects that pick units from a ranking and mark them used. */
export function pickUnits(cart: Cart, bound: BoundEffect, e: Picking): Taking {
  const { pick, unit } = cart
  const marks: number[] = []
  const touched: number[] = []
  const ranked = ranking(cart, bound.f)
  const give = (u: number, amount: number): void => {
    pick[u] = amount
    touched.push(u)
  }
  const percent = (u: number): void => give(u, percentOf(cart, unit[u] as number, bound.percent as Ratio))
  /** Sets a price for several units together; false when they cost no more than it. */
  const together = (group: readonly number[], price: number): boolean => {
    // Ties in the split go by line, then unit number, not by the ranking.
    const units = group.slice().sort((a, b) => a - b)
    const rests = units.map((u) => unit[u] as number)
    const over = rests.reduce((sum, rest) => sum + rest, 0) - price
    if (over <= 0) return false
    const parts = allocate(over, rests)
    for (let i = 0; i < units.length; i++) give(units[i] as number, parts[i] as number)
    marks.push(...units)
    return true
  }
  switch (e.type) {
    case 'nthPercent': {
      const rows = e.scope === 'line' ? matching(cart, bound.f).map((l) => ranked.filter((u) => u >= (cart.first[l] as number) && u < (cart.first[l + 1] as number))) : [ranked]
      for (const row of rows) {
        const gave = Math.min(Math.floor(row.length / e.n), e.repeat === false ? 1 : Infinity)
        for (let i = 1; i <= gave; i++) percent(row[i * e.n - 1] as number)
        marks.push(...row.slice(0, gave * e.n))
      }
      break
    }
    case 'buyXGetY': {
      const { buy, get } = e
      const times = Math.min(Math.floor(ranked.length / (buy + get)), e.maxTimes ?? Infinity)
      if (e.pick === 'group') {
        for (let i = 0; i < times * (buy + get); i++) if (i % (buy + get) >= buy) percent(ranked[i] as number)
        marks.push(...ranked.slice(0, times * (buy + get)))
      } else {
        const dearest = e.pick === 'dearest'
        const got = dearest ? ranked.slice(0, times * get) : ranked.slice(ranked.length - times * get)
        got.forEach(percent)
        marks.push(...got, ...ranked.slice(dearest ? times * get : 0, dearest ? times * (get + buy) : times * buy))
      }
      break
    }
    case 'nForPrice': {
      if (e.pick === 'cheapest') ranked.reverse()
      const groups = Math.min(Math.floor(ranked.length / e.n), e.maxTimes ?? Infinity)
      for (let i = 0; i < groups; i++) together(ranked.slice(i * e.n, (i + 1) * e.n), e.price)
      break
    }
    case 'addOn':
      for (const u of ranked.slice(0, e.maxUnits ?? 1)) {
        const over = (unit[u] as number) - e.price
        if (over <= 0) continue
        give(u, over)
        marks.push(u)
      }
      break
    case 'bundlePrice': {
      const rows = bound.fs.map((f) => ranking(cart, f))
      const gone = new Set<number>()
      for (let made = 0; made < (e.maxTimes ?? Infinity); made++) {
        const bundle: number[] = []
        const inBundle = new Set<number>()
        const filled = e.items.every(({ qty }, i) => {
          for (const u of rows[i] as readonly number[]) {
            if (qty === 0) break
            if (gone.has(u) || inBundle.has(u)) continue
            inBundle.add(u)
            bundle.push(u)
            qty--
          }
          return qty === 0
        })
        if (!filled || !together(bundle, e.price)) break
        for (const u of bundle) gone.add(u)
      }
      break
    }
  }
  const lines: number[] = []
  touched.sort((a, b) => a - b)
  let l = 0
  for (const u of touched) {
    while ((cart.first[l + 1] as number) <= u) l++
    if (lines[lines.length - 1] !== l) lines.push(l)
  }
  return { lines, byUnit: true, shipping: 0, order: false, marks }
}

/** Available units of the matching lines: dearest price list price first, ties by line, then unit number. */
function ranking(cart: Cart, f: number): number[] {
  const price = (l: number): number => (cart.lines[l] as CartLine).price
  const units: number[] = []
  for (const l of matching(cart, f).slice().sort((a, b) => price(b) - price(a) || a - b))
    for (let u = cart.first[l] as number; u < (cart.first[l + 1] as number); u++) if (!cart.used[u]) units.push(u)
  return units
}
