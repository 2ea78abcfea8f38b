import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barredIn, bundle, clientEntries, gzipBytes, newerThanEs2017, sizeFaults } from './bundles'
import ceilings from './ceilings.json' with { type: 'json' }

const entries = clientEntries().filter(({ file }) => existsSync(file))
const codes: Record<string, string> = {}

beforeAll(async () => {
  for (const { id, file } of entries) codes[id] = await bundle(file)
}, 60_000)

describe('what a client gets', () => {
  it('names nothing a mini-program lacks, where it runs everywhere', () => {
    const found = entries.filter(({ everywhere }) => everywhere).flatMap(({ id }) => barredIn(codes[id] as string).map((name) => `${id}: ${name}`))
    expect(entries.filter(({ everywhere }) => everywhere).length).toBeGreaterThan(15)
    expect(found).toEqual([])
  })

  it('is ES2017', () => {
    // zod's own patterns name Unicode properties (ES2018); schemas run on servers and in tools only
    const schemas = /^@omokit\/core\/schema$/
    expect(entries.filter(({ id }) => !schemas.test(id)).flatMap(({ id }) => newerThanEs2017(codes[id] as string) ?? [])).toEqual([])
  })

  it('stays under the ceiling of its entry', () => {
    expect(sizeFaults(Object.fromEntries(entries.map(({ id }) => [id, gzipBytes(codes[id] as string)])), ceilings)).toEqual([])
  })
})

describe('the guard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omokit-bundles-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['export const host = globalThis.location'],
    ['export const big = BigInt(1)'],
    ['export const own = (o) => Object.hasOwn(o, "a")'],
    ['export const made = (rows) => Object.fromEntries(rows)'],
    ['export const bytes = (text) => new TextEncoder().encode(text)'],
    ['export const host = (text) => new URL(text).host'],
    ['export const copy = (o) => structuredClone(o)'],
    ['export const mode = process.env.MODE'],
    ['export const here = import.meta.url'],
  ])('sees %s', async (source) => {
    const file = join(folder, 'planted.js')
    writeFileSync(file, source)
    // import.meta is emptied below ES2020 and would be missed as a name: the source itself is looked at
    const code = source.includes('import.meta') ? source : await bundle(file)
    expect(barredIn(code)).toHaveLength(1)
  })

  it('sees syntax after ES2017', () => {
    expect(newerThanEs2017('export const a = { ...b }')).toBeDefined()
    expect(newerThanEs2017('export const a = b?.c')).toBeDefined()
    expect(newerThanEs2017('export const a = async () => await b')).toBeUndefined()
  })

  it('sees an entry that grew, a new one and one that went', () => {
    expect(sizeFaults({ grown: 101, held: 100, fresh: 1 }, { grown: 100, held: 100, gone: 5 })).toEqual([
      'grown: 101 B over its ceiling of 100 B',
      'fresh: no ceiling, 1 B now',
      'gone: a ceiling without an entry',
    ])
  })
})
