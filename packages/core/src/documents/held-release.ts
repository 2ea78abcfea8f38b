import type { Issue } from '../issues'
import { bucketName, checkBucket, readRoot } from './book'
import { bucketOf, findRow } from './bucket'
import { kindOf, releaseRows } from './release'
import type { Book, BookName, Header, ReleaseTexts } from './types'

/** A release ready for look-ups. Books stay texts; one row is found at a time. */
export interface HeldRelease {
  readonly header: Header
  readonly texts: ReleaseTexts
  /** Options and roots the release states, by key. */
  readonly stated: { readonly [key: string]: string | number | undefined }
  /** Whether every bucket was checked before. */
  readonly whole: boolean
  /**
   * Text of the row, or undefined when the book states none; null where the answer is not on this device: a damaged bucket,
   * or one a view has not fetched, must never pass for a row that does not exist. A bucket that came from storage is hashed
   * when it is first touched; one that does not match is never used.
   */
  find(book: BookName, key: string): string | undefined | null
}

/**
 * @param whole whether every bucket was checked; false when buckets come from storage
 * @param onBad hears of a bucket that does not match its name
 * @param bucket where the buckets of an outline are, by name
 */
export function holdRelease(
  texts: ReleaseTexts,
  whole: boolean,
  onBad?: (issue: Issue, name: string) => void,
  bucket?: (name: string) => string | undefined,
): HeldRelease {
  const bits: { [book: BookName]: number } = Object.create(null) as { [book: BookName]: number }
  const checked: { [bucket: string]: true } = {}
  for (const name of Object.keys(texts.books)) bits[name] = (readRoot((texts.books[name] as Book).root) || { bits: 0 }).bits
  return {
    header: texts.signed.header,
    texts,
    stated: releaseRows(texts.release),
    whole,
    find(name, key) {
      const depth = bits[name]
      if (depth === undefined) return undefined
      const book = texts.books[name] as Book
      const number = bucketOf(key, depth)
      let text = book.buckets[number]
      if (text === undefined && bucket) text = bucket(bucketName(book, depth, number))
      if (text === undefined) return null
      const path = `${name} ${number}`
      if (!whole && !checked[path]) {
        const found = checkBucket(book, kindOf(name), depth, number, text)
        if (!found.ok) {
          if (onBad) onBad(Object.assign({}, found.issues[0] as Issue, { path }), bucketName(book, depth, number))
          return null
        }
        checked[path] = true
      }
      return findRow(text, key)
    },
  }
}
