import type { Issue } from '../issues'

/** The header of a signed document; times are whole epoch seconds. Format: `docs/en/reference/documents`. */
export interface Header {
  readonly brand: string
  readonly kind: string
  readonly scope: string
  readonly version: number
  readonly validFrom: number
  readonly refreshAfter: number
  readonly expiresAt: number
  /** base64url SHA-256 of the root chunk, 43 characters. */
  readonly rootHash: string
  /** Hash of the previous header, "" for the first. */
  readonly prev: string
  readonly kid: string
  readonly features: readonly string[]
}

/** A header with the bytes that were signed. */
export interface SignedHeader {
  readonly header: Header
  readonly text: string
  /** base64url, 86 characters. */
  readonly signature: string
}

/** A book as chunks of text: rows in buckets, bucket names in index parts, part names in the root. */
export interface Book {
  readonly root: string
  readonly index: readonly string[]
  readonly buckets: readonly string[]
}

/** `key`, then the fields of the row; `[key]` alone deletes (delta only). */
export type Row = readonly [string, ...(string | number)[]]

/** A book of a release: `price/base`, `price/store-0042`, `rules/base`, `plan/base`, `overlay/…`. */
export type BookName = string

/** All that a release names, as texts, verified. */
export interface ReleaseTexts {
  readonly signed: SignedHeader
  /** The release's own small book: rows [book name, root hash] and options such as ["stores", "0042,0043"]. */
  readonly release: Book
  readonly books: Readonly<Record<BookName, Book>>
}

/** A public key that may sign releases. */
export interface SigningKey {
  readonly kid: string
  /** base64url, 32 bytes. */
  readonly key: string
  readonly state: 'active' | 'revoked'
}

/** State a consumer can see; at `expired` list prices stay and are flagged, promotions stop. */
export type ReleaseState = 'empty' | 'fresh' | 'stale' | 'expired'

/** Why a document was refused; the last good one stays. */
export type DocumentIssue = Issue
