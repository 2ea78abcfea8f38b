import { refuse, type Result } from '@omokit/core'
import { type Envelope, type EnvelopeType, pack, verifyEnvelope } from '@omokit/core/envelope'
import { nodeCrypto } from '@omokit/core/node'
import { hex } from '../authority/coupon-token'
import type { HubContext } from '../hub-context'

/** Signs and verifies the envelopes that name a member. */
export interface Envelopes {
  /** Signs one; `expiresAt` in milliseconds. `unavailable` where the hub has no signer. */
  sign(type: EnvelopeType, brand: string, handle: string, expiresAt: number): Promise<Result<string>>
  /** Opens one of this brand and type that is in date. */
  open(type: EnvelopeType, brand: string, text: string): Promise<Result<Envelope>>
}

/** Makes {@link Envelopes} with the hub's own key. */
export function createEnvelopes(context: Pick<HubContext, 'signer' | 'effects'>): Envelopes {
  const { signer, effects } = context
  const crypto = nodeCrypto()
  return {
    async sign(type, brand, handle, expiresAt) {
      if (!signer) return refuse('unavailable', { need: 'signer' })
      const nonce = hex(effects.random(4))
      const envelope = { brand, kid: signer.kid, type, expiresAt: Math.floor(expiresAt / 1000), nonce, claims: { handle } }
      return { ok: true, value: await pack(envelope, (message) => signer.sign(message)) }
    },
    async open(type, brand, text) {
      if (!signer) return refuse('unavailable', { need: 'signer' })
      const keys = [{ kid: signer.kid, key: signer.publicKey, state: 'active' as const }]
      return verifyEnvelope(text, { brand, type, keys, crypto, now: effects.now(), ...(type === 'session' ? { skewS: 0 } : {}) })
    },
  }
}
