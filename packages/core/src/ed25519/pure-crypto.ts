import { verify } from '@stablelib/ed25519'
import type { Crypto } from '../ports'
import { sha256 } from '../sha256'

/**
 * Ed25519 (RFC 8032) and SHA-256 in plain arithmetic, for runtimes without a trustworthy WebCrypto: mini-programs, old
 * web views. Needs neither BigInt nor typed-array methods later than ES2015. A check takes a few milliseconds.
 * Answers false, never throws, for a key or signature of the wrong length.
 */
export function createPureCrypto(): Crypto {
  return {
    verify: (key, signature, message) => Promise.resolve(key.length === 32 && signature.length === 64 && verify(key, message, signature)),
    sha256: (bytes) => Promise.resolve(sha256(bytes)),
  }
}
