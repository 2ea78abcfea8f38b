import { createHash, createPublicKey, verify } from 'node:crypto'
import type { Crypto } from '../ports'

/** Ed25519 and SHA-256 of OpenSSL. A key that is no point of the curve verifies nothing. */
export function nodeCrypto(): Crypto {
  return {
    async verify(key, signature, message) {
      if (key.length !== 32 || signature.length !== 64) return false
      try {
        const x = Buffer.from(key).toString('base64url')
        return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
      } catch {
        return false
      }
    },
    sha256: async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  }
}
