import * as z from 'zod/mini'
import type { Fact, FactBody, FactsLostBody, FactsRequest, FactsResponse, Lane, Place, StreamEndedBody } from '../facts'
import type { ReceiptBody } from '../receipt'
import type { RedemptionBody } from '../redemption'
import { amount, count, id, label, seq, sha256Text, streamId, time } from './atoms'
import { issueCodeSchema } from './issue-schemas'
import type { Schema, Writable, WritableJson } from './schema-of'

export const laneSchema: Schema<Lane> = z.enum(['trade', 'observe'])

/** Any JSON. How deep and how large is bounded before parsing: 32 levels, 64 kB a fact. */
export const jsonSchema: z.ZodMiniType<WritableJson> = z.json() as z.ZodMiniType<WritableJson>

export const placeSchema: Schema<Place> = z.object({
  channel: z.enum(['web', 'miniprogram', 'till', 'server', 'shelf']),
  storeId: z.exactOptional(id),
  workstationId: z.exactOptional(id),
  businessDay: z.exactOptional(z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/))),
  operatorId: z.exactOptional(id),
  training: z.exactOptional(z.boolean()),
})

export const factBodySchema: Schema<FactBody> = z.record(z.string().check(z.maxLength(128)), jsonSchema)

export const factSchema: Schema<Fact> = z.object({
  seq,
  kind: z.string().check(z.minLength(1), z.maxLength(64)),
  at: time,
  tz: z.int().check(z.minimum(-1080), z.maximum(1080)),
  mono: z.number().check(z.minimum(0)),
  src: z.enum(['server', 'server+mono', 'floor', 'device']),
  offset: z.exactOptional(z.number()),
  body: factBodySchema,
  place: z.exactOptional(placeSchema),
  consent: z.exactOptional(z.array(z.string().check(z.maxLength(64))).check(z.maxLength(32))),
  priority: z.exactOptional(z.literal([0, 1, 2])),
  prev: z.exactOptional(z.union([z.literal(''), sha256Text])),
})

/** `POST /v1/facts`. */
export const factsRequestSchema: Schema<FactsRequest> = z.object({
  stream: streamId,
  lane: laneSchema,
  sent_at: time,
  head: count,
  facts: z.array(factSchema).check(z.maxLength(500)),
})

const range = z.tuple([seq, seq])
const ranges = z.array(range).check(z.maxLength(1000))
const doubts = z.array(z.object({ seq, code: issueCodeSchema })).check(z.maxLength(500))

/** `POST /v1/facts`, answer. */
export const factsResponseSchema: Schema<FactsResponse> = z.object({
  through: count,
  except: doubts,
  server_time: time,
  gaps: z.exactOptional(ranges),
  fork: z.exactOptional(z.boolean()),
  flags: z.exactOptional(doubts),
})

/** Body of `Facts Lost`. */
export const factsLostSchema: z.ZodMiniType<Pick<Writable<FactsLostBody>, 'ranges' | 'cause'>> = z.object({
  ranges,
  cause: z.enum(['abandoned', 'evicted', 'corrupt']),
})

/** Body of `Stream Ended`. */
export const streamEndedSchema: z.ZodMiniType<Pick<Writable<StreamEndedBody>, 'stream' | 'through' | 'purged'>> = z.object({
  stream: streamId,
  through: count,
  purged: count,
})

/** Body of `Receipt Issued`. The basket keeps every field it came with. */
export const receiptBodySchema: Schema<ReceiptBody> = z.object({
  receiptNo: id,
  order: id,
  release: count,
  instant: time,
  basket: z.looseObject({
    currency: z.string().check(z.regex(/^[A-Z]{3}$/)),
    channel: z.enum(['web', 'miniprogram', 'till', 'server', 'shelf']),
    storeId: z.exactOptional(id),
    lines: z
      .array(
        z.looseObject({
          id,
          sku: id,
          qty: count,
          grams: z.exactOptional(count),
          labelAmount: z.exactOptional(amount),
        }),
      )
      .check(z.maxLength(1000)),
  }),
  seal: z.object({ hash: sha256Text, text: z.exactOptional(z.string().check(z.maxLength(64_000))) }),
  totals: z.object({
    gross: amount,
    discount: amount,
    orderDiscount: z.exactOptional(amount),
    shipping: amount,
    shippingDiscount: amount,
    total: amount,
    tax: z.exactOptional(amount),
    shippingTax: z.exactOptional(amount),
    taxAdded: z.exactOptional(amount),
    rounding: amount,
    pay: amount,
  }),
  points: z.object({ earned: count, burned: count }),
  coupons: z.exactOptional(z.array(z.object({ coupon: id, item: id, lease: z.exactOptional(id) })).check(z.maxLength(64))),
  member: z.exactOptional(id),
  tender: z.exactOptional(z.array(z.object({ method: label, amount })).check(z.maxLength(32))),
})

type RedemptionFields = 'coupon' | 'item' | 'order' | 'lease' | 'epoch' | 'terminal' | 'amount' | 'receiptNo' | 'quantity' | 'offline'

/** Body of `Coupon Redeemed`. */
export const redemptionBodySchema: z.ZodMiniType<Pick<Writable<RedemptionBody>, RedemptionFields>> = z.object({
  coupon: id,
  item: id,
  order: id,
  lease: z.exactOptional(id),
  epoch: z.exactOptional(id),
  terminal: id,
  amount: z.exactOptional(amount),
  receiptNo: z.exactOptional(id),
  quantity: z.literal(1),
  offline: z.boolean(),
})
