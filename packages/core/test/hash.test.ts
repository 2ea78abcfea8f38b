import { createHash } from 'node:crypto'
import { fromBase64url, fromUtf8, hash, sha256, toBase64url, utf8 } from '@omokit/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha512 } from '../src/sha512'

const node = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('sha256', () => {
  it('equals the platform for every length up to 300 and for 1 MB', () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255)
      expect(hex(sha256(bytes))).toBe(node(bytes))
    }
    const large = new Uint8Array(1_000_000).fill(7)
    expect(hex(sha256(large))).toBe(node(large))
  })

  it('hashes a text under its tag and byte length', () => {
    const text = '再买 12.00 元'
    const bytes = Buffer.from(text)
    const expected = createHash('sha256').update(`omokit.fact\n${bytes.length}\n`).update(bytes).digest('base64url')
    expect(hash('fact', text)).toBe(expected)
  })
})

describe('sha512', () => {
  const platform = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')

  it('equals the platform for every length up to 600, for 3,000 random texts and for 1 MB', () => {
    for (let length = 0; length <= 600; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255)
      expect(hex(sha512(bytes))).toBe(platform(bytes))
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => hex(sha512(bytes)) === platform(bytes)),
      { numRuns: 3000 },
    )
    const large = new Uint8Array(1_000_000).fill(7)
    expect(hex(sha512(large))).toBe(platform(large))
  })

  it('gives what RFC 6234 states', () => {
    expect(hex(sha512(utf8('abc')))).toBe(
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    )
    expect(hex(sha512(new Uint8Array(0)))).toBe(
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    )
  })
})

describe('utf8', () => {
  it('agrees with the platform on any text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = utf8(text)
        expect(hex(bytes)).toBe(hex(new TextEncoder().encode(text)))
        expect(fromUtf8(bytes)).toBe(new TextDecoder().decode(bytes))
      }),
    )
    expect(hex(utf8('\ud800x'))).toBe(hex(new TextEncoder().encode('\ud800x')))
  })

  it('refuses bytes that are not well formed', () => {
    for (const bad of [[0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xe4, 0xb8]]) {
      expect(fromUtf8(Uint8Array.from(bad))).toBeUndefined()
    }
  })
})

describe('base64url', () => {
  it('goes both ways and has one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = toBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(fromBase64url(text)).toEqual(bytes)
      }),
    )
    expect(fromBase64url('AB')).toBeUndefined()
    expect(fromBase64url('A')).toBeUndefined()
    expect(fromBase64url('A+')).toBeUndefined()
  })
})
