import fc from 'fast-check'
import { encode } from 'uqr'
import { describe, expect, it } from 'vitest'
import type { SigningKey } from '@omokit/core/documents'
import { createUsedNonces, pack, unpack, verifyEnvelope } from '@omokit/core/envelope'
import type { Envelope, ExpectedEnvelope } from '@omokit/core/envelope'
import { fromBase45, toBase45 } from '../src/envelope/base45'
import { packText } from '../src/envelope/packed-text'
import { utf8 } from '../src/utf8'
import { nodeCrypto as crypto, signingKey } from './documents-signing-key'

const { key, signer } = signingKey('k7')
const keys: readonly SigningKey[] = [key]
const expiresAt = 1_795_334_400
const member: Envelope = { brand: 'acme', kid: 'k7', type: 'member-code', expiresAt, nonce: '0a0b0c0d', claims: { handle: '00112233445566ff' } }
const coupon: Envelope = { ...member, type: 'coupon', claims: { handle: member.claims.handle, coupon: 'spring30', item: 'i-4f2k9x7q1m' } }
const asked = (more: Partial<ExpectedEnvelope> = {}): ExpectedEnvelope => ({ brand: 'acme', type: 'member-code', keys, crypto, now: expiresAt * 1000, ...more })
const code = (result: { readonly ok: boolean }): string | undefined => (result as { issues?: { code: string }[] }).issues?.[0]?.code

describe('Base45', () => {
  it('spells the examples of RFC 9285', () => {
    expect(toBase45(utf8('AB'))).toBe('BB8')
    expect(toBase45(utf8('Hello!!'))).toBe('%69 VD92EX0')
    expect(toBase45(utf8('base-45'))).toBe('UJCLQE7W581')
    expect(fromBase45('QED8WEX0')).toEqual(utf8('ietf!'))
  })

  it('refuses values above the range, a lone character and foreign letters', () => {
    for (const text of ['GGW', ':::', '::', 'A', 'BB8A', 'bb8', 'B_8']) expect(fromBase45(text), text).toBeUndefined()
  })

  it('reads back every byte string', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 99 }), (bytes) => {
        expect(fromBase45(toBase45(bytes))).toEqual(bytes)
      }),
    )
  })
})

