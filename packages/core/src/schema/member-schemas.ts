import * as z from 'zod/mini'
import type { OfflineContract } from '../redemption'
import { id, label, time, token } from './atoms'
import type { Schema } from './schema-of'

/** `POST /v1/members/token`. */
export const memberTokenRequestSchema: Schema<{ readonly member: string; readonly ttlMs?: number }> = z.object({
  member: id,
  ttlMs: z.exactOptional(z.int().check(z.minimum(1))),
})

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
  member: id,
  tier: z.exactOptional(z.nullable(label)),
})

/** `GET /v1/members/me`, answer. */
export const memberMeResponseSchema: Schema<{ readonly member: string; readonly tier?: string | null; readonly points: number }> = z.object({
  member: id,
  tier: z.exactOptional(z.nullable(label)),
  points: z.int(),
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

const units = z.int().check(z.minimum(0), z.maximum(1e13))
const cells = z.int().check(z.minimum(0), z.maximum(64))

export const offlineContractSchema: Schema<OfflineContract> = z.object({
  maxAgeMs: z.exactOptional(units),
  maxValue: z.exactOptional(units),
  maxStoredSum: z.exactOptional(units),
  maxCount: z.exactOptional(units),
  lossOwner: z.exactOptional(z.enum(['brand', 'store', 'partner', 'platform'])),
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
  /** What reports group by: merchant, campaign. */
  readonly labels?: Readonly<Record<string, string>>
  /** Rows a hot total is spread over. */
  readonly cells?: number
}

export const couponPutSchema: Schema<CouponPutBody> = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  rule: id,
  total: z.exactOptional(units),
  perMember: z.exactOptional(z.int().check(z.minimum(1), z.maximum(1_000_000))),
  validUntil: z.exactOptional(time),
  offline: z.exactOptional(z.union([z.literal(false), offlineContractSchema])),
  labels: z.exactOptional(z.record(z.string().check(z.regex(/^[a-z][a-zA-Z0-9]{0,31}$/)), z.string().check(z.maxLength(128), z.regex(/^[^\p{Cc}\p{Cs}]*$/u)))),
  cells: z.exactOptional(cells),
})

/** `PUT /v1/counters/<id>`. */
export const counterPutSchema: Schema<{ readonly limit: number; readonly floor?: number; readonly cells?: number }> = z.object({
  limit: units,
  floor: z.exactOptional(units),
  cells: z.exactOptional(cells),
})
