import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hash, toBase64url } from '@omokit/core'
import type { Crypto, Result } from '@omokit/core'
import {
  applyDelta,
  bookRoot,
  bucketOf,
  buildBook,
  buildRelease,
  deltaOf,
  headerText,
  pack,
  proofOf,
  readDelta,
  readHeader,
  releaseScope,
  signHeader,
  signInput,
  unpack,
  verifyBook,
  verifyProof,
  verifyRelease,
  verifySigned,
} from '@omokit/core/documents'
import type { Book, ExpectedRelease, Header, ReleaseTexts, Row } from '@omokit/core/documents'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bookOfBuckets } from '../src/documents/book'
import { nodeCrypto, signingKey } from './documents-signing-key'

const { key, signer } = signingKey('k7')
const expected: ExpectedRelease = { brand: 'acme', keys: [key], crypto: nodeCrypto }
const times = { validFrom: 1_795_334_400, refreshAfter: 1_795_338_000, expiresAt: 1_795_939_200 }

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}
const file = (name: string): string => readFileSync(fileURLToPath(new URL(`../vectors/documents/${name}`, import.meta.url)), 'ascii')
const code = (result: Result<unknown>): string | undefined => (result.ok ? undefined : result.issues[0]?.code)
const rows = (count: number, add = 0): Row[] => Array.from({ length: count }, (_, i): Row => [`690${String(i * 7919).padStart(10, '0')}`, 1000 + i + add])
const build = async (version: number, count = 300, more: Partial<Parameters<typeof buildRelease>[0]> = {}): Promise<ReleaseTexts> =>
  value(await buildRelease({ brand: 'acme', version, kid: 'k7', books: { 'price/base': rows(count) }, ...times, ...more }, signer))

/** Signs whatever chunks it is given, as a publisher with a defect would. */
async function signed(book: Book, header: Partial<Header> = {}): Promise<ReleaseTexts> {
  const release = value(buildBook([['price/base', bookRoot(book)]], 'release'))
  const head: Header = {
    brand: 'acme',
    kind: 'release',
    scope: releaseScope,
    version: 1,
    rootHash: bookRoot(release),
    prev: '',
    kid: 'k7',
    features: [],
    ...times,
    ...header,
  }
  return { signed: value(await signHeader(head, signer)), release, books: { 'price/base': book } }
}

/** The buckets of these row texts, whatever they say. */
const bucketsOf = (texts: readonly string[], bits: number): string[] => {
  const split: string[][] = Array.from({ length: 2 ** bits }, () => [])
  for (const text of texts) split[bucketOf(text.slice(2, text.indexOf('"', 2)), bits)]?.push(text)
  return split.map((each) => `[${each.join(',\n')}]`)
}

