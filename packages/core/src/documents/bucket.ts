import { isRow, keyOf } from './grammar'
import type { Issue } from '../issues'

/** Which of the 2^bits buckets a key belongs to: the top bits of murmur3's finaliser over FNV-1a. */
export function bucketOf(key: string, bits: number): number {
  let h = 0x811c9dc5
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h ^= h >>> 16
  return bits ? h >>> (32 - bits) : 0
}

/** How many bits a book of so many rows starts with: 65 to 128 rows a bucket on average. */
export function bitsFor(rows: number): number {
  let bits = 0
  while (rows > 128 * 2 ** bits) bits++
  return bits
}

/** The row texts of a bucket; undefined when it is not a bucket at all. The rows are not looked into. */
export function rowsOf(bucket: string): string[] | undefined {
  if (bucket.charAt(0) !== '[' || bucket.slice(-1) !== ']') return undefined
  return bucket === '[]' ? [] : bucket.slice(1, -1).split(',\n')
}

/** All rows of a book's buckets, as texts by key. */
export function rowsByKey(buckets: readonly string[]): { readonly [key: string]: string | undefined } {
  const rows = Object.create(null) as { [key: string]: string }
  for (const bucket of buckets) for (const row of rowsOf(bucket) || []) rows[keyOf(row)] = row
  return rows
}

/** The text of a bucket with these rows, which stand in order of their keys. */
export function bucketText(rows: readonly string[]): string {
  return `[${rows.join(',\n')}]`
}

/** The row's text, found without parsing the bucket: an unescaped `["` cannot occur inside a text. */
export function findRow(bucket: string, key: string): string | undefined {
  const start = bucket.indexOf(`["${key}",`)
  if (start < 0) return undefined
  const end = bucket.indexOf(',\n', start)
  return bucket.slice(start, end < 0 ? bucket.length - 1 : end)
}

/** Row rules of one bucket: spelling, keys strictly ascending, each key in the bucket it belongs to. The number of rows or why not. */
export function checkRows(kind: string, bucket: string, number: number, bits: number): number | Issue {
  const rows = rowsOf(bucket)
  const path = `bucket ${number}`
  if (!rows) return { code: 'malformed', path }
  let last = ''
  for (const row of rows) {
    const key = keyOf(row)
    if (!isRow(kind, row) || key <= last || bucketOf(key, bits) !== number) return { code: 'malformed', path, have: key.slice(0, 64) }
    last = key
  }
  return rows.length
}
