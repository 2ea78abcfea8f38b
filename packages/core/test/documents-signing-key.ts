import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { Crypto } from '@omokit/core'
import type { Signer, SigningKey } from '@omokit/core/documents'

/** A fresh key pair for a test. */
export function signingKey(kid: string): { readonly key: SigningKey; readonly signer: Signer } {
  const pair = generateKeyPairSync('ed25519')
  return {
    key: { kid, key: pair.publicKey.export({ format: 'jwk' }).x as string, state: 'active' },
    signer: (message) => Promise.resolve(new Uint8Array(sign(null, message, pair.privateKey))),
  }
}

/** The platform's Ed25519: a hundred times faster than the pure one, and not the code under test. */
export const nodeCrypto: Crypto = {
  verify: (key, signature, message) => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key).toString('base64url') }
    return Promise.resolve(verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature))
  },
  sha256: (bytes) => Promise.resolve(new Uint8Array(createHash('sha256').update(bytes).digest())),
}
