import { pack } from '@omokit/core/envelope'
import type { HubEffects } from '../effects'
import type { HubSigner } from '../hub-context'

/** The last moment an envelope can state, in 2106: the end of what has no end. */
export const noEnd: number = 0xffffffff * 1000

/** What a coupon token says. */
export interface CouponTokenClaims {
  readonly brand: string
  readonly handle: string
  readonly coupon: string
  readonly item: string
  /** Milliseconds. */
  readonly expiresAt: number
}

/** Signs a coupon token that a till can verify offline; undefined where the hub has no signer or the coupon's id cannot stand in an envelope. */
export async function couponToken(claims: CouponTokenClaims, signer: HubSigner | undefined, effects: Pick<HubEffects, 'random'>): Promise<string | undefined> {
  if (!signer || !/^[!-~]{1,64}$/.test(claims.coupon)) return undefined
  const { brand, handle, coupon, item, expiresAt } = claims
  return pack(
    { brand, kid: signer.kid, type: 'coupon', expiresAt: Math.floor(expiresAt / 1000), nonce: hex(effects.random(4)), claims: { handle, coupon, item } },
    (message) => signer.sign(message),
  )
}

/** Lower-case hex. */
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
