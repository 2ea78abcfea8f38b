import { keyOf } from './grammar'

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

/** Row texts by key. */
export interface RowsByKey {
  [key: string]: string | undefined
}

/** The row texts of a bucket. Neither they nor what is around them are looked into: that is for `checkBucket`. */
export function rowsOf(bucket: string = ''): string[] {
  const rows = bucket.slice(1, -1)
  return rows ? rows.split(',\n') : []
}

/** All rows of these buckets, entered over the ones `rows` has. */
export function rowsByKey(buckets: readonly (string | undefined)[], rows: RowsByKey = Object.create(null) as RowsByKey): RowsByKey {
  for (const bucket of buckets) for (const row of rowsOf(bucket)) rows[keyOf(row)] = row
  return rows
}

/** The rows in order of their keys. */
export function ascending(rows: RowsByKey): string[] {
  return Object.keys(rows)
    .sort()
    .map((key) => rows[key] as string)
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
