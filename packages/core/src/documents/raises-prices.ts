import { rowsOf } from './bucket'
import { keyOf } from './grammar'
import { bookNames, kindOf } from './release'
import type { Book, BookName, ReleaseTexts, Row } from './types'

/**
 * Whether a release may take anything from a shopper against the one before: a price that rose, vanished or was added in an
 * overlay, a rule that changed or vanished. Only lower prices, new articles and new rules do not count. Decides what a clock
 * nobody trusts may switch on.
 */
export function raisesPrices(from: ReleaseTexts, to: ReleaseTexts): boolean {
  return bookNames({ ...from.books, ...to.books }).some((name) => raised(name, from.books[name], to.books[name]))
}

function raised(name: BookName, was: Book | undefined, is: Book | undefined): boolean {
  if (!was || !is) return !is || kindOf(name) === 'price'
  if (was.root === is.root) return false
  const changed = (book: Book, other: Book): { [key: string]: string } => {
    const rows = Object.create(null) as { [key: string]: string }
    book.buckets.forEach((bucket, i) => {
      if (other.buckets.length !== book.buckets.length || other.buckets[i] !== bucket) for (const row of rowsOf(bucket) || []) rows[keyOf(row)] = row
    })
    return rows
  }
  const old = changed(was, is)
  const now = changed(is, was)
  const overlay = kindOf(name) === 'price' && name !== 'price/base'
  return Object.keys({ ...old, ...now }).some((key) => {
    const before = old[key]
    const after = now[key]
    if (before === undefined) return overlay
    if (after === undefined) return true
    return before !== after && !(kindOf(name) === 'price' && (JSON.parse(after) as Row)[1]! < (JSON.parse(before) as Row)[1]!)
  })
}