describe('packed envelope', () => {
  it('survives the way through a QR code and verifies offline', async () => {
    for (const envelope of [member, coupon, { ...coupon, claims: { ...coupon.claims, store: '0042' } }]) {
      const text = await pack(envelope, signer)
      expect(await verifyEnvelope(text, asked({ type: envelope.type }))).toEqual({ ok: true, value: envelope })
    }
  })

  it('fits QR version 6 at level M and never looks like a payment code', async () => {
    for (const envelope of [member, coupon]) {
      const text = await pack(envelope, signer)
      expect(encode(text, { ecc: 'M', boostEcc: false }).version).toBeLessThanOrEqual(6)
      expect(text).toMatch(/^O[0-9A-Z $%*+\-./:]+$/)
    }
  })

  it('carries optional fields and either letter case back unchanged', async () => {
    const word = fc.stringMatching(/^[!-~]{1,12}$/)
    const optional = fc.option(word, { nil: undefined })
    const any = fc.record({ brand: word, kid: word, coupon: optional, item: optional, store: optional, expiresAt: fc.nat(0xffffffff) })
    await fc.assert(
      fc.asyncProperty(any, async ({ brand, kid, expiresAt: end, ...words }) => {
        const claims = JSON.parse(JSON.stringify({ handle: member.claims.handle, ...words })) as Envelope['claims']
        const envelope: Envelope = { ...member, type: 'handoff', brand, kid, expiresAt: end, claims }
        const opened = unpack(await pack(envelope, () => Promise.resolve(new Uint8Array(64))))
        expect(opened.ok && opened.value.envelope).toEqual(envelope)
      }),
      { numRuns: 200 },
    )
  })

  it('is refused after any change of one bit and any other spelling', async () => {
    const text = await pack(coupon, signer)
    const bytes = fromBase45(text.slice(1)) as Uint8Array
    let accepted = 0
    let tried = 0
    const flips: string[] = []
    for (let i = 0; i < bytes.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const bent = bytes.slice()
        bent[i] = (bent[i] as number) ^ (1 << bit)
        flips.push(`O${toBase45(bent)}`)
      }
    }
    flips.push(text.toLowerCase(), `${text} `, ` ${text}`, text.slice(0, -1), text.slice(1), `${text}00`, `O${text}`)
    // the opened text is compared with its own spelling, so most flips never reach the signature: verify those that do
    for (const flip of flips) {
      tried++
      if ((await verifyEnvelope(flip, asked({ type: 'coupon' }))).ok) accepted++
    }
    expect(tried).toBeGreaterThan(700)
    expect(accepted).toBe(0)
  })

  it('has one spelling: what is read from whatever bytes is written as these very bytes', async () => {
    const head = fc.tuple(fc.oneof(fc.integer({ min: 16, max: 23 }), fc.nat(255)), fc.uint8Array({ minLength: 16, maxLength: 16 }))
    const letters = (alphabet: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength })
    const words = fc.oneof(
      letters('ab0-. ', 24).map(packText),
      letters('abAB~ ', 24).map((text) => Array.from(utf8(text))),
      fc.uint8Array({ maxLength: 24 }).map((bytes) => Array.from(bytes)),
      // values at and above the end of the range, and spaces packed at the end
      fc.tuple(letters('ab ', 9).map(packText), fc.constantFrom([], [0xf9, 0xff], [0xfa, 0], [0xff, 0xff], [0, 0], [0, 0, 0, 0], [0])).map((two) => two.flat()),
    )
    let read = 0
    await fc.assert(
      fc.asyncProperty(head, words, async ([tag, middle], rest) => {
        const text = `O${toBase45(Uint8Array.from([tag, ...middle, ...rest, ...new Uint8Array(64)]))}`
        const opened = unpack(text)
        if (!opened.ok) return
        read++
        expect(await pack(opened.value.envelope, () => Promise.resolve(new Uint8Array(64)))).toBe(text)
      }),
      { numRuns: 20_000 },
    )
    expect(read).toBeGreaterThan(200)
  })

  it('says why it refuses', async () => {
    const text = await pack(member, signer)
    expect(code(await verifyEnvelope('O', asked()))).toBe('bad-token')
    expect(code(await verifyEnvelope(text, asked({ type: 'session' })))).toBe('bad-token')
    expect(code(await verifyEnvelope(text, asked({ brand: 'other' })))).toBe('brand-mismatch')
    expect(code(await verifyEnvelope(text, asked({ keys: [{ ...key, state: 'revoked' }] })))).toBe('unknown-key-id')
    expect(code(await verifyEnvelope(await pack(member, () => Promise.resolve(new Uint8Array(64))), asked()))).toBe('bad-signature')
    expect((await verifyEnvelope(text, asked({ now: (expiresAt + 90) * 1000 - 1 }))).ok).toBe(true)
    expect(code(await verifyEnvelope(text, asked({ now: (expiresAt + 90) * 1000 })))).toBe('token-expired')
  })

  it('passes once where used nonces are kept, also after a restart', async () => {
    const text = await pack(member, signer)
    const used = createUsedNonces()
    expect((await verifyEnvelope(text, asked({ usedNonces: used }))).ok).toBe(true)
    expect(code(await verifyEnvelope(text, asked({ usedNonces: used })))).toBe('token-replayed')
    const again = createUsedNonces(used.save())
    expect(code(await verifyEnvelope(text, asked({ usedNonces: again })))).toBe('token-replayed')
    again.prune((expiresAt + 91) * 1000)
    expect(again.save()).toEqual([])
  })

  it('will not write what it could not read', async () => {
    const bad: Partial<Envelope>[] = [
      { brand: '' },
      { kid: 'a b' },
      { nonce: '0A0B0C0D' },
      { expiresAt: 1.5 },
      { expiresAt: 2 ** 32 },
      { claims: { handle: 'short' } },
      { brand: '满' },
    ]
    for (const part of bad) await expect(pack({ ...member, ...part }, signer)).rejects.toThrow('invalid')
  })
})
