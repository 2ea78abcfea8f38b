import * as z from 'zod'
import { isPlainText } from '../facts/plain-text'

const plain = (max: number): z.ZodString => z.string().refine((text) => isPlainText(text, max)) as z.ZodString
const amount = z.int().min(-1e13).max(1e13)
const count = z.int().min(0).max(1e13)

/** What the hub relies on in a `ReceiptBody`; the basket itself is checked by the evaluator. */
export const receiptSchema: z.ZodType = z.looseObject({
  receiptNo: plain(64),
  order: plain(128),
  release: z.int().min(0),
  instant: z.int().min(0).max(8.64e15),
  basket: z.looseObject({ currency: plain(3), channel: plain(16), lines: z.array(z.looseObject({})).max(2000) }),
  seal: z.looseObject({ hash: z.string().regex(/^[\w-]{43}$/), text: z.string().max(60_000).optional() }),
  totals: z.looseObject({
    gross: amount,
    discount: amount,
    orderDiscount: amount.optional(),
    shipping: amount,
    shippingDiscount: amount,
    total: amount,
    tax: amount.optional(),
    shippingTax: amount.optional(),
    taxAdded: amount.optional(),
    rounding: amount,
    pay: amount,
  }),
  points: z.looseObject({ earned: count, burned: count }),
  coupons: z
    .array(z.looseObject({ coupon: plain(128), item: plain(256), lease: plain(256).optional() }))
    .max(100)
    .optional(),
  member: plain(128).optional(),
  tender: z
    .array(z.looseObject({ method: plain(32), amount }))
    .max(32)
    .optional(),
})
