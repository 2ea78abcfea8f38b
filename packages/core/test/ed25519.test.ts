import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { createPureCrypto } from '@omokit/core/ed25519'
import { describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'
import { nodeCrypto } from './documents-signing-key'

/** The verifier as packages carry it: the library's curve over our SHA-512. */
const built = { exports: { createPureCrypto } }
const code = await bundle({ text: "export { createPureCrypto } from './pure-crypto'", dir: join(import.meta.dirname, '../src/ed25519') })
new Function('module', code)(built)
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

/** RFC 8032 §7.1: public key, message, signature. */
const vectors: readonly (readonly [string, string, string])[] = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
]

describe.each([
  ['from source', createPureCrypto()],
  ['as it ships', built.exports.createPureCrypto()],
])('the pure verifier %s', (_, crypto) => {
  it('accepts the signatures of RFC 8032 and refuses them for another message or key', async () => {
    for (const [key, message, signature] of vectors) {
      expect(await crypto.verify(bytes(key), bytes(signature), bytes(message))).toBe(true)
      expect(await crypto.verify(bytes(key), bytes(signature), bytes(`${message}00`))).toBe(false)
      expect(await crypto.verify(bytes((vectors.find(([other]) => other !== key) as readonly string[])[0] as string), bytes(signature), bytes(message))).toBe(
        false,
      )
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
})
