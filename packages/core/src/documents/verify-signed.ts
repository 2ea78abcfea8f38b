import { fromBase64url } from '../base64url'
import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import type { Crypto } from '../ports'
import { activeKey } from './active-key'
import { asciiHash, taggedBytes } from './ascii-hash'
import { readHeader } from './header'
import type { SignedHeader, SigningKey } from './types'

/** The newest header this device ever took: nothing older is taken again. */
export interface Floor {
  readonly version: number
  /** H("head", text) of that header: the same version with other bytes is equivocation. */
  readonly head: string
  /** The key that signed it. */
  readonly kid: string
}

/** What a signed document must be, from the asker's side: nothing of it is taken from the document. */
export interface Expected {
  readonly brand: string
  readonly kind: string
  readonly scope: string
  readonly keys: readonly SigningKey[]
  readonly crypto: Crypto
  readonly floor?: Floor | undefined
  /** Trusted time in milliseconds. Left out, expiry is not checked here. */
  readonly now?: number | undefined
}

/** How far one update may run ahead: a stolen key must not brick devices by using up the numbers. */
const farthest = 1_000_000

/**
 * Checks a signed header in this order: size, spelling, brand, kind and scope, key, signature, version, times, features.
 * Issues: `too-large`, `malformed`, `brand-mismatch`, `wrong-scope`, `unknown-key-id`, `bad-signature`, `older-version`,
 * `equivocation`, `fast-forward`, `expired-release`, `unknown-feature`. The very header of the floor passes again.
 */
export async function verifySigned(signed: { readonly text: string; readonly signature: string }, expected: Expected): Promise<Result<SignedHeader>> {
  const { text, signature } = signed
  const read = readHeader(text)
  if (!read.ok) return read
  const header = read.value
  const { brand, kind, scope, kid, version } = header
  const { keys, floor, now = 0 } = expected
  if (brand !== expected.brand) return refuse('brand-mismatch', { have: brand })
  if (kind !== expected.kind || scope !== expected.scope) return refuse('wrong-scope', { have: `${kind} ${scope}` })
  const key = activeKey(keys, kid)
  if (!key) return refuse('unknown-key-id', { have: kid })
  if (!(await signedBy(key, signature, taggedBytes('head', text), expected.crypto))) return refuse('bad-signature', { have: kid })
  if (floor) {
    if (version < floor.version) return refuse('older-version', { have: version, need: floor.version })
    if (version === floor.version && asciiHash('head', text) !== floor.head) return refuse('equivocation', { have: version })
    if (version > floor.version + farthest) return refuse('fast-forward', { have: version })
  }
  if (now >= header.expiresAt * 1000) return refuse('expired-release', { have: header.expiresAt })
  // the one feature this version understands: a document that requires another must not be priced from
  const strange = header.features.filter((feature) => feature !== 'shrink')[0]
  if (strange) return refuse('unknown-feature', { have: strange })
  return accept({ header, text, signature })
}

/** Whether the key signed the message. */
export async function signedBy(key: Uint8Array, signature: string, message: Uint8Array, crypto: Crypto): Promise<boolean> {
  const bytes = signature.length === 86 && fromBase64url(signature)
  return !!bytes && crypto.verify(key, bytes, message)
}
