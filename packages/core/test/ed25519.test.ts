import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createPureCrypto } from '@omokit/core/ed25519'
import { verify as second } from '@stablelib/ed25519'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha512 } from '../src/ed25519/sha512'
import { verify } from '../src/ed25519/verify'
import { nodeCrypto } from './documents-signing-key'

const crypto = createPureCrypto()
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

/** RFC 8032 §7.1: public key, message, signature. */
const vectors: readonly (readonly [string, string, string])[] = [
  ['d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '', 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
  ['3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72', '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
  ['fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82', '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
]

describe('the pure verifier', () => {
  it('accepts the signatures of RFC 8032 and refuses them for another message or key', async () => {
    for (const [key, message, signature] of vectors) {
      expect(await crypto.verify(bytes(key), bytes(signature), bytes(message))).toBe(true)
      expect(await crypto.verify(bytes(key), bytes(signature), bytes(`${message}00`))).toBe(false)
      expect(await crypto.verify(bytes((vectors.find(([other]) => other !== key) as readonly string[])[0] as string), bytes(signature), bytes(message))).toBe(false)
    }
  })

  it('refuses flipped bits in every byte of a signature', async () => {
    const [key, message, signature] = vectors[1] as (typeof vectors)[number]
    let accepted = 0
    for (let bit = 0; bit < 64 * 8; bit += 7) {
      const bent = bytes(signature)
      bent[bit >> 3] = (bent[bit >> 3] as number) ^ (1 << (bit & 7))
      if (await crypto.verify(bytes(key), bent, bytes(message))) accepted++
    }
    expect(accepted).toBe(0)
  })

  it('refuses a signature whose scalar is not reduced, and wrong lengths, without throwing', async () => {
    const [key, message, signature] = vectors[0] as (typeof vectors)[number]
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const scalar = BigInt(`0x${Buffer.from(bytes(signature).slice(32)).reverse().toString('hex')}`) + order
    const other = Buffer.concat([bytes(signature).slice(0, 32), Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse()])
    expect(await crypto.verify(bytes(key), new Uint8Array(other), bytes(message))).toBe(false)
    expect(await crypto.verify(bytes(key), bytes(signature).slice(1), bytes(message))).toBe(false)
    expect(await crypto.verify(bytes(key).slice(1), bytes(signature), bytes(message))).toBe(false)
    expect(await crypto.verify(new Uint8Array(0), new Uint8Array(0), new Uint8Array(0))).toBe(false)
  })

  it('agrees with the platform on fresh keys and hashes as it does', async () => {
    for (let i = 0; i < 8; i++) {
      const pair = generateKeyPairSync('ed25519')
      const key = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x as string, 'base64url'))
      const message = new Uint8Array(i * 37).fill(i)
      const signature = new Uint8Array(sign(null, message, pair.privateKey))
      expect(await crypto.verify(key, signature, message)).toBe(true)
      expect(await nodeCrypto.verify(key, signature, message)).toBe(true)
      expect(Buffer.from(await crypto.sha256(message)).toString('hex')).toBe(createHash('sha256').update(message).digest('hex'))
    }
  })

  it('judges true, bent and strange signatures as an independent implementation and the platform do', async () => {
    const pair = generateKeyPairSync('ed25519')
    const own = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x as string, 'base64url'))
    const piece = fc.uint8Array({ minLength: 32, maxLength: 32 })
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('true', 'key', 'r', 's', 'message'), piece, async (message, part, other) => {
      const true1 = new Uint8Array(sign(null, message, pair.privateKey))
      const key = part === 'key' ? other : own
      const signature = Uint8Array.from([...(part === 'r' ? other : true1.slice(0, 32)), ...(part === 's' ? other : true1.slice(32))])
      const said = part === 'message' ? other : message
      const answer = verify(key, signature, said)
      expect(answer).toBe(second(key, said, signature))
      expect(answer).toBe(await nodeCrypto.verify(key, signature, said))
      if (part === 'true') expect(answer).toBe(true)
    }), { numRuns: 60, seed: 7 })
  })

  it('refuses keys of another spelling and those that are no point', () => {
    const signature = new Uint8Array(64)
    const p = Uint8Array.from({ length: 32 }, (_, i) => (i ? (i === 31 ? 0x7f : 0xff) : 0xed))
    for (let more = 0; more < 19; more++) {
      const key = p.slice()
      key[0] = 0xed + more
      expect(verify(key, signature, new Uint8Array(1))).toBe(false)
    }
    expect(verify(Uint8Array.from({ length: 32 }, (_, i) => (i ? 0 : 2)), signature, new Uint8Array(1))).toBe(false)
    // x = 0 with a sign
    expect(verify(Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 0x80 : i ? 0 : 1)), signature, new Uint8Array(1))).toBe(false)
  })

  it('hashes with SHA-512 as the platform does, around every block edge', () => {
    for (let n = 0; n < 300; n += n > 100 && n < 135 ? 1 : 9) {
      const message = Uint8Array.from({ length: n }, (_, i) => i * 7)
      expect(Buffer.from(sha512(message.slice(0, n >> 1), message.slice(n >> 1))).toString('hex')).toBe(createHash('sha512').update(message).digest('hex'))
    }
  })
})
