import { OmoError } from '../issues'
import type { Crypto } from '../ports'
import { sha256 } from '../sha256'

/**
 * WebCrypto. Ed25519 came to Chrome with version 137, and some hosts name it without doing it: the first `verify` makes
 * a key, signs and checks a true and a false signature. Where that fails `verify` rejects with `unavailable`; pass the
 * `crypto` of `@omokit/core/ed25519` then. Pages not on https have no WebCrypto at all.
 */
export function webCrypto(): Crypto {
  let probe: Promise<boolean> | undefined
  return {
    async verify(key, signature, message) {
      if (!(await (probe = probe || ed25519Works()))) throw new OmoError('unavailable', 'no Ed25519 in this browser')
      return key.length === 32 && signature.length === 64 && check(key, signature, message)
    },
    sha256: (bytes) => {
      const subtle = subtleOf()
      return subtle ? subtle.digest('SHA-256', bytes as BufferSource).then((sum) => new Uint8Array(sum)) : Promise.resolve(sha256(bytes))
    },
  }
}

/** Whether this browser's WebCrypto really verifies Ed25519. Asynchronous, and costs one key: ask once. */
export async function ed25519Works(): Promise<boolean> {
  try {
    const subtle = subtleOf() as SubtleCrypto
    const pair = (await subtle.generateKey(name, true, ['sign', 'verify'])) as CryptoKeyPair
    const message = new Uint8Array([1, 2, 3])
    const signature = new Uint8Array(await subtle.sign(name, pair.privateKey, message))
    const key = new Uint8Array(await subtle.exportKey('raw', pair.publicKey))
    return (await check(key, signature, message)) && !(await check(key, signature, new Uint8Array(3)))
  } catch {
    return false
  }
}

const name = 'Ed25519'

async function check(key: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  const subtle = subtleOf() as SubtleCrypto
  try {
    const imported = await subtle.importKey('raw', key as BufferSource, name, false, ['verify'])
    return await subtle.verify(name, imported, signature as BufferSource, message as BufferSource)
  } catch {
    return false // 32 bytes that are no point of the curve
  }
}

const subtleOf = (): SubtleCrypto | undefined => (typeof crypto === 'undefined' ? undefined : crypto.subtle)
