import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { bitsFor, bucketOf, bucketText } from './bucket'
import { bookOfBuckets } from './book'
import { bucketCap } from './caps'
import { isRow, rowText } from './grammar'
import type { Book, Row } from './types'

/**
 * The book of these rows, in any order: the same rows give the same bytes. For publishers. Issues: `malformed` names the row
 * that has no legal spelling, `duplicate-key` the key that comes twice, `too-large` when chosen keys flood one bucket.
 */
export function buildBook(rows: readonly Row[], kind: string): Result<Book> {
  const texts = new Map<string, string>()
  for (const row of rows) {
    const text = rowText(row)
    if (!isRow(kind, text)) return refuse('malformed', { path: 'row', have: text.slice(0, 80) })
    if (texts.has(row[0])) return refuse('duplicate-key', { path: 'row', have: row[0] })
    texts.set(row[0], text)
  }
  const keys = [...texts.keys()].sort()
  const least = bitsFor(keys.length)
  const flood = (8 * keys.length) / 2 ** least
  for (let bits = least; bits <= 16; bits++) {
    const buckets: string[][] = []
    for (let i = 0; i < 2 ** bits; i++) buckets.push([])
    for (const key of keys) (buckets[bucketOf(key, bits)] as string[]).push(texts.get(key) as string)
    const chunks = buckets.map(bucketText)
    if (chunks.every((chunk) => chunk.length <= bucketCap) && buckets.every((bucket) => bucket.length <= flood)) return accept(bookOfBuckets(bits, chunks))
  }
  return refuse('too-large', { path: 'bucket' })
}
