import { accept, refuse } from '../issues'
import type { Refusal, Result } from '../issues'
import { bookFaults, bookRoot, readRoot } from './book'
import { findRow } from './bucket'
import type { Book, BookName, Header, ReleaseTexts, Row, SignedHeader } from './types'
import { verifySigned } from './verify-signed'
import type { Expected } from './verify-signed'

/** The scope of every brand's release. */
export const releaseScope = 'all'

/** What a release must be, from the asker's side. */
export interface ExpectedRelease extends Omit<Expected, 'kind' | 'scope'> {
  /** Books this device holds, of those the release names; all when left out. */
  readonly wanted?: ((book: BookName) => boolean) | undefined
  /** A pilot release names its stores: it is refused elsewhere. Left out, pilot releases pass (publishers). */
  readonly store?: string | null | undefined
  /** The release held now: without the signed feature `shrink` no book may become empty or more than 30 % smaller. */
  readonly held?: ReleaseTexts | undefined
  /** A view holds price lists as outlines: root and index without buckets. */
  readonly outline?: boolean | undefined
  /** Asked every few buckets: lets a slow device breathe between slices of the work. */
  readonly pause?: () => Promise<void> | undefined
}

/** The kind of a book: what stands before the slash of its name. It decides the rules for its rows. */
export function kindOf(book: BookName): string {
  return book.split('/')[0] as string
}

/** Whether a book is a price list. A view holds only outlines of them, and what a device has stored of them is checked when it is touched. */
export function isPriceList(book: BookName): boolean {
  return kindOf(book) === 'price'
}

/** What a release states, by key: book names (with a slash) and their root hashes, options without one. */
export function releaseRows(release: Book): { readonly [key: string]: string | number | undefined } {
  const rows = Object.create(null) as { [key: string]: string | number | undefined }
  for (const bucket of release.buckets) for (const [key, value] of JSON.parse(bucket) as Row[]) rows[key] = value
  return rows
}

/** Names of the books a release states, ascending. */
export function bookNames(rows: { readonly [key: string]: unknown }): BookName[] {
  return Object.keys(rows)
    .filter((key) => key.indexOf('/') > 0)
    .sort()
}

/**
 * Checks a whole release in the order of {@link verifySigned}, then hashes from the root down, then every row.
 * Issues: those of verifySigned and `bad-hash`, `malformed`, `shrunk`, `base-lost` (a wanted book is missing).
 */
export function verifyRelease(texts: ReleaseTexts, expected: ExpectedRelease): Promise<Result<ReleaseTexts>> {
  return verifyTexts(texts, expected)
}

/** {@link verifyRelease}. Of a `stored` release the buckets of price lists are left: they are checked when they are touched. */
export async function verifyTexts(texts: ReleaseTexts, expected: ExpectedRelease, stored?: boolean): Promise<Result<ReleaseTexts>> {
  const signed = await verifyHeader(texts.signed, expected)
  if (!signed.ok) return signed
  const stated = checkStated(texts, signed.value.header, expected)
  if (!stated.ok) return stated
  const { pause, outline } = expected
  for (const name of bookNames(texts.books)) {
    const prices = isPriceList(name)
    for (const refusal of bookFaults(texts.books[name] as Book, stated.value[name] as string, kindOf(name), prices && outline, prices && stored)) {
      if (refusal) return within(name, refusal)
      if (pause) await pause()
    }
  }
  return accept(texts)
}

/** The header of a release. Issues: those of {@link verifySigned}. */
export function verifyHeader(signed: Pick<SignedHeader, 'text' | 'signature'>, expected: Omit<Expected, 'kind' | 'scope'>): Promise<Result<SignedHeader>> {
  return verifySigned(signed, Object.assign({}, expected, { kind: 'release', scope: releaseScope }))
}

/** The release's own rows, that each book here has the stated root chunk, the pilot's stores, and that none shrank. The stated rows, or why not. */
export function checkStated(
  texts: ReleaseTexts,
  header: Header,
  expected: Pick<ExpectedRelease, 'wanted' | 'store' | 'held'>,
): Result<ReturnType<typeof releaseRows>> {
  const { release, books } = texts
  const { wanted, store, held } = expected
  for (const refusal of bookFaults(release, header.rootHash, 'release')) if (refusal) return within('release', refusal)
  const rows = releaseRows(release)
  const stores = rows['stores']
  if (store !== undefined && stores !== undefined && `${stores}`.split(',').indexOf(store || '') < 0)
    return refuse('wrong-scope', { path: 'stores', need: `${stores}` })
  const stated = bookNames(rows)
  for (const name of stated) if (!books[name] && (!wanted || wanted(name))) return refuse('base-lost', { path: name })
  for (const name of bookNames(books)) {
    if (bookRoot(books[name] as Book) !== rows[name]) return refuse('bad-hash', { path: `${name} root` })
  }
  if (header.features.indexOf('shrink') < 0) {
    if (!stated.length) return refuse('shrunk', { path: 'release', have: 0 })
    const before = held ? held.books : {}
    for (const name of bookNames(Object.assign({}, before, books))) {
      const have = count(books[name])
      const need = Math.ceil(count(before[name]) * 0.7) || 1
      if (have < need) return refuse('shrunk', { path: name, have, need })
    }
  }
  return accept(rows)
}

function count(book: Book | undefined): number {
  return ((book && readRoot(book.root)) || { rows: 0 }).rows
}

function within(book: string, { issues }: Refusal): Refusal {
  return { ok: false, issues: issues.map((issue) => Object.assign({}, issue, { path: `${book} ${issue.path}` })) }
}

/** An option row of a release, such as `stores` or `increase-wait`; undefined when it is not stated. */
export function releaseOption(release: Book, name: string): string | number | undefined {
  for (const bucket of release.buckets) {
    const row = findRow(bucket, name)
    if (row) return (JSON.parse(row) as Row)[1]
  }
  return undefined
}
