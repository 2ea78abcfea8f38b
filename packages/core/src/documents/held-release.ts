import type { Issue } from '../issues'
import { checkBucket, readRoot } from './book'
import { bucketOf, findRow } from './bucket'
import { kindOf, releaseRows } from './release'
import type { Book, BookName, Header, ReleaseTexts } from './types'

/** A release ready for look-ups. Books stay texts; one row is found at a time. */
export interface HeldRelease {
  readonly header: Header
  readonly texts: ReleaseTexts
  /** Options and roots the release states, by key. */
  readonly stated: { readonly [key: string]: string | number | undefined }
  /**
   * Text of the row, or undefined. A bucket that came from storage is hashed when it is first touched; one that does not
   * match is never used.
   */
  find(book: BookName, key: string): string | undefined
  /** Which buckets were checked, by book. */
  readonly checked: { readonly [book: BookName]: Uint8Array }
}

/**
 * @param verified true when every bucket has been checked; another release to take its marks over (a delta); false when the
 *   buckets come from storage
 * @param onBad hears of a bucket that does not match its name
 */
export function holdRelease(texts: ReleaseTexts, verified: boolean | HeldRelease, onBad?: (issue: Issue) => void): HeldRelease {
  const bits: { [book: BookName]: number } = Object.create(null) as { [book: BookName]: number }
  const checked: { [book: BookName]: Uint8Array } = {}
  for (const name of Object.keys(texts.books)) {
    const book = texts.books[name] as Book
    bits[name] = readRoot(book.root)?.bits || 0
    const before = typeof verified === 'object' ? verified.checked[name] : undefined
    checked[name] = before && before.length === book.buckets.length ? before.slice() : new Uint8Array(book.buckets.length).fill(verified === true ? 1 : 0)
  }
  return {
    header: texts.signed.header,
    texts,
    stated: releaseRows(texts.release),
    checked,
    find(name, key) {
      const depth = bits[name]
      if (depth === undefined) return undefined
      const book = texts.books[name] as Book
      const marks = checked[name] as Uint8Array
      const number = bucketOf(key, depth)
      if (!marks[number]) {
        const found = checkBucket(book, kindOf(name), depth, number)
        if (typeof found !== 'number') {
          if (onBad) onBad({ ...found, path: `${name} ${found.path || ''}` })
          return undefined
        }
        marks[number] = 1
      }
      return findRow(book.buckets[number] as string, key)
    },
  }
}
