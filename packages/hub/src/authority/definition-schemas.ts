import type { CouponPutBody } from '@omokit/core/schema'
import * as z from 'zod'
import type { Loose } from './command-schemas'

const units = z.int().min(0).max(10_000_000_000_000)
const cells = z.int().min(0).max(64)

/** `PUT /v1/coupons/<id>`: `couponPutSchema` of `@omokit/core/schema`, unknown fields refused. */
export const couponSchema: z.ZodType<Loose<CouponPutBody>> = z.strictObject({
  name: z.string().min(1).max(200),
  rule: z.string().min(1).max(128),
  total: units.optional(),
  perMember: z.int().min(1).max(1_000_000).optional(),
  validUntil: z.int().min(0).optional(),
  offline: z
    .union([
      z.literal(false),
      z.strictObject({
        maxAgeMs: units.optional(),
        maxValue: units.optional(),
        maxStoredSum: units.optional(),
        maxCount: units.optional(),
        lossOwner: z.enum(['brand', 'store', 'partner', 'platform']).optional(),
      }),
    ])
    .optional(),
  labels: z
    .record(
      z.string().regex(/^[a-z][a-zA-Z0-9]{0,31}$/),
      z
        .string()
        .max(128)
        .regex(/^[^\p{Cc}\p{Cs}]*$/u),
    )
    .optional(),
  cells: cells.optional(),
})

/** `PUT /v1/counters/<id>`: `counterPutSchema` of `@omokit/core/schema`, unknown fields refused. */
export const counterSchema: z.ZodType<Loose<{ readonly limit: number; readonly floor?: number; readonly cells?: number }>> = z.strictObject({
  limit: units,
  floor: units.optional(),
  cells: cells.optional(),
})
