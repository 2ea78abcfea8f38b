/**
 * The packed envelope of member codes, coupon tokens, brand (member session) tokens and hand-offs: version, kid, brand,
 * type, claims, expiry, nonce, Ed25519 signature, in Base45 (RFC 9285). Never begins with a payment code's prefix
 * (10–15, 25–30, 62). Verified offline without a secret on the verifier.
 */
export interface Envelope {
  readonly brand: string
  readonly kid: string
  readonly type: EnvelopeType
  /** Epoch seconds. */
  readonly expiresAt: number
  /** 4 bytes, hex. */
  readonly nonce: string
  readonly claims: EnvelopeClaims
}

export type EnvelopeType = 'member-code' | 'handoff' | 'coupon' | 'session'

/** Small: an opaque handle (8 bytes as 16 hex digits), and for coupons the coupon id and item. */
export interface EnvelopeClaims {
  readonly handle: string
  readonly coupon?: string
  readonly item?: string
  readonly store?: string
}
