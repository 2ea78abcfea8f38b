import { type Book, bookNames, type ReleaseTexts, readHeader } from '@omokit/core/documents'
import { hash } from '@omokit/core'
import { sql } from 'kysely'
import { bucketOf } from '../store/bucket'
import type { Trx } from '../store/store'

/** A published release without its books. */
export interface ReleaseHead {
  readonly version: number
  readonly text: string
  readonly signature: string
  /** Epoch seconds. */
  readonly validFrom: number
  readonly expiresAt: number
  /** A pilot's stores; undefined: everywhere. */
  readonly stores?: readonly string[]
  /** Hub time, milliseconds: from then on it could be fetched. */
  readonly publishedAt: number
}

/** All releases of a brand are looked up together, so they share one bucket. */
export const releaseBucket: number = bucketOf('release')

/** Published releases, newest first, at most `limit`; `from` leaves older ones out. */
export async function releaseHeads(
  trx: Trx,
  brand: string,
  options: { readonly limit?: number; readonly above?: number } = {},
): Promise<readonly ReleaseHead[]> {
  const rows = await trx
    .selectFrom('releases')
    .select(['version', 'header', 'signature', 'valid_from', 'expires_at', 'stores', 'published_at'])
    .where('brand', '=', brand)
    .where('bucket', '=', releaseBucket)
    .where('version', '>', options.above ?? 0)
    .orderBy('version', 'desc')
    .limit(options.limit ?? 64)
    .execute()
  return rows.map((row) => ({
    version: row.version,
    text: row.header,
    signature: row.signature,
    validFrom: row.valid_from,
    expiresAt: row.expires_at,
    publishedAt: row.published_at,
    ...(row.stores === null ? {} : { stores: JSON.parse(row.stores) as string[] }),
  }))
}

/** Whether this store takes the release; without a store only releases for everywhere. */
export const isFor = (head: ReleaseHead, store: string | undefined): boolean => !head.stores || (store !== undefined && head.stores.includes(store))

type Manifest = readonly (readonly [book: string, root: string, index: readonly string[], buckets: readonly string[]])[]

/** Reads a whole release; undefined when the brand has none of this version. */
export async function loadRelease(trx: Trx, brand: string, version: number): Promise<ReleaseTexts | undefined> {
  const row = await trx
    .selectFrom('releases')
    .select(['header', 'signature', 'manifest'])
    .where('brand', '=', brand)
    .where('bucket', '=', releaseBucket)
    .where('version', '=', version)
    .executeTakeFirst()
  const header = row && readHeader(row.header)
  if (!row || !header?.ok) return undefined
  const manifest = JSON.parse(row.manifest) as Manifest
  const names = [...new Set(manifest.flatMap(([, root, index, buckets]) => [root, ...index, ...buckets]))]
  const chunks = new Map<string, string>()
  for (let at = 0; at < names.length; at += 5000) {
    const found = await sql<{
      name: string
      text: string
    }>`select name, text from chunks where brand = ${brand} and name = any(${names.slice(at, at + 5000)}::text[])`.execute(trx)
    for (const { name, text } of found.rows) chunks.set(name, text)
  }
  const text = (name: string): string => chunks.get(name) as string
  const books: Record<string, Book> = {}
  let release: Book = { root: '', index: [], buckets: [] }
  for (const [name, root, index, buckets] of manifest) {
    const book = { root: text(root), index: index.map(text), buckets: buckets.map(text) }
    if (name === 'release') release = book
    else books[name] = book
  }
  return { signed: { header: header.value, text: row.header, signature: row.signature }, release, books }
}

/** Writes a verified release and the chunks that are not there yet. */
export async function saveRelease(trx: Trx, brand: string, texts: ReleaseTexts, stores: readonly string[] | undefined, now: number): Promise<void> {
  const chunks = new Map<string, { readonly kind: string; readonly text: string }>()
  const put = (kind: string, text: string): string => {
    const name = hash(kind, text)
    chunks.set(name, { kind, text })
    return name
  }
  const entry = (name: string, book: Book): Manifest[number] => [
    name,
    put('root', book.root),
    book.index.map((text) => put('index', text)),
    book.buckets.map((text) => put('bucket', text)),
  ]
  const manifest: Manifest = [entry('release', texts.release), ...bookNames(texts.books).map((name) => entry(name, texts.books[name] as Book))]
  const names = [...chunks.keys()]
  for (let at = 0; at < names.length; at += 1000) {
    const some = names.slice(at, at + 1000)
    await sql`
      insert into chunks (brand, bucket, name, kind, text) select ${brand}, one.*
      from unnest(${some.map(bucketOf)}::smallint[], ${some}::text[], ${some.map((name) => chunks.get(name)?.kind)}::text[], ${some.map((name) => chunks.get(name)?.text)}::text[]) as one
      on conflict do nothing`.execute(trx)
  }
  const { version, validFrom, refreshAfter, expiresAt } = texts.signed.header
  await trx
    .insertInto('releases')
    .values({
      brand,
      bucket: releaseBucket,
      version,
      header: texts.signed.text,
      signature: texts.signed.signature,
      valid_from: validFrom,
      refresh_after: refreshAfter,
      expires_at: expiresAt,
      stores: stores ? JSON.stringify(stores) : null,
      manifest: JSON.stringify(manifest),
      published_at: now,
    })
    .execute()
}
