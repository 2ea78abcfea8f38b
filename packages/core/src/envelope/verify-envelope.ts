import { activeKey } from '../documents/active-key'
import type { SigningKey } from '../documents/types'
import { accept, refuse } from '../issues'
import type { Result } from '../issues'
import type { Crypto } from '../ports'
import { unpack } from './pack'
import type { Envelope, EnvelopeType } from './types'
import type { UsedNonces } from './used-nonces'

/** What an envelope must be, from the asker's side. */
export interface ExpectedEnvelope {
  readonly brand: string
  readonly type: EnvelopeType
  readonly keys: readonly SigningKey[]
  readonly crypto: Crypto
  /** The till's or hub's time in milliseconds, never the phone's. */
  readonly now: number
  /** Seconds an envelope is still taken after its end (RFC 6238 allows for drift), default 90. */
  readonly skewS?: number
  /** When given, an envelope passes once: what passes is entered here. */
  readonly usedNonces?: UsedNonces
}

/**
 * Verifies an envelope offline, without a secret. It proves: issued by the brand, unaltered, in date. It cannot prove unspent.
 * Issues: `bad-token`, `brand-mismatch`, `unknown-key-id`, `bad-signature`, `token-expired`, `token-replayed`.
 */
export async function verifyEnvelope(text: string, expected: ExpectedEnvelope): Promise<Result<Envelope>> {
  const opened = unpack(text)
  if (!opened.ok) return opened
  const { envelope, message, signature } = opened.value
  const { brand, kid, type, expiresAt, nonce, claims } = envelope
  if (brand !== expected.brand) return refuse('brand-mismatch', { have: brand, need: expected.brand })
  if (type !== expected.type) return refuse('bad-token', { have: type, need: expected.type })
  const key = activeKey(expected.keys, kid)
  if (!key) return refuse('unknown-key-id', { have: kid })
  if (!(await expected.crypto.verify(key, signature, message))) return refuse('bad-signature', { have: kid })
  const { skewS = 90 } = expected
  const until = (expiresAt + skewS) * 1000
  if (expected.now >= until) return refuse('token-expired', { have: expiresAt })
  const used = expected.usedNonces
  if (used) {
    const id = `${claims.handle}.${nonce}`
    if (used.has(id)) return refuse('token-replayed', { have: nonce })
    used.add(id, until)
  }
  return accept(envelope)
}
