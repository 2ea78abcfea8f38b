import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { asciiHash } from './ascii-hash'
import { checkBucket, eachOf, readRoot } from './book'
import { bucketOf, findRow } from './bucket'
import { bucketCap, indexCap } from './caps'
import { readSigned } from './header'
import { kindOf, releaseScope } from './release'
import { readSections, sectionText } from './sections'
import type { Book, BookName, ReleaseTexts, Row } from './types'
import { verifySigned } from './verify-signed'
import type { Expected } from './verify-signed'

/**
 * Proof that a release states this row of this book, or that it states no such row: signed header, then root, one index part
 * and one bucket of the release and of the book. About 4 kB for 10,000 rows. Issue: `not-found` when there is no such book.
 */
export function proofOf(release: ReleaseTexts, name: BookName, key: string): Result<string> {
  const book = release.books[name]
  const { text, signature } = release.signed
  return book
    ? accept(`${text}\n${signature}\n${sectionText('release', path(release.release, name))}${sectionText(name, path(book, key))}`)
    : refuse('not-found', { path: name })
}

/** The proven row, or undefined when its absence is proven. Issues: those of {@link verifySigned}, `malformed`, `bad-hash`. */
export async function verifyProof(proof: string, expected: Omit<Expected, 'kind' | 'scope'>, name: BookName, key: string): Promise<Result<Row | undefined>> {
  if (proof.length >= 4 * indexCap) return refuse('malformed', { path: 'proof' })
  const read = readSigned(proof)
  if (!read.ok) return read
  const [own, book, more] = readSections(proof, read.value) || []
  if (!own || !book || more || own.name !== 'release' || book.name !== name) return refuse('malformed', { path: 'proof' })
  const signed = await verifySigned(read.value, { ...expected, kind: 'release', scope: releaseScope })
  if (!signed.ok) return signed
  const stated = walk(own.chunks, signed.value.header.rootHash, 'release', name)
  if (!stated.ok) return stated
  const root = stated.value && stated.value[1]
  if (typeof root !== 'string') return refuse('bad-hash', { path: name })
  return walk(book.chunks, root, kindOf(name), key)
}

/** Root, the index part and the bucket that answer for the key. */
function path(book: Book, key: string): string[] {
  const bits = Math.round(Math.log(book.buckets.length) / Math.LN2)
  const number = bucketOf(key, bits)
  return [book.root, book.index[Math.floor(number / eachOf(bits))] as string, book.buckets[number] as string]
}

function walk(chunks: readonly string[], rootHash: string, kind: string, key: string): Result<Row | undefined> {
  const [rootText = '', part = '', bucket = ''] = chunks
  const root = readRoot(rootText)
  if (chunks.length !== 3 || !root || part.length > indexCap || bucket.length > bucketCap) return refuse('malformed', { path: 'proof' })
  const { bits, names } = root
  const number = bucketOf(key, bits)
  const at = Math.floor(number / eachOf(bits))
  const index: string[] = []
  index[at] = part
  if (asciiHash('root', rootText) !== rootHash || asciiHash('index', part) !== names[at]) return refuse('bad-hash', { path: 'proof' })
  const rows = checkBucket({ root: rootText, index, buckets: [] }, kind, bits, number, bucket)
  if (!rows.ok) return rows
  const row = findRow(bucket, key)
  return accept(row === undefined ? undefined : (JSON.parse(row) as Row))
}