describe('a book', () => {
  const book = value(buildBook(rows(300), 'price'))
  const other = value(buildBook(rows(300, 1), 'price'))
  const root = bookRoot(book)
  const swap = (list: readonly string[], at: number, text: string): string[] => list.map((each, i) => (i === at ? text : each))

  it('is refused when an index stands for a bucket or a root for an index', () => {
    expect(code(verifyBook({ ...book, buckets: swap(book.buckets, 0, book.index[0] as string) }, root, 'price'))).toBe('bad-hash')
    expect(code(verifyBook({ ...book, index: swap(book.index, 0, book.root) }, root, 'price'))).toBe('bad-hash')
    expect(code(verifyBook({ root: book.index[0] as string, index: book.index, buckets: book.buckets }, hash('index', book.index[0] as string), 'price'))).toBe(
      'malformed',
    )
    for (const tag of ['root', 'bucket']) expect(hash(tag, book.index[0] as string)).not.toBe(hash('index', book.index[0] as string))
  })

  it('is refused with an old bucket, an old index or two buckets swapped', () => {
    expect(code(verifyBook({ ...book, buckets: swap(book.buckets, 1, other.buckets[1] as string) }, root, 'price'))).toBe('bad-hash')
    expect(code(verifyBook({ ...book, index: swap(book.index, 0, other.index[0] as string) }, root, 'price'))).toBe('bad-hash')
    const [a, b, ...rest] = book.buckets as [string, string, ...string[]]
    expect(code(verifyBook({ ...book, buckets: [b, a, ...rest] }, root, 'price'))).toBe('bad-hash')
    expect(code(verifyBook({ ...other, root: book.root }, root, 'price'))).toBe('bad-hash')
  })

  it('is refused with a bucket or an index part too few or too many', () => {
    expect(code(verifyBook({ ...book, buckets: book.buckets.slice(1) }, root, 'price'))).toBe('malformed')
    expect(code(verifyBook({ ...book, buckets: [...book.buckets, '[]'] }, root, 'price'))).toBe('malformed')
    expect(code(verifyBook({ ...book, index: [] }, root, 'price'))).toBe('malformed')
  })

  it('is refused over its caps before it is hashed', () => {
    const buckets = bucketsOf([`["a",1,0,0,"${'x'.repeat(66_000)}"]`], 0)
    const huge = { ...bookOfBuckets(0, ['[]']), buckets }
    expect(code(verifyBook(huge, bookRoot(huge), 'price'))).toBe('too-large')
    expect(code(verifyBook({ ...book, root: `${book.root}${' '.repeat(600_000)}` }, root, 'price'))).toBe('malformed')
    expect(code(unpack('x'.repeat(50_000_001)))).toBe('too-large')
    expect(code(readDelta('x'.repeat(190_001)))).toBe('too-large')
    expect(code(readHeader('x'.repeat(2049)))).toBe('too-large')
  })

  it('gets more bits when chosen keys flood a bucket, and is not built when that does not help', () => {
    const flood: Row[] = []
    for (let i = 0; flood.length < 1200; i++) if (bucketOf(`k${i}`, 8) < 1) flood.push([`k${i}`, 1])
    const made = value(buildBook(flood.concat(rows(300)), 'price'))
    expect(made.buckets.length).toBeGreaterThanOrEqual(512)
    const seen = new Map<number, string>()
    for (let i = 0; ; i++) {
      const number = bucketOf(`r${i}`, 16)
      const twin = seen.get(number)
      seen.set(number, `r${i}`)
      if (twin === undefined) continue
      expect(
        code(
          buildBook(
            [
              [twin, 'x'.repeat(40_000)],
              [`r${i}`, 'x'.repeat(40_000)],
            ],
            'rules',
          ),
        ),
      ).toBe('too-large')
      return
    }
  })

  it('gets more bits when its rows are long', () => {
    const long = Array.from({ length: 40 }, (_, i): Row => [`rule-${i}`, 'x'.repeat(20_000)])
    const made = value(buildBook(long, 'rules'))
    expect(made.buckets.length).toBeGreaterThan(8)
    expect(value(verifyBook(made, bookRoot(made), 'rules')).rows).toBe(40)
  })

  it('is refused for each wrong spelling of a row, even when correctly hashed', () => {
    const good = [
      '["a",1]',
      '["a",0]',
      '["a",1,2]',
      '["a",1,0,3]',
      '["a",1,2,3]',
      '["a",1,0,0,"t"]',
      '["a",10000000000000]',
      '["~!#$%&\'()*+,-./:;<=>?@^_`{|}",1]',
    ]
    const bad = [
      '["a"]',
      '["a",01]',
      '["a",1.0]',
      '["a",1e3]',
      '["a",-1]',
      '["a",-0]',
      '["a",10000000000001]',
      '["a",1,0]',
      '["a",1,2,0]',
      '["a",1,0,0]',
      '["a",1,0,0,""]',
      '["a",1,0,0,","]',
      '["a",1,0,0,"t",1]',
      '["a", 1]',
      '["a",1] ',
      ' ["a",1]',
      '["a",1,]',
      '["a","1"]',
      '["a",null]',
      '["a",true]',
      '["a",[1]]',
      '["a",{"b":1}]',
      '["\\u0061",1]',
      '["a b",1]',
      '["a\\"",1]',
      '["",1]',
      `["${'k'.repeat(65)}",1]`,
      '["a",1]\r',
      '\ufeff["a",1]',
      '["ä",1]',
      '["a",1,2,3,"a b"]',
      '["a",١]',
      '["a",1]\n',
      "['a',1]",
      '["a",1],\r\n["b",1]',
      '["a",1],["b",1]',
      'x',
      '',
    ]
    const verify = (text: string): Result<unknown> => {
      const made = bookOfBuckets(0, [`[${text}]`])
      return verifyBook(made, bookRoot(made), 'price')
    }
    for (const text of good) expect(verify(text).ok, text).toBe(true)
    for (const text of bad.filter((each) => each)) expect(code(verify(text)), text).toBe('malformed')
    const texts = ['["r","\\u6ee1"]', '["r","a\\"b"]', '["r",""]', '["r","a\\n"]', '["r",1,"x"]']
    const wrong = [
      '["r","\\u6EE1"]',
      '["r","\\u0061"]',
      '["r","\\u000a"]',
      '["r","\\/"]',
      '["r","满"]',
      '["r"]',
      '["r","a\tb"]',
      '["r","\\x41"]',
      '["r","\\u00e"]',
      '["r",1.5]',
    ]
    const verifyRule = (text: string): Result<unknown> => {
      const made = bookOfBuckets(0, [`[${text}]`])
      return verifyBook(made, bookRoot(made), 'rules')
    }
    for (const text of texts) expect(verifyRule(text).ok, text).toBe(true)
    for (const text of wrong) expect(code(verifyRule(text)), text).toBe('malformed')
  })

  it('refuses to be built from rows that have no legal spelling', () => {
    const bad: Row[] = [['a b', 1], ['', 1], ['a', -1], ['a', 1.5], ['a', 1e14], ['a', 1, 0], ['a', 'x'], ['a', Number.NaN], ['满', 1], ['a']]
    for (const row of bad) expect(code(buildBook([row], 'price')), JSON.stringify(row)).toBe('malformed')
    expect(
      code(
        buildBook(
          [
            ['a', 1],
            ['a', 2],
          ],
          'price',
        ),
      ),
    ).toBe('duplicate-key')
  })
})

