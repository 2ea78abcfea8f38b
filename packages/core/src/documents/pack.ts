import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { packCap } from './caps'
import { readSigned } from './header'
import { bookNames } from './release'
import { bookOf, chunksOf, readSections, sectionText } from './sections'
import type { Book, BookName, ReleaseTexts } from './types'

/** A release as one text, books in order of their names; `wanted` leaves books out (a store needs its own overlays only). */
export function pack(texts: ReleaseTexts, wanted: (book: BookName) => boolean = () => true): string {
  const books: { [name: BookName]: Book } = {}
  for (const name of bookNames(texts.books).filter(wanted)) books[name] = texts.books[name] as Book
  return packWhole({ ...texts, books })
}

/** {@link pack} with all books there are. */
export function packWhole({ signed, release, books }: ReleaseTexts): string {
  let text = `${signed.text}\n${signed.signature}\n`
  for (const name of ['release'].concat(bookNames(books))) text += sectionText(name, chunksOf(books[name] || release))
  return text
}

/** Takes a pack apart. Nothing is verified but its shape: give the result to {@link verifyRelease}. Issues: `too-large`, `malformed`. */
export function unpack(text: string): Result<ReleaseTexts> {
  if (text.length > packCap) return refuse('too-large', { path: 'pack' })
  const signed = readSigned(text)
  if (!signed.ok) return signed
  const [first, ...rest] = readSections(text, signed.value) || []
  const release = first && first.name === 'release' && bookOf(first.chunks)
  if (!release) return refuse('malformed', { path: 'pack' })
  const books: { [name: BookName]: Book } = {}
  for (const { name, chunks } of rest) {
    const book = name.indexOf('/') > 0 && bookOf(chunks)
    if (!book) return refuse('malformed', { path: name })
    books[name] = book
  }
  return accept({ signed: signed.value, release, books })
}
