import * as z from 'zod/mini'
import type { OfflineContract } from '../redemption'
import { amount, count, id, label, time, token } from './atoms'
import type { Schema } from './schema-of'

/** `POST /v1/members/token`. */
export const memberTokenRequestSchema: Schema<{ readonly member: string; readonly ttlMs?: number }> = z.object({ member: id, ttlMs: z.exactOptional(z.int().check(z.minimum(1))) })

/** `POST /v1/members/token`, answer. */
export const memberTokenResponseSchema: Schema<{ readonly token: string; readonly expiresAt: number }> = z.object({ token, expiresAt: time })

/** `POST /v1/members/code`; a shopper's client sends no member, its token says who. */
export const memberCodeRequestSchema: Schema<{ readonly member?: string }> = z.object({ member: z.exactOptional(id) })

/** `POST /v1/members/code`, answer. */
export const memberCodeResponseSchema: Schema<{ readonly codes: readonly { readonly code: string; readonly expiresAt: number }[] }> = z.object({
  codes: z.array(z.object({ code: token, expiresAt: time })).check(z.maxLength(1000)),
})

/** `POST /v1/members/resolve`. */
export const memberResolveRequestSchema: Schema<{ readonly code: string }> = z.object({ code: token })

/** `POST /v1/members/resolve`, answer. */
export const memberResolveResponseSchema: Schema<{ readonly member: string; readonly tier?: string | null }> = z.object({
  member: id, tier: z.exactOptional(z.nullable(label)),
})

/** `GET /v1/members/me`, answer. */
export const memberMeResponseSchema: Schema<{ readonly member: string; readonly tier?: string | null; readonly points: number }> = z.object({
  member: id, tier: z.exactOptional(z.nullable(label)), points: z.int(),
})

/** `PUT /v1/members/<id>`. */
export const memberPutSchema: Schema<{ readonly tier?: string }> = z.object({ tier: z.exactOptional(label) })

/** A coupon instance in a member's wallet. */
export interface WalletCouponBody {
  readonly item: string
  readonly coupon: string
  readonly code: string
  readonly state: string
  readonly expiresAt: number
  readonly token?: string
}

/** `GET /v1/members/me/coupons`, answer. */
export const walletResponseSchema: Schema<{ readonly coupons: readonly WalletCouponBody[] }> = z.object({
  coupons: z.array(z.object({ item: id, coupon: id, code: id, state: label, expiresAt: time, token: z.exactOptional(token) })).check(z.maxLength(1000)),
})

export const offlineContractSchema: Schema<OfflineContract> = z.object({
  maxAgeMs: z.exactOptional(count),
  maxAmount: z.exactOptional(amount),
  maxSum: z.exactOptional(amount),
  maxCount: z.exactOptional(count),
  liable: z.exactOptional(z.enum(['brand', 'store'])),
})

/** `PUT /v1/coupons/<id>`: what a brand defines. */
export interface CouponPutBody {
  readonly name: string
  /** The rule's id in the book. */
  readonly rule: string
  readonly total?: number
  readonly perMember?: number
  /** Milliseconds. */
  readonly validUntil?: number
  readonly offline?: OfflineContract | false
}

export const couponPutSchema: Schema<CouponPutBody> = z.object({
  name: label,
  rule: id,
  total: z.exactOptional(count),
  perMember: z.exactOptional(count),
  validUntil: z.exactOptional(time),
  offline: z.exactOptional(z.union([offlineContractSchema, z.literal(false)])),
})

/** `PUT /v1/counters/<id>`. */
export const counterPutSchema: Schema<{ readonly limit: number; readonly floor?: number }> = z.object({ limit: count, floor: z.exactOptional(z.int()) })