describe('a correctly signed book with a defect', () => {
  const texts = rows(300).map((row) => JSON.stringify(row))
  const right = bucketsOf(texts, 2)
  const wrongs: [string, Book][] = [
    [
      'a row twice',
      bookOfBuckets(
        2,
        right.map((bucket, i) =>
          i
            ? bucket
            : `[${bucket
                .slice(1, -1)
                .split(',\n')
                .flatMap((row, at) => (at ? row : [row, row]))
                .join(',\n')}]`,
        ),
      ),
    ],
    [
      'unsorted rows',
      bookOfBuckets(
        2,
        right.map((bucket, i) => (i ? bucket : `[${bucket.slice(1, -1).split(',\n').reverse().join(',\n')}]`)),
      ),
    ],
    [
      'one key with two prices',
      bookOfBuckets(
        2,
        right.map((bucket, i) =>
          i
            ? bucket
            : `[${bucket
                .slice(1, -1)
                .split(',\n')
                .flatMap((row, at) => (at ? row : [row.replace(/,\d+\]/, ',1]'), row]))
                .join(',\n')}]`,
        ),
      ),
    ],
    ['a count that is not the rows', { ...bookOfBuckets(2, right), root: bookOfBuckets(2, right).root.replace(',300,', ',299,') }],
  ]

  it('is refused all the same', async () => {
    expect((await verifyRelease(await signed(bookOfBuckets(2, right)), expected)).ok).toBe(true)
    for (const [what, book] of wrongs) expect(code(await verifyRelease(await signed(book), expected)), what).toBe('malformed')
  })

  it('is refused for every misplaced row', async () => {
    let refused = 0
    for (let at = 0; at < texts.length; at += 2) {
      const text = texts[at] as string
      const home = bucketOf(text.slice(2, 15), 2)
      const away = (home + 1 + (at % 3)) % 4
      const split = bucketsOf(
        texts.filter((each) => each !== text),
        2,
      ).map((bucket, i) => (i === away ? `[${bucket.slice(1, -1).split(',\n').concat(text).sort().join(',\n')}]` : bucket))
      const book = bookOfBuckets(2, split)
      if (code(verifyBook(book, bookRoot(book), 'price')) === 'malformed') refused++
    }
    expect(refused).toBe(150)
  })
})

