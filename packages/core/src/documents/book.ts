import { accept, refuse } from '../issues'
import type { Refusal, Result } from '../issues'
import { asciiHash } from './ascii-hash'
import { ascending, bucketOf, bucketText, rowsByKey, rowsOf } from './bucket'
import type { RowsByKey } from './bucket'
import { bucketCap, indexCap } from './caps'
import { hashClass, isDeletion, isRow, keyOf } from './grammar'
import type { Book } from './types'

/** What the root chunk says. */
export interface Root {
  readonly bits: number
  readonly rows: number
  /** Names of the index parts. */
  readonly names: readonly string[]
}

const rootPattern = /* @__PURE__ */ new RegExp(`^\\["omokit1",(\\d|1[0-6]),(0|[1-9]\\d{0,8})(,\\n"${hashClass}")+\\]$`)
const indexPattern = /* @__PURE__ */ new RegExp(`^\\["${hashClass}"(,\\n"${hashClass}")*\\]$`)
/** `"` + 43 characters + `"`, and the `,\n` between two names. */
const nameWidth = 47

/** The hash that names a book. */
export function bookRoot(book: Book): string {
  return asciiHash('root', book.root)
}

/** How many buckets each index part of a book of 2^bits buckets names. */
export function eachOf(bits: number): number {
  return 2 ** ((bits + 1) >> 1)
}

/** Reads a root chunk; undefined unless it has its one spelling and exactly the parts its bits ask for. */
export function readRoot(root: string): Root | undefined {
  if (root.length > indexCap || !rootPattern.test(root)) return undefined
  const [, bits, rows, ...names] = JSON.parse(root) as [string, number, number, ...string[]]
  return names.length * eachOf(bits) === 2 ** bits ? { bits, rows, names } : undefined
}

/** The name of bucket `number` as its index part states it. */
export function bucketName(book: Book, bits: number, number: number): string {
  const each = eachOf(bits)
  return (book.index[(number / each) | 0] || '').substr(2 + (number % each) * nameWidth, 43)
}

/** Checks one bucket: size, hash, then row rules: spelling, keys strictly ascending, each key in the bucket it belongs to. The number of its rows, or why not. */
export function checkBucket(book: Book, kind: string, bits: number, number: number, text: string): Result<number> {
  const path = `bucket ${number}`
  if (text.length > bucketCap) return refuse('too-large', { path })
  if (asciiHash('bucket', text) !== bucketName(book, bits, number)) return refuse('bad-hash', { path })
  const rows = rowsOf(text)
  if (bucketText(rows) !== text) return refuse('malformed', { path })
  let last = ''
  for (const row of rows) {
    const key = keyOf(row)
    if (!isRow(kind, row) || key <= last || bucketOf(key, bits) !== number) return refuse('malformed', { path, have: key.slice(0, 64) })
    last = key
  }
  return accept(rows.length)
}

/**
 * Checks root and index of a book against the hash a signature vouches for; buckets are still to be checked, each by
 * {@link checkBucket}. An outline may come without any.
 */
export function checkIndex(book: Book, rootHash: string, outline?: boolean): Result<Root> {
  return firstOf(book, bookFaults(book, rootHash, '', outline, true))
}

/**
 * Checks a whole book against the hash a signature vouches for: sizes, hashes from the root down, exact counts, then every
 * row. Issues: `too-large`, `bad-hash`, `malformed`.
 */
export function verifyBook(book: Book, rootHash: string, kind: string): Result<Root> {
  return firstOf(book, bookFaults(book, rootHash, kind))
}

function firstOf(book: Book, faults: Iterable<Refusal | undefined>): Result<Root> {
  for (const refusal of faults) if (refusal) return refusal
  return accept(readRoot(book.root) as Root)
}

/**
 * What {@link verifyBook} finds: a refusal, and every eight buckets nothing, which is when others may have their turn.
 * An outline has no buckets; `untouched` ones are left out.
 */
export function* bookFaults(book: Book, rootHash: string, kind: string, outline?: boolean, untouched?: boolean): Generator<Refusal | undefined, unknown> {
  const { index, buckets } = book
  const root = readRoot(book.root)
  if (!root) return yield refuse('malformed', { path: 'root' })
  if (asciiHash('root', book.root) !== rootHash) return yield refuse('bad-hash', { path: 'root' })
  const { bits, rows, names } = root
  if (index.length !== names.length || (buckets.length !== 2 ** bits && (buckets.length || !outline))) return yield refuse('malformed', { path: 'index' })
  for (let i = 0; i < names.length; i++) {
    const part = index[i] as string
    const path = `index ${i}`
    if (part.length > indexCap) return yield refuse('too-large', { path })
    if (asciiHash('index', part) !== names[i]) return yield refuse('bad-hash', { path })
    if (part.length !== eachOf(bits) * nameWidth || !indexPattern.test(part)) return yield refuse('malformed', { path })
  }
  if (untouched || !buckets.length) return
  let found = 0
  for (let i = 0; i < buckets.length; i++) {
    if (i % 8 > 6) yield
    const bucket = checkBucket(book, kind, bits, i, buckets[i] as string)
    if (!bucket.ok) return yield bucket
    found += bucket.value
  }
  if (found !== rows) yield refuse('malformed', { path: 'root', have: rows, need: found })
}

/**
 * Index and root over buckets that are ready. What is as it was `before`, which had so many rows, keeps the name it has there:
 * a list of names is written like a list of rows.
 */
export function bookOfBuckets(bits: number, buckets: readonly string[], before: Book = { root: '', index: [], buckets: [] }, rows = 0): Book {
  const nameOf = (tag: string, text: string): string => `"${asciiHash(tag, text)}"`
  const known = ([] as string[]).concat(...before.index.map(rowsOf))
  const names = buckets.map((text, i) => {
    const was = before.buckets[i]
    if (text === was) return known[i] as string
    rows += rowsOf(text).length - rowsOf(was).length
    return nameOf('bucket', text)
  })
  const parts = rowsOf(before.root)
  const root = [`"omokit1",${bits},${rows}`]
  const index: string[] = []
  for (let at = 0; at < buckets.length; at += eachOf(bits)) {
    const text = bucketText(names.slice(at, at + eachOf(bits)))
    root.push(text === before.index[index.length] ? (parts[root.length] as string) : nameOf('index', text))
    index.push(text)
  }
  return { root: bucketText(root), index, buckets }
}

/**
 * Splices changed rows (`[key]` deletes) into a book and hashes what they touch: the bucket, its index part, the root. Rows
 * are moved as they are, never written anew. Compare the new root with the signed one: this function cannot know it.
 * Issues: `malformed` for a row of a wrong spelling or out of order.
 */
export function applyRows(book: Book, kind: string, changes: readonly string[]): Result<Book> {
  const root = readRoot(book.root)
  if (!root) return refuse('malformed', { path: 'root' })
  const { bits } = root
  const touched: { [bucket: number]: RowsByKey } = {}
  let last = ''
  for (const row of changes) {
    const key = keyOf(row)
    const gone = isDeletion(row)
    if (key <= last || !(gone || isRow(kind, row))) return refuse('malformed', { path: 'delta', have: row.slice(0, 80) })
    last = key
    const number = bucketOf(key, bits)
    const rows = (touched[number] = touched[number] || rowsByKey([book.buckets[number]]))
    if (gone) delete rows[key]
    else rows[key] = row
  }
  const buckets = book.buckets.slice()
  for (const number of Object.keys(touched).map(Number)) buckets[number] = bucketText(ascending(touched[number] as RowsByKey))
  return accept(bookOfBuckets(bits, buckets, book, root.rows))
}
