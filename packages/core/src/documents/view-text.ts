import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { asciiHash } from './ascii-hash'
import { bucketName, readRoot } from './book'
import { viewCap } from './caps'
import { readSigned } from './header'
import { bookNames, isPriceList, releaseRows } from './release'
import { readSections, sectionText } from './sections'
import type { Book, BookName, ReleaseTexts } from './types'

const kinds = ['root', 'index', 'bucket'] as const

/**
 * A release for a device that holds a view: header, signature, then root chunks, index parts and buckets as three sections,
 * each chunk once. Buckets are those of the release's own book, of rules and of plans; those of price lists are fetched by
 * name when they are asked for. `from` leaves out what a view of that release already has.
 */
export function viewText(to: ReleaseTexts, from?: ReleaseTexts): string {
  const known = from ? chunksByKind(from) : undefined
  const chunks = chunksByKind(to)
  let text = `${to.signed.text}\n${to.signed.signature}\n`
  for (const kind of kinds) {
    const wanted = Object.keys(chunks[kind]).filter((chunk) => !known || !known[kind][chunk])
    if (wanted.length) text += sectionText(kind, wanted)
  }
  return text
}

/**
 * The release a view's text describes, price lists as outlines; chunks that are not in it are taken from `base`. Nothing is
 * verified but that names lead from the header's root hash to every chunk. Issues: `too-large`, `malformed`, `base-lost`
 * when a chunk is in neither: ask for the whole view.
 */
export function readView(text: string, base?: ReleaseTexts): Result<ReleaseTexts> {
  if (text.length > viewCap) return refuse('too-large', { path: 'view' })
  const signed = readSigned(text)
  if (!signed.ok) return signed
  const sections = readSections(text, signed.value)
  if (!sections) return refuse('malformed', { path: 'view' })
  const chunks: Chunks = Object.create(null) as Chunks
  if (base) {
    const stated = releaseRows(base.release)
    enter(chunks, base.release, base.signed.header.rootHash)
    for (const name of Object.keys(base.books)) enter(chunks, base.books[name] as Book, stated[name] as string)
  }
  for (const section of sections) for (const chunk of section.chunks) chunks[asciiHash(section.name, chunk)] = chunk
  const release = collect(chunks, signed.value.header.rootHash, false)
  if (!release) return refuse('base-lost', { path: 'view' })
  const stated = releaseRows(release)
  const books: { [name: BookName]: Book } = {}
  for (const name of bookNames(stated)) {
    const book = collect(chunks, stated[name] as string, isPriceList(name))
    if (!book) return refuse('base-lost', { path: name })
    books[name] = book
  }
  return accept({ signed: signed.value, release, books })
}

interface Chunks {
  [name: string]: string | undefined
}

/** Chunks of a verified book under the names its parents give them: nothing is hashed again. */
function enter(chunks: Chunks, book: Book, rootHash: string): void {
  const root = readRoot(book.root) || { bits: 0, names: [] }
  chunks[rootHash] = book.root
  root.names.forEach((name, i) => (chunks[name] = book.index[i]))
  book.buckets.forEach((bucket, i) => (chunks[bucketName(book, root.bits, i)] = bucket))
}

function collect(chunks: Chunks, rootHash: string, outline: boolean): Book | undefined {
  const text = chunks[rootHash]
  const root = text === undefined ? undefined : readRoot(text)
  if (text === undefined || !root) return undefined
  const index = root.names.map((name) => chunks[name] || '')
  const buckets: string[] = []
  if (!outline) for (let i = 0; i < 2 ** root.bits; i++) buckets.push(chunks[bucketName({ root: text, index, buckets }, root.bits, i)] || '')
  return index.concat(buckets).every(Boolean) ? { root: text, index, buckets } : undefined
}

/** What a view holds of a release, each chunk once, in order. */
function chunksByKind({ release, books }: ReleaseTexts): Readonly<Record<(typeof kinds)[number], { readonly [chunk: string]: true }>> {
  const found: Record<(typeof kinds)[number], { [chunk: string]: true }> = { root: {}, index: {}, bucket: {} }
  const add = (book: Book, outline: boolean): void => {
    found.root[book.root] = true
    for (const part of book.index) found.index[part] = true
    if (!outline) for (const bucket of book.buckets) found.bucket[bucket] = true
  }
  add(release, false)
  for (const name of bookNames(books)) add(books[name] as Book, isPriceList(name))
  return found
}
