import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hash } from '@omokit/core'
import { applyDelta, bookRoot, bucketOf, buildBook, buildRelease, deltaOf, pack, readDelta, unpack, verifyBook, verifyRelease } from '@omokit/core/documents'
import type { Book, ExpectedRelease, ReleaseTexts, Row, SigningKey } from '@omokit/core/documents'
import { createPureCrypto } from '@omokit/core/ed25519'
import { describe, expect, it } from 'vitest'
import { nodeCrypto } from './documents-signing-key'

interface Golden {
  readonly key: string
  readonly kid: string
  readonly fnv: readonly [string, number, number, number, number, number, number][]
  readonly h: readonly [string, string, string][]
  readonly books: Readonly<Record<string, Book & { hash: string; lengths: number[]; sha256: string }>>
  readonly head: Readonly<Record<string, string>>
  readonly large: { readonly from: readonly [string, string]; readonly changed: Row; readonly delta: string }
}

const file = (name: string): string => readFileSync(fileURLToPath(new URL(`../vectors/documents/${name}`, import.meta.url)), 'ascii')
const golden = JSON.parse(file('golden.json')) as Golden
const key: SigningKey = { kid: golden.kid, key: golden.key, state: 'active' }
const expected: ExpectedRelease = { brand: 'acme', keys: [key], crypto: nodeCrypto }

/** The rule of the synthetic rows, as `golden.json` states it. */
const synthetic = (count: number): Row[] =>
  Array.from({ length: count }, (_, i): Row => {
    const row: (string | number)[] = [100 + ((i * 37) % 9973)]
    if (i % 5 === 0) row.push((row[0] as number) + 500)
    if (i % 10 === 0) row.push(1_795_500_000 + i)
    if (i % 50 === 0) row.push(`fresh,t${i % 7}`)
    return [`690${String(i * 7919).padStart(10, '0')}`, ...row]
  })

function value<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(JSON.stringify(result))
  return result.value
}

const golden3 = (version: number): ReleaseTexts => value(unpack(file(`release-${version}.txt`)))

describe('the document format equals the golden files of a second program', () => {
  it('in hashes and bucket numbers', () => {
    for (const [tag, text, name] of golden.h) expect(hash(tag, text)).toBe(name)
    for (const [text, , mixed, ...numbers] of golden.fnv) {
      expect([1, 7, 10, 16].map((bits) => bucketOf(text, bits))).toEqual(numbers)
      expect(mixed >>> 16).toBe(bucketOf(text, 16))
      expect(bucketOf(text, 0)).toBe(0)
    }
  })

  it('in every chunk of books of 0, 1 and 130 rows', () => {
    for (const count of [0, 1, 130]) {
      const { hash: name, ...chunks } = golden.books[count] as Book & { hash: string }
      const book = value(buildBook(synthetic(count).reverse(), 'price'))
      expect(book).toEqual(chunks)
      expect(bookRoot(book)).toBe(name)
      expect(value(verifyBook(book, name, 'price')).rows).toBe(count)
    }
  })

  it('in the chunks of 10,000 rows', () => {
    const made = golden.books[10000] as (typeof golden.books)[string]
    const book = value(buildBook(synthetic(10_000), 'price'))
    expect(book.root).toBe(made.root)
    expect(bookRoot(book)).toBe(made.hash)
    expect(book.index.map((part) => hash('index', part))).toEqual(made.index)
    expect(book.buckets.map((bucket) => bucket.length)).toEqual(made.lengths)
    expect(createHash('sha256').update(book.buckets.join('')).digest('hex')).toBe(made.sha256)
    expect(value(verifyBook(book, made.hash, 'price')).rows).toBe(10_000)
  })

  it('in packs, signed by a second Ed25519', async () => {
    for (const version of [1042, 1043, 1044]) {
      const release = golden3(version)
      expect(pack(release)).toBe(file(`release-${version}.txt`))
      for (const crypto of [nodeCrypto, createPureCrypto()]) expect((await verifyRelease(release, { ...expected, crypto })).ok).toBe(true)
    }
    expect(golden3(1043).signed.header.prev).toBe(golden.head[1042])
    expect(hash('head', golden3(1043).signed.text)).toBe(golden.head[1043])
  })

  it('in a release built from the same rows', async () => {
    const made = golden3(1042)
    const books = {
      'price/base': synthetic(130),
      'rules/base': [
        ['full-50', '{"kind":"promotion","name":"满50减5"}'],
        ['gold', '{"kind":"coupon"}'],
      ] as Row[],
    }
    const draft = {
      brand: 'acme',
      version: 1042,
      validFrom: 1_795_334_400,
      refreshAfter: 1_795_338_000,
      expiresAt: 1_795_939_200,
      kid: 'k7',
      books,
      options: { currency: 'CNY' },
    }
    const built = value(await buildRelease(draft, () => Promise.resolve(Buffer.from(made.signed.signature, 'base64url'))))
    expect(pack(built)).toBe(file('release-1042.txt'))
  })

  it('in deltas, one step and two, as written and as applied', () => {
    for (const [from, to] of [
      [1042, 1043],
      [1043, 1044],
      [1042, 1044],
    ] as const) {
      const message = file(`delta-${from}-${to}.txt`)
      expect(value(deltaOf(golden3(from), golden3(to)))).toBe(message)
      expect(pack(value(applyDelta(golden3(from), value(readDelta(message)))))).toBe(file(`release-${to}.txt`))
    }
  })

  it('in one changed row of 10,000, which is at most 400 bytes as a server-sent event', async () => {
    const [text, signature] = golden.large.from
    const draft = {
      brand: 'acme',
      version: 1,
      validFrom: 1_795_334_400,
      refreshAfter: 1_795_338_000,
      expiresAt: 1_795_939_200,
      kid: 'k7',
      books: { 'price/base': synthetic(10_000) },
    }
    const base = value(await buildRelease(draft, () => Promise.resolve(Buffer.from(signature, 'base64url'))))
    expect(base.signed.text).toBe(text)
    const next = value(applyDelta(base, value(readDelta(golden.large.delta))))
    expect((await verifyRelease(next, expected)).ok).toBe(true)
    expect(value(deltaOf(base, next))).toBe(golden.large.delta)
    expect(`id: 2\nevent: d\ndata: ${golden.large.delta.split('\n').join('\ndata: ')}\n\n`.length).toBeLessThanOrEqual(400)
  })
})