describe('a signed header', () => {
  const ask = async (header: Partial<Header>, more: Partial<ExpectedRelease> = {}): Promise<string | undefined> => {
    const book = value(buildBook(rows(3), 'price'))
    return code(await verifySigned((await signed(book, header)).signed, { kind: 'release', scope: 'all', ...expected, ...more }))
  }

  it('is refused for another brand, kind, scope or key, whatever it says itself', async () => {
    expect(await ask({})).toBeUndefined()
    expect(await ask({ brand: 'other' })).toBe('brand-mismatch')
    expect(await ask({ kind: 'price' })).toBe('wrong-scope')
    expect(await ask({ scope: 'cn/sh' })).toBe('wrong-scope')
    expect(await ask({ kid: 'k8' })).toBe('unknown-key-id')
    expect(await ask({}, { keys: [{ ...key, state: 'revoked' }] })).toBe('unknown-key-id')
    expect(await ask({}, { keys: [{ ...key, key: 'short' }] })).toBe('unknown-key-id')
    expect(await ask({}, { keys: [signingKey('k7').key] })).toBe('bad-signature')
  })

  it('is refused when older, equivocal or too far ahead', async () => {
    const book = value(buildBook(rows(3), 'price'))
    const held = await signed(book, { version: 100 })
    const floor = { version: 100, head: hash('head', held.signed.text), kid: 'k7' }
    for (let back = 1; back <= 99; back++) expect(await ask({ version: 100 - back }, { floor })).toBe('older-version')
    expect(await ask({ version: 100 }, { floor })).toBeUndefined()
    expect(await ask({ version: 100, validFrom: 5 }, { floor })).toBe('equivocation')
    expect(await ask({ version: 101 }, { floor })).toBeUndefined()
    expect(await ask({ version: 1_000_100 }, { floor })).toBeUndefined()
    expect(await ask({ version: 1_000_101 }, { floor })).toBe('fast-forward')
  })

  it('is refused after its end and with a feature this version does not know', async () => {
    expect(await ask({}, { now: times.expiresAt * 1000 - 1 })).toBeUndefined()
    expect(await ask({}, { now: times.expiresAt * 1000 })).toBe('expired-release')
    expect(await ask({ features: ['shrink'] })).toBeUndefined()
    expect(await ask({ features: ['shrink', 'teleport'] })).toBe('unknown-feature')
  })

  it('has one spelling', () => {
    const header: Header = { brand: 'acme', kind: 'release', scope: 'all', version: 7, rootHash: hash('root', ''), prev: '', kid: 'k7', features: [], ...times }
    const text = headerText(header)
    expect(value(readHeader(text))).toEqual(header)
    const bad = [
      `${text} `,
      ` ${text}`,
      `${text}\n`,
      text.replace('"acme"', '"\\u0061cme"'),
      text.replace(',7,', ',7.0,'),
      text.replace(',7,', ',07,'),
      text.replace(',7,', ',7e0,'),
      text.replace(',7,', ',9007199254740993,'),
      text.replace(/\]$/, ',[]]'),
      text.replace(/\]$/, ',["b","a"]]'),
      text.replace(/\]$/, ',["a","a"]]'),
      text.replace('omokit1', 'omokit2'),
      text.replace('"acme"', '"a b"'),
      text.replace('"acme"', `"${'a'.repeat(33)}"`),
      text.replace(/.",""/, 'B",""'),
      text.replace(',7,', ',null,'),
      text.replace(String(times.expiresAt), String(times.validFrom)),
      text.replace(String(times.refreshAfter), String(times.expiresAt + 1)),
      '',
      '[]',
      'null',
    ]
    for (const each of bad) expect(code(readHeader(each)), each).toBe('malformed')
  })

  it('cannot borrow a signature made for something else', async () => {
    const { text } = (await signed(value(buildBook(rows(3), 'price')))).signed
    for (const message of [signInput('root', text), Buffer.from(text), Buffer.from(`omokit.envelope\n${text.length}\n${text}`)]) {
      const signature = toBase64url(await signer(message))
      expect(code(await verifySigned({ text, signature }, { kind: 'release', scope: 'all', ...expected }))).toBe('bad-signature')
    }
  })
})

