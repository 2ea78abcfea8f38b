import { rowsByKey } from './bucket'
import { bookNames, isPriceList } from './release'
import type { ReleaseTexts, Row } from './types'

/**
 * Whether a release may take anything from a shopper against the one before: a price that rose, vanished or was added in an
 * overlay, a rule that changed or vanished. Only lower prices, new articles and new rules do not count. Decides what a clock
 * nobody trusts may switch on.
 */
export function raisesPrices(from: ReleaseTexts, to: ReleaseTexts): boolean {
  return bookNames(Object.assign({}, from.books, to.books)).some((name) => {
    const was = from.books[name]
    const is = to.books[name]
    const price = isPriceList(name)
    if (!was || !is) return !is || price
    if (was.root === is.root) return false
    // an outline does not tell: what is not known counts as a rise
    if (!was.buckets.length || !is.buckets.length) return true
    const old = rowsByKey(was.buckets)
    const now = rowsByKey(is.buckets)
    return Object.keys(Object.assign({}, old, now)).some((key) => {
      const before = old[key]
      const after = now[key]
      if (before === undefined) return price && name !== 'price/base'
      return before !== after && !(after && price && amount(after) < amount(before))
    })
  })
}

const amount = (row: string): number => (JSON.parse(row) as Row)[1] as number
