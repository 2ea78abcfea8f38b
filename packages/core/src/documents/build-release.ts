import { toBase64url } from '../base64url'
import type { Signer } from '../ed25519/signer'
import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import { asciiHash } from './ascii-hash'
import { bookRoot } from './book'
import { buildBook } from './build-book'
import { headerText, readHeader, signInput } from './header'
import { checkStated, kindOf, releaseScope } from './release'
import type { Book, BookName, Header, ReleaseTexts, Row, SignedHeader } from './types'

/** What a publisher wants to be true. Times are whole epoch seconds. */
export interface ReleaseDraft {
  readonly brand: string
  /** Strictly above every version published before: a correct undo is a new version. */
  readonly version: number
  readonly validFrom: number
  /** From then on clients ask again and show `stale`. */
  readonly refreshAfter: number
  /** From then on promotions stop and list prices are flagged. */
  readonly expiresAt: number
  /** Name of the key behind `signer`. */
  readonly kid: string
  /** `price/base`, `price/store-0042`, `rules/base`, …; rules and plan rows are `[id, canonical JSON text]`. */
  readonly books: Readonly<Record<BookName, readonly Row[]>>
  /** A pilot: only these stores take the release. */
  readonly stores?: readonly string[]
  /** Seconds a device without trusted time puts a scheduled increase off beyond `validFrom`. */
  readonly increaseWait?: number
  /** Further options by name, without a slash: `["currency","CNY"]`. */
  readonly options?: Readonly<Record<string, string | number>>
  /** Features a reader must know. `shrink` allows a book to be empty or more than 30 % smaller. */
  readonly features?: readonly string[]
  /** The release before: `prev` is its hash, and shrinking is measured against it. */
  readonly previous?: ReleaseTexts
}

/**
 * Builds and signs a release. Issues: `malformed`, `duplicate-key`, `too-large` (with the book in `path`), `older-version`,
 * `shrunk` without the feature.
 */
export async function buildRelease(draft: ReleaseDraft, signer: Signer): Promise<Result<ReleaseTexts>> {
  const { previous, stores, increaseWait } = draft
  if (previous && draft.version <= previous.signed.header.version)
    return refuse('older-version', { have: draft.version, need: previous.signed.header.version + 1 })
  const books: { [name: BookName]: Book } = {}
  const rows: Row[] = []
  const options: { [name: string]: string | number } = { ...draft.options }
  if (stores) options['stores'] = stores.join()
  if (increaseWait !== undefined) options['increase-wait'] = increaseWait
  for (const name of Object.keys(options)) {
    if (name.indexOf('/') >= 0) return refuse('invalid', { path: `options.${name}` })
    rows.push([name, options[name] as string | number])
  }
  for (const name of Object.keys(draft.books)) {
    if (!/^[^/]+\/[^/]/.test(name)) return refuse('invalid', { path: `books.${name}` })
    const book = buildBook(draft.books[name] as readonly Row[], kindOf(name))
    if (!book.ok) return { ok: false, issues: book.issues.map((issue) => ({ ...issue, path: `${name} ${issue.path || ''}` })) }
    books[name] = book.value
    rows.push([name, bookRoot(book.value)])
  }
  const release = buildBook(rows, 'release')
  if (!release.ok) return release
  const { brand, version, validFrom, refreshAfter, expiresAt, kid, features = [] } = draft
  const signed = await signHeader(
    {
      brand,
      kind: 'release',
      scope: releaseScope,
      version,
      validFrom,
      refreshAfter,
      expiresAt,
      kid,
      features,
      rootHash: bookRoot(release.value),
      prev: previous ? asciiHash('head', previous.signed.text) : '',
    },
    signer,
  )
  if (!signed.ok) return signed
  const texts: ReleaseTexts = { signed: signed.value, release: release.value, books }
  const checked = checkStated(texts, signed.value.header, { held: previous })
  return checked.ok ? accept(texts) : checked
}

/** Signs a header. `malformed` when a field has no legal spelling. */
export async function signHeader(header: Header, signer: Signer): Promise<Result<SignedHeader>> {
  const text = headerText(header)
  const read = readHeader(text)
  if (!read.ok) return read
  return accept({ header: read.value, text, signature: toBase64url(await signer(signInput('head', text))) })
}
