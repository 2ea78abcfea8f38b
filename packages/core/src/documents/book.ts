import { accept, refuse } from '../issues'
import type { Issue, Result } from '../issues'
import { asciiHash } from './ascii-hash'
import { bucketOf, bucketText, checkRows, rowsOf } from './bucket'
import { caps, hashClass, isDeletion, isRow, keyOf } from './grammar'
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

/** How many index parts a book of 2^bits buckets has. */
export function partsOf(bits: number): number {
  return 2 ** (bits >> 1)
}

/** Reads a root chunk; undefined unless it has its one spelling and exactly the parts its bits ask for. */
export function readRoot(root: string): Root | undefined {
  if (root.length > caps.index || !rootPattern.test(root)) return undefined
  const [, bits, rows, ...names] = JSON.parse(root) as [string, number, number, ...string[]]
  return names.length === partsOf(bits) ? { bits, rows, names } : undefined
}

/** The name of bucket `number` as its index part states it. */
export function bucketName(book: Book, bits: number, number: number): string {
  const each = 2 ** bits / partsOf(bits)
  return (book.index[Math.floor(number / each)] || '').substr(2 + (number % each) * nameWidth, 43)
}

/**
 * Checks root and index of a book against the hash a signature vouches for; buckets are still to be checked, each by
 * {@link checkBucket}. An outline may come without any.
 */
export function checkIndex(book: Book, rootHash: string, outline?: boolean): Result<Root> {
  const root = readRoot(book.root)
  if (!root) return refuse('malformed', { path: 'root' })
  if (asciiHash('root', book.root) !== rootHash) return refuse('bad-hash', { path: 'root' })
  const { bits, names } = root
  const buckets = 2 ** bits
  if (book.index.length !== names.length || (book.buckets.length !== buckets && !(outline && !book.buckets.length)))
    return refuse('malformed', { path: 'index' })
  for (let i = 0; i < names.length; i++) {
    const part = book.index[i] as string
    const path = `index ${i}`
    if (part.length > caps.index) return refuse('too-large', { path })
    if (asciiHash('index', part) !== names[i]) return refuse('bad-hash', { path })
    if (part.length !== (buckets / names.length) * nameWidth || !indexPattern.test(part)) return refuse('malformed', { path })
  }
  return accept(root)
}

/** Checks one bucket: size, hash, then row rules. The number of its rows, or why not. */
export function checkBucket(book: Book, kind: string, bits: number, number: number, text: string = book.buckets[number] as string): number | Issue {
  const path = `bucket ${number}`
  if (text.length > caps.bucket) return { code: 'too-large', path }
  if (asciiHash('bucket', text) !== bucketName(book, bits, number)) return { code: 'bad-hash', path }
  return checkRows(kind, text, number, bits)
}

/**
 * Checks a whole book against the hash a signature vouches for: sizes, hashes from the root down, exact counts, then every
 * row. Issues: `too-large`, `bad-hash`, `malformed`.
 */
export function verifyBook(book: Book, rootHash: string, kind: string): Result<Root> {
  const steps = bookSteps(book, rootHash, kind)
  let done: Result<Root> | undefined
  while (!(done = steps()));
  return done
}

/** {@link verifyBook} in steps of eight buckets: call until it answers. An outline has none. */
export function bookSteps(book: Book, rootHash: string, kind: string, outline?: boolean): () => Result<Root> | undefined {
  const checked = checkIndex(book, rootHash, outline)
  let rows = 0
  let at = 0
  return () => {
    if (!checked.ok || !book.buckets.length) return checked
    const root = checked.value
    for (const end = at + 8; at < end; at++) {
      if (at === book.buckets.length) return rows === root.rows ? checked : refuse('malformed', { path: 'root', have: root.rows, need: rows })
      const found = checkBucket(book, kind, root.bits, at)
      if (typeof found !== 'number') return { ok: false, issues: [found] }
      rows += found
    }
    return undefined
  }
}

/** A book without rows. */
export function emptyBook(): Book {
  const index = `["${asciiHash('bucket', '[]')}"]`
  return { root: rootText(0, 0, [asciiHash('index', index)]), index: [index], buckets: ['[]'] }
}

/** Index and root over buckets that are ready. */
export function bookOfBuckets(bits: number, buckets: readonly string[]): Book {
  const parts = partsOf(bits)
  const each = buckets.length / parts
  const index: string[] = []
  const root: string[] = []
  let rows = 0
  for (let part = 0; part < parts; part++) {
    const names: string[] = []
    for (let i = part * each; i < (part + 1) * each; i++) {
      const text = buckets[i] as string
      rows += (rowsOf(text) as string[]).length
      names.push(`"${asciiHash('bucket', text)}"`)
    }
    const text = bucketText(names)
    index.push(text)
    root.push(asciiHash('index', text))
  }
  return { root: rootText(bits, rows, root), index, buckets }
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
  const touched: { [bucket: number]: string[] } = {}
  let last = ''
  for (const row of changes) {
    const key = keyOf(row)
    if (key <= last || !(isDeletion(row) || isRow(kind, row))) return refuse('malformed', { path: 'delta', have: row.slice(0, 80) })
    last = key
    const number = bucketOf(key, bits)
    ;(touched[number] = touched[number] || []).push(row)
  }
  const buckets = book.buckets.slice()
  const index = book.index.slice()
  const each = buckets.length / index.length
  const parts: { [part: number]: true } = {}
  let rows = root.rows
  for (const name of Object.keys(touched)) {
    const number = Number(name)
    const old = rowsOf(buckets[number] || '') || []
    const merged = merge(old, touched[number] as string[])
    rows += merged.length - old.length
    const text = bucketText(merged)
    buckets[number] = text
    const part = Math.floor(number / each)
    const at = 2 + (number % each) * nameWidth
    index[part] = (index[part] as string).slice(0, at) + asciiHash('bucket', text) + (index[part] as string).slice(at + 43)
    parts[part] = true
  }
  const names = root.names.map((name, part) => (parts[part] ? asciiHash('index', index[part] as string) : name))
  return accept({ root: rootText(bits, rows, names), index, buckets })
}

function rootText(bits: number, rows: number, names: readonly string[]): string {
  return `["omokit1",${bits},${rows},\n"${names.join('",\n"')}"]`
}

/** Both lists ascend by key; a change wins over the row it meets. */
function merge(rows: readonly string[], changes: readonly string[]): string[] {
  const out: string[] = []
  let next = 0
  for (const change of changes) {
    const key = keyOf(change)
    while (next < rows.length && keyOf(rows[next] as string) < key) out.push(rows[next++] as string)
    if (next < rows.length && keyOf(rows[next] as string) === key) next++
    if (!isDeletion(change)) out.push(change)
  }
  return out.concat(rows.slice(next))
}
