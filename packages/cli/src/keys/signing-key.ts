import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { toBase64url } from '@omokit/core'
import type { Signer, SigningKey } from '@omokit/core/documents'

/** A brand's signing key as it is kept in a file: whoever holds it is the brand. */
export interface SigningKeyFile {
  readonly kid: string
  /** base64url, 32 bytes: what tills, pages and the hub are given. */
  readonly publicKey: string
  /** PKCS #8, PEM. Keep it off tills and out of repositories. */
  readonly privateKey: string
}

/** A new Ed25519 key pair (RFC 8032) under the name `kid`. */
export function createSigningKey(kid: string): SigningKeyFile {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const der = publicKey.export({ format: 'der', type: 'spki' })
  return {
    kid,
    publicKey: toBase64url(new Uint8Array(der.subarray(der.length - 32))),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}

/** Signs with the key of a file. */
export function signerOf(file: SigningKeyFile): Signer {
  const key = createPrivateKey(file.privateKey)
  return async (message) => new Uint8Array(sign(null, message, key))
}

/** What may be given to anybody: the key without its private half. */
export function trustedKey(file: SigningKeyFile): SigningKey {
  return { kid: file.kid, key: file.publicKey, state: 'active' }
}