describe('a release', () => {
  it('may not become empty or more than 30 % smaller without saying so', async () => {
    const held = await build(1, 100)
    const sizes: [number, string | undefined][] = [
      [70, undefined],
      [69, 'shrunk'],
      [1, 'shrunk'],
      [200, undefined],
    ]
    for (const [count, refusal] of sizes) {
      const next = await build(2, count)
      expect(code(await verifyRelease(next, { ...expected, held }))).toBe(refusal)
      const meant = await build(2, count, { features: ['shrink'] })
      expect(code(await verifyRelease(meant, { ...expected, held }))).toBeUndefined()
    }
    const gone = await build(2, 100, { books: { 'rules/base': [['r', 'x']] } })
    expect(code(await verifyRelease(gone, { ...expected, held }))).toBe('shrunk')
    const draft = { brand: 'acme', version: 2, kid: 'k7', ...times }
    expect(code(await buildRelease({ ...draft, books: { 'price/base': [] } }, signer))).toBe('shrunk')
    expect(code(await buildRelease({ ...draft, books: {} }, signer))).toBe('shrunk')
    expect(code(await buildRelease({ ...draft, previous: held, books: { 'price/base': rows(10) } }, signer))).toBe('shrunk')
    expect(code(await buildRelease({ ...draft, version: 1, previous: held, books: { 'price/base': rows(100) } }, signer))).toBe('older-version')
  })

  it('is refused with a book too few, too many or of another release', async () => {
    const one = await build(1, 100, { books: { 'price/base': rows(100), 'rules/base': [['r', 'x']] } })
    const two = await build(2, 100, { books: { 'price/base': rows(100, 1), 'rules/base': [['r', 'y']] } })
    const price = one.books['price/base'] as Book
    expect(code(await verifyRelease({ ...one, books: { 'price/base': price } }, expected))).toBe('base-lost')
    expect(code(await verifyRelease({ ...one, books: { 'price/base': price } }, { ...expected, wanted: (name) => name === 'price/base' }))).toBeUndefined()
    expect(code(await verifyRelease({ ...one, books: { ...one.books, 'price/extra': price } }, expected))).toBe('bad-hash')
    expect(code(await verifyRelease({ ...two, books: { ...two.books, 'price/base': price } }, expected))).toBe('bad-hash')
    expect(code(await verifyRelease({ ...two, release: one.release }, expected))).toBe('bad-hash')
  })

  it('is refused by a publisher for book and option names that cannot be told apart', async () => {
    const draft = { brand: 'acme', version: 1, kid: 'k7', ...times, books: { 'price/base': rows(1) } }
    expect(code(await buildRelease({ ...draft, options: { 'price/x': 1 } }, signer))).toBe('invalid')
    expect(code(await buildRelease({ ...draft, books: { price: rows(1) } }, signer))).toBe('invalid')
    expect(code(await buildRelease({ ...draft, brand: 'a b' }, signer))).toBe('malformed')
  })

  it('inherits nothing from hostile names', async () => {
    const hostile = await build(1, 1, {
      books: {
        'price/base': [
          ['__proto__', 5],
          ['constructor', 6],
        ],
        '__proto__/x': [['r', 'x']],
      },
    })
    const read = value(await verifyRelease(value(unpack(pack(hostile))), expected))
    expect(Object.keys(read.books).sort()).toEqual(['__proto__/x', 'price/base'])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('the sections of a pack', () => {
  const text = file('release-7.txt')
  const [, count = '', first = '', rest = ''] = /#release (\d+) (\d+)(,\S*)/.exec(text) ?? []
  const opening = `#release ${count} ${first}${rest}`

  it.each([
    ['a count with a zero before it', text.replace(opening, `#release 0${count} ${first}${rest}`)],
    ['a count that is not the lengths', text.replace(opening, `#release ${Number(count) + 1} ${first}${rest}`)],
    ['a length with a zero before it', text.replace(opening, `#release ${count} 0${first}${rest}`)],
    ['no length between two commas', text.replace(opening, `#release ${Number(count) + 1} ${first},${rest}`)],
    ['a length beyond the end', text.replace(opening, `#release ${count} ${first}99999999${rest}`)],
    ['no name', `${text}# 1 0\n\n`],
    ['the same name twice', text + text.slice(text.indexOf('#release'))],
    ['no last newline', text.slice(0, -1)],
    ['a newline more', `${text}\n`],
    ['no signature line', text.slice(0, text.indexOf('\n'))],
  ])('have one spelling: %s is refused', (_, bent) => {
    expect(bent).not.toBe(text)
    expect(code(unpack(text))).toBe(undefined)
    expect(code(unpack(bent))).toBe('malformed')
  })
})

describe('every flipped bit', () => {
  const golden = JSON.parse(file('golden.json')) as { key: string; kid: string }
  const known = new Map<string, boolean>()
  /** Most flips leave header and signature alone: asking the platform once is enough. */
  const remembering: Crypto = {
    ...nodeCrypto,
    async verify(publicKey, signature, message) {
      const name = Buffer.concat([signature, message]).toString('latin1')
      const answer = known.get(name) ?? (await nodeCrypto.verify(publicKey, signature, message))
      known.set(name, answer)
      return answer
    },
  }
  const ask: ExpectedRelease = { brand: 'acme', keys: [{ kid: golden.kid, key: golden.key, state: 'active' }], crypto: remembering }
  const flips = function* (text: string): Generator<string> {
    for (let i = 0; i < text.length; i++)
      for (let bit = 0; bit < 8; bit++) yield text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << bit)) + text.slice(i + 1)
  }

  it('of header, signature, root, index and bucket is refused', async () => {
    const text = file('release-7.txt')
    expect((await verifyRelease(value(unpack(text)), ask)).ok).toBe(true)
    let tried = 0
    let accepted = 0
    for (const bent of flips(text)) {
      tried++
      const read = unpack(bent)
      if (read.ok && (await verifyRelease(read.value, ask)).ok) accepted++
    }
    expect([tried, accepted]).toEqual([text.length * 8, 0])
  })

  it('of a delta is refused', async () => {
    const base = value(unpack(file('release-1042.txt')))
    const text = file('delta-1042-1043.txt')
    let accepted = 0
    for (const bent of flips(text)) {
      const delta = readDelta(bent)
      const applied = delta.ok ? applyDelta(base, delta.value) : delta
      if (applied.ok && (await verifySigned(applied.value.signed, { kind: 'release', scope: 'all', ...ask })).ok) accepted++
    }
    expect(accepted).toBe(0)
  })

  it('of the proof of a row is refused', async () => {
    const release = value(unpack(file('release-7.txt')))
    const found = '6900000000000'
    const proof = value(proofOf(release, 'price/base', found))
    expect(value(await verifyProof(proof, ask, 'price/base', found))).toEqual([found, 100, 600, 1_795_500_000, 'fresh,t0'])
    expect(value(await verifyProof(value(proofOf(release, 'price/base', '6900000000001')), ask, 'price/base', '6900000000001'))).toBeUndefined()
    expect(code(await verifyProof(proof, ask, 'price/other', found))).toBe('malformed')
    expect(code(proofOf(release, 'price/other', found))).toBe('not-found')
    let accepted = 0
    for (const bent of flips(proof)) if ((await verifyProof(bent, ask, 'price/base', found)).ok) accepted++
    expect(accepted).toBe(0)
  })
})

describe('deltas', () => {
  const keys = fc.nat(400).map((i) => `690${String(i * 7919).padStart(10, '0')}`)
  const edits = fc.array(fc.tuple(keys, fc.option(fc.nat(1e6))), { maxLength: 12 })

  it('give the same bytes as the book published whole, for any edits that keep the number of buckets', async () => {
    await fc.assert(
      fc.asyncProperty(edits, edits, async (first, second) => {
        const state = new Map(rows(300).map((row) => [row[0], row[1] as number]))
        const publish = async (version: number): Promise<ReleaseTexts> =>
          build(version, 0, { books: { 'price/base': [...state], 'rules/base': [['v', String(version % 2)]] } })
        const apply = (list: readonly (readonly [string, number | null])[]): void =>
          list.forEach(([sku, price]) => (price === null ? state.delete(sku) : state.set(sku, price)))
        const one = await publish(1)
        apply(first)
        const two = await publish(2)
        apply(second)
        const three = await publish(3)
        const step = (from: ReleaseTexts, to: ReleaseTexts): ReleaseTexts => value(applyDelta(from, value(readDelta(value(deltaOf(from, to))))))
        expect(pack(step(one, two))).toBe(pack(two))
        expect(pack(step(step(one, two), three))).toBe(pack(three))
        expect(pack(step(one, three))).toBe(pack(three))
        // a delta lost: the next one does not fit, and says so
        const late = applyDelta(one, value(readDelta(value(deltaOf(two, three)))))
        if (pack(one) !== pack(two) && late.ok) expect(pack(late.value)).toBe(pack(three))
        if (!late.ok) expect(code(late)).toBe('base-lost')
      }),
      { numRuns: 60 },
    )
  })

  it('say when a book changed its number of buckets, and when the message would be too long', async () => {
    const one = await build(1, 128)
    expect(code(deltaOf(one, await build(2, 129)))).toBe('base-lost')
    const large = await build(3, 20_000)
    const all = await build(4, 20_000, { books: { 'price/base': rows(20_000, 1) } })
    expect(code(deltaOf(large, all))).toBe('too-large')
  })

  it('leave out books the reader does not hold but state their roots', async () => {
    const books = (add: number): Readonly<Record<string, Row[]>> => ({
      'price/base': rows(50, add),
      'price/store-1': rows(5, add),
      'price/store-2': rows(5, add),
    })
    const mine = (name: string): boolean => name !== 'price/store-2'
    const one = await build(1, 0, { books: books(0) })
    const two = await build(2, 0, { books: books(1) })
    const partial = value(unpack(pack(one, mine)))
    expect((await verifyRelease(partial, { ...expected, wanted: mine })).ok).toBe(true)
    const message = value(deltaOf(one, two, mine))
    expect(message).not.toContain('#price/store-2')
    const applied = value(applyDelta(partial, value(readDelta(message))))
    expect((await verifyRelease(applied, { ...expected, wanted: mine })).ok).toBe(true)
    expect(pack(applied)).toBe(pack(two, mine))
  })

  it('are refused with rows out of order, twice, of no book, or stating a root against the rows', async () => {
    const one = await build(1, 50)
    const two = await build(2, 50, { books: { 'price/base': rows(50).map((row, i): Row => (i < 2 ? [row[0], 7] : row)) } })
    const lines = value(deltaOf(one, two)).split('\n')
    const [head, signature, name, a, b] = lines as [string, string, string, string, string]
    const bad = [
      [head, signature, name, b, a],
      [head, signature, name, a, a, b],
      [head, signature, a, b],
      [head, signature, name, a, b, name, a],
      [head, signature, name, a, b, ''],
      [head, signature, '#nothing', a],
      [head],
      [head, ''],
      [head, signature, name, a],
      [head, signature, '#release', `["price/base","${hash('root', '')}"]`],
      [head, signature, name, a, b, '#price/new', '["x",1]'],
    ]
    for (const each of bad) {
      const delta = readDelta(each.join('\n'))
      const applied = delta.ok ? applyDelta(one, delta.value) : delta
      expect(['malformed', 'base-lost']).toContain(code(applied))
    }
  })
})
