import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { applyRows, bookOfBuckets, bookRoot } from './book'
import { ascending, bucketText, rowsByKey, rowsOf } from './bucket'
import type { RowsByKey } from './bucket'
import { deltaCap } from './caps'
import { isDeletion, keyClass, keyOf, rowText } from './grammar'
import { readSigned } from './header'
import { bookNames, kindOf, releaseRows } from './release'
import type { Book, BookName, ReleaseTexts, SignedHeader } from './types'

/** A delta taken apart: a signed header and changed rows by book. */
export interface Delta {
  readonly signed: SignedHeader
  /** Row texts by book. Under `release` its own rows: options, books taken away, roots of books this device does not hold. */
  readonly rows: Readonly<Record<BookName | 'release', readonly string[]>>
}

const opening = /* @__PURE__ */ new RegExp(`^#(release|${keyClass}+/${keyClass}+)$`)

/**
 * Takes a delta message apart: header line, signature line, then per book a line `#name` and the changed rows, the release's
 * own rows under `#release`. Issues: `too-large`, `malformed`. Nothing is verified.
 */
export function readDelta(text: string): Result<Delta> {
  if (text.length > deltaCap) return refuse('too-large', { path: 'delta' })
  const signed = readSigned(text)
  if (!signed.ok) return signed
  const sections: { [name: string]: string[] } = {}
  let rows: string[] | undefined
  for (const line of text.split('\n').slice(2)) {
    const name = opening.test(line) && line.slice(1)
    if (name ? sections[name] : !rows) return refuse('malformed', { path: 'delta', have: line.slice(0, 80) })
    if (name) rows = sections[name] = []
    else (rows as string[]).push(line)
  }
  return accept({ signed: signed.value, rows: sections })
}

/** Several deltas in a row as one: the last word on each key, under the last header. */
export function mergeDeltas(deltas: readonly Delta[]): Delta {
  const last: { [name: string]: RowsByKey } = {}
  for (const { rows } of deltas) for (const name of Object.keys(rows)) last[name] = rowsByKey([bucketText(rows[name] as string[])], last[name])
  const rows: { [name: string]: string[] } = {}
  for (const name of Object.keys(last)) rows[name] = ascending(last[name] as RowsByKey)
  return { signed: (deltas[deltas.length - 1] as Delta).signed, rows }
}

/**
 * Splices a delta into a release: book root → release row → release root, and compares with the root in the delta's header.
 * `base-lost` when it does not come out (a delta was missed): fetch the pack. The signature is not checked here.
 */
export function applyDelta(base: ReleaseTexts, delta: Delta): Result<ReleaseTexts> {
  const books: { [name: BookName]: Book } = Object.assign({}, base.books)
  const changes: RowsByKey = Object.create(null) as RowsByKey
  const changed = delta.rows
  for (const row of changed['release'] || []) {
    const name = keyOf(row)
    changes[name] = row
    if (isDeletion(row)) delete books[name]
    else if (books[name] && !changed[name]) return refuse('base-lost', { path: name })
  }
  for (const name of bookNames(changed)) {
    const applied = applyRows(books[name] || bookOfBuckets(0, ['[]']), kindOf(name), changed[name] as readonly string[])
    if (!applied.ok) return applied
    books[name] = applied.value
    changes[name] = rowText([name, bookRoot(applied.value)])
  }
  const release = applyRows(base.release, 'release', ascending(changes))
  if (!release.ok) return release
  if (bookRoot(release.value) !== delta.signed.header.rootHash) return refuse('base-lost', { path: 'release', have: base.signed.header.version })
  return accept({ signed: delta.signed, release: release.value, books })
}

/**
 * The message that leads from one release to another, which need not be its neighbour. `wanted` limits it to the books the
 * reader holds. `base-lost` when a book changed its number of buckets, `too-large` above 190,000 characters: nudge instead.
 */
export function deltaOf(from: ReleaseTexts, to: ReleaseTexts, wanted?: (book: BookName) => boolean): Result<string> {
  const own: string[] = []
  let text = ''
  const before = releaseRows(from.release)
  const after = releaseRows(to.release)
  for (const name of Object.keys({ ...before, ...after }).sort()) {
    const value = after[name]
    if (value === before[name]) continue
    if (value === undefined) own.push(rowText([name]))
    else if (!to.books[name] || (wanted && !wanted(name))) own.push(rowText([name, value]))
    else {
      const rows = changedRows(from.books[name] || { buckets: ['[]'] }, to.books[name] as Book)
      if (!rows) return refuse('base-lost', { path: name })
      text += `\n#${name}\n${rows.join('\n')}`
    }
  }
  const message = `${to.signed.text}\n${to.signed.signature}${own.length ? `\n#release\n${own.join('\n')}` : ''}${text}`
  return message.length > deltaCap ? refuse('too-large', { path: 'delta', have: message.length, need: deltaCap }) : accept(message)
}

/** Rows to splice, ascending; undefined when the books do not have the same buckets. */
function changedRows(from: Pick<Book, 'buckets'>, to: Book): string[] | undefined {
  if (from.buckets.length !== to.buckets.length) return undefined
  const rows: string[] = []
  for (let i = 0; i < to.buckets.length; i++) {
    const was = from.buckets[i] as string
    const is = to.buckets[i] as string
    if (was === is) continue
    const old = rowsOf(was)
    const now = rowsOf(is)
    for (const row of now) if (old.indexOf(row) < 0) rows.push(row)
    const keys = now.map(keyOf)
    for (const row of old) if (keys.indexOf(keyOf(row)) < 0) rows.push(rowText([keyOf(row)]))
  }
  return rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
