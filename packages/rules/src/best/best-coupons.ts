import { accept, refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import type { CompiledBook } from '../compile'
import { quote } from '../quote'
import { checkOf } from '../shape'
import type { Basket, PresentedCoupon, Quote } from '../types'

/** One way to use the wallet. */
export interface CouponChoice {
  readonly coupons: readonly PresentedCoupon[]
  readonly pay: number
}

/** The best way, and the next ones. */
export interface BestCoupons {
  readonly coupons: readonly PresentedCoupon[]
  readonly quote: Quote
  /** True when every allowed combination was looked at. */
  readonly optimal: boolean
  /** Up to five other choices, cheapest first. */
  readonly alternatives: readonly CouponChoice[]
}

interface Found {
  readonly set: readonly number[]
  readonly quote: Quote
}

const maxQuotes = 4096

/**
 * Finds the subset of the presented coupons with the least to pay: then the fewer coupons, then the earlier ones in the book's
 * order. Only subsets all of whose coupons apply count. Exact up to 12 coupons, and beyond that while the allowed combinations
 * number at most 4,096 (where the book makes the shopper choose between member prices and coupons, all combinations); else the best found within that work, with `optimal: false`, never worse than any single coupon.
 * Refuses what `quote` refuses.
 */
export function bestCoupons(book: CompiledBook, basket: Basket, instant: number): Result<BestCoupons> {
  const bare = quote(book, { ...basket, coupons: [] }, instant)
  if (!bare.ok) return bare
  const { coupons = [] } = basket
  const fault = checkOf('coupon*')(coupons)
  if (fault !== true) return refuse('invalid', { path: `coupons${fault}` })
  const presented = ordered(book, coupons)
  const tryOut = (set: readonly number[]): Result<Quote> => quote(book, { ...basket, coupons: set.map((i) => presented[i] as PresentedCoupon) }, instant)
  const found: Found[] = [{ set: [], quote: bare.value }]
  const eitherOr = book.settings.memberCoupon === 'either-or'
  let level: readonly (readonly number[])[] = [[]]
  let left = Math.max(maxQuotes, presented.length + 1) - 1
  const look = (set: readonly number[]): boolean => {
    left--
    const answer = tryOut(set)
    // A coupon depends only on those before it: a set that does not hold has no larger one that holds, unless that is priced on other lists.
    if (!answer.ok || answer.value.applied.filter(({ kind }) => kind === 'coupon').length < set.length) return false
    found.push({ set, quote: answer.value })
    return true
  }
  while (level.length && left > 0) {
    const next: (readonly number[])[] = []
    for (const set of level)
      for (let i = set.length ? (set[set.length - 1] as number) + 1 : 0; i < presented.length && left > 0; i++) {
        const larger = set.concat(i)
        if (look(larger) || eitherOr) next.push(larger)
      }
    level = next
  }
  const optimal = left > 0 || level.length === 0
  found.sort(better)
  if (!optimal) {
    // Out of work: from the best found, add what helps, one at a time.
    for (let steps = 0; steps < 20; steps++) {
      const { set } = found[0] as Found
      left = presented.length
      for (let i = 0; i < presented.length; i++) if (set.indexOf(i) < 0) look(set.concat(i).sort((a, b) => a - b))
      found.sort(better)
      if ((found[0] as Found).set === set) break
    }
  }
  const best = found[0] as Found
  const choice = ({ set, quote: { totals } }: Found): CouponChoice => ({ coupons: set.map((i) => presented[i] as PresentedCoupon), pay: totals.pay })
  return accept({ coupons: choice(best).coupons, quote: best.quote, optimal, alternatives: found.slice(1, 6).map(choice) })
}

/** Book order; coupons the book does not know are left out. */
function ordered(book: CompiledBook, presented: readonly PresentedCoupon[]): readonly PresentedCoupon[] {
  const list: PresentedCoupon[] = []
  for (const { id } of book.rules.coupon) for (const one of presented) if (one.coupon === id) list.push(one)
  return list
}

function better(a: Found, b: Found): number {
  let by = a.quote.totals.pay - b.quote.totals.pay || a.set.length - b.set.length
  for (let i = 0; !by && i < a.set.length; i++) by = (a.set[i] as number) - (b.set[i] as number)
  return by
}
