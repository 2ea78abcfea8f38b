import * as z from 'zod/mini'
import type { StandardBodies } from '../event-bodies'
import type { FactName } from '../fact-kinds'
import { amount, count, id, label, time } from './atoms'
import { factsLostSchema, receiptBodySchema, redemptionBodySchema, streamEndedSchema } from './fact-schemas'

/** The named fields of a body, all the way down: without the index that lets any other stand beside them. */
type Known<T> = T extends readonly (infer E)[] ? Known<E>[] : T extends object ? { -readonly [K in keyof T as string extends K ? never : K]: Known<T[K]> } : T

/** A schema of a body: checks its own fields, keeps every other. */
export type BodySchema<T> = z.ZodMiniType<Known<T>>

const currency = z.string().check(z.regex(/^[A-Z]{3}$/))
const text = z.string().check(z.maxLength(2000))
const url = z.string().check(z.maxLength(4096))
const channel = z.enum(['web', 'miniprogram', 'till', 'server', 'shelf'])
const evidence = z.enum(['wifi', 'beacon', 'qr', 'staff'])
const to = z.exactOptional(z.enum(['friend', 'group', 'timeline', 'link', 'poster']))
const maybeId = z.exactOptional(id)
const maybeLabel = z.exactOptional(label)
const maybeAmount = z.exactOptional(amount)
const maybeCount = z.exactOptional(count)
const skus = z.exactOptional(z.array(id).check(z.maxLength(200)))
const rating = z.number().check(z.minimum(0), z.maximum(1000))

/** The fields any event may carry: {@link EventContext} of `@omokit/core`. */
const context = {
  anonId: maybeId,
  userId: maybeId,
  session: maybeId,
  release: maybeCount,
  staffId: maybeId,
  sampleRate: z.exactOptional(z.number().check(z.gt(0), z.maximum(1))),
  bot: z.exactOptional(z.enum(['crawler', 'webdriver', 'headless'])),
}

const body = <S extends z.core.$ZodLooseShape>(shape: S): z.ZodMiniObject<Omit<typeof context, keyof S> & S, z.core.$loose> =>
  z.looseObject({ ...context, ...shape })

const productShape = {
  sku: id,
  name: maybeLabel,
  gtin: maybeId,
  category: maybeLabel,
  brand: maybeLabel,
  variant: maybeLabel,
  price: maybeAmount,
  currency: z.exactOptional(currency),
  quantity: maybeCount,
  position: maybeCount,
  coupon: maybeId,
}
const product = z.looseObject({ ...productShape, release: maybeCount })
const products = z.array(product).check(z.maxLength(1000))
const maybeProducts = z.exactOptional(products)
const list = { list: maybeLabel, category: maybeLabel, products }
const cart = { cart: maybeId, order: maybeId, currency, value: maybeAmount, products }
const step = { step: count, cart: maybeId, order: maybeId, shippingMethod: maybeLabel, paymentMethod: maybeLabel }
const order = {
  order: id,
  currency,
  total: amount,
  discount: maybeAmount,
  shipping: maybeAmount,
  tax: maybeAmount,
  coupons: z.exactOptional(z.array(id).check(z.maxLength(64))),
  member: maybeId,
  products,
}
const coupon = body({ coupon: id, item: maybeId, order: maybeId, cart: maybeId, amount: maybeAmount, reason: maybeLabel })
const couponHold = body({
  coupon: id,
  item: id,
  order: id,
  hold: maybeId,
  amount: maybeAmount,
  expiresAt: z.exactOptional(time),
  returnDocument: maybeId,
  reason: maybeLabel,
})
const points = body({
  points: count,
  entry: maybeId,
  reverses: maybeId,
  order: maybeId,
  member: maybeId,
  amount: maybeAmount,
  returnDocument: maybeId,
  reason: maybeLabel,
})
const promotion = body({ promotion: id, name: maybeLabel, creative: maybeLabel, position: maybeLabel })
const content = { content: id, format: z.exactOptional(z.enum(['article', 'note', 'video', 'review'])), author: maybeLabel, skus }
const appointment = body({ appointment: id, storeId: id, service: maybeLabel, startsAt: z.exactOptional(time), order: maybeId })
const consultation = body({ consultation: id, via: z.enum(['wecom', 'store', 'chat', 'phone']), skus, outcome: maybeLabel })
const campaign = z.looseObject({
  source: maybeLabel,
  medium: maybeLabel,
  name: maybeLabel,
  term: maybeLabel,
  content: maybeLabel,
  scene: maybeLabel,
  placement: maybeLabel,
})
const wished = body({ ...productShape, wishlist: maybeId })
const bought = body({ ...productShape, quantity: count })

/** The schema of every kind's body that {@link StandardBodies} names. Fields beside the named ones stay as they are. */
export const eventSchemas: { readonly [N in keyof StandardBodies]: BodySchema<StandardBodies[N]> } = {
  'Session Started': body({ session: id, campaign: z.exactOptional(campaign) }),
  'Page Viewed': body({ path: url, title: z.exactOptional(text), referrer: z.exactOptional(url) }),
  'Screen Viewed': body({ name: label }),
  'QR Scanned': body({ code: url, placement: maybeLabel, scene: maybeLabel, storeId: maybeId }),
  'Store Entered': body({ storeId: id, evidence }),
  'Store Exited': body({ storeId: id, evidence: z.exactOptional(evidence), stayedMs: maybeCount }),
  'Promotion Viewed': promotion,
  'Promotion Clicked': promotion,
  'Content Viewed': body(content),
  'Live Session Joined': body({ live: id, title: maybeLabel, host: maybeLabel }),
  'Products Searched': body({ query: text, results: maybeCount }),
  'Product List Viewed': body(list),
  'Product List Filtered': body({ ...list, filters: z.exactOptional(z.array(label).check(z.maxLength(100))), sort: maybeLabel }),
  'Product Clicked': body(productShape),
  'Product Viewed': body(productShape),
  'Product Tried On': body({ sku: id, mode: z.enum(['ar', 'mirror', 'fitting-room']), variant: maybeLabel }),
  'Shelf Price Shown': body({ sku: id, price: amount, currency, label: maybeId }),
  'Price Mismatch Reported': body({ sku: id, currency, seen: amount, expected: maybeAmount, against: z.exactOptional(channel), label: maybeId }),
  'Product Added': bought,
  'Product Removed': bought,
  'Product Added to Wishlist': wished,
  'Product Removed from Wishlist': wished,
  'Wishlist Product Added to Cart': body({ ...productShape, wishlist: maybeId, cart: maybeId }),
  'Cart Viewed': body(cart),
  'Checkout Started': body(cart),
  'Checkout Step Viewed': body(step),
  'Checkout Step Completed': body(step),
  'Payment Info Entered': body({ order: maybeId, cart: maybeId, paymentMethod: maybeLabel, shippingMethod: maybeLabel }),
  'Coupon Claimed': coupon,
  'Coupon Entered': coupon,
  'Coupon Applied': coupon,
  'Coupon Denied': coupon,
  'Coupon Removed': coupon,
  'Coupon Reserved': couponHold,
  'Coupon Redeemed': redemptionBodySchema,
  'Coupon Released': couponHold,
  'Coupon Reversed': couponHold,
  'Appointment Booked': appointment,
  'Appointment Checked In': appointment,
  'Order Completed': body(order),
  'Order Updated': body({ ...order, status: maybeLabel }),
  'Order Cancelled': body({ order: id, currency: z.exactOptional(currency), total: maybeAmount, reason: maybeLabel }),
  'Receipt Issued': receiptBodySchema,
  'Pickup Ready': body({ order: id, storeId: id }),
  'Order Picked Up': body({ order: id, storeId: id, proof: z.exactOptional(z.enum(['code', 'member', 'signature', 'staff'])) }),
  'Shipment Updated': body({
    order: id,
    shipment: id,
    status: z.enum(['packed', 'shipped', 'delivered', 'failed', 'returned']),
    carrier: maybeLabel,
    trackingNo: maybeId,
  }),
  'Order Refunded': body({ order: id, currency, total: amount, returnDocument: maybeId, member: maybeId, products: maybeProducts }),
  'Return Accepted': body({
    returnDocument: id,
    order: id,
    origin: z.exactOptional(channel),
    storeId: maybeId,
    restock: z.exactOptional(z.boolean()),
    products: maybeProducts,
  }),
  'Points Earned': points,
  'Points Redeemed': points,
  'Points Reversed': points,
  'Consultation Started': consultation,
  'Consultation Followed Up': consultation,
  'Product Reviewed': body({ sku: id, review: maybeId, rating: z.exactOptional(rating), outOf: z.exactOptional(rating), order: maybeId }),
  'Feedback Given': body({
    survey: z.enum(['nps', 'csat', 'stars']),
    score: rating,
    outOf: z.exactOptional(rating),
    order: maybeId,
    text: z.exactOptional(text),
  }),
  'Product Shared': body({ ...productShape, to }),
  'Cart Shared': body({ cart: maybeId, to, products: maybeProducts }),
  'Content Shared': body({ ...content, to }),
  'Referral Shared': body({ referral: id, campaign: maybeLabel, to }),
  'Referral Accepted': body({ referral: id, campaign: maybeLabel, referrer: maybeId }),
  'Group Buy Joined': body({
    group: id,
    sku: maybeId,
    leader: z.exactOptional(z.boolean()),
    size: maybeCount,
    price: maybeAmount,
    currency: z.exactOptional(currency),
  }),
}

const purposes = z.array(z.string().check(z.maxLength(64))).check(z.maxLength(32))

/** The bodies that the SDK itself writes: about streams, consent and who is who. */
export const ownSchemas: Readonly<Record<Exclude<FactName, keyof StandardBodies>, z.ZodMiniType>> = {
  'Facts Lost': factsLostSchema,
  'Stream Ended': streamEndedSchema,
  'Consent Recorded': z.looseObject({
    type: z.literal('consent'),
    granted: z.boolean(),
    purposes,
    decided: time,
    text: maybeLabel,
    anonId: maybeId,
    userId: maybeId,
  }),
  'Identity Linked': z.looseObject({
    type: maybeLabel,
    anonId: maybeId,
    userId: maybeId,
    proof: z.exactOptional(z.string().check(z.maxLength(1000))),
  }),
  'Visitor Left': z.looseObject({ type: maybeLabel, anonId: maybeId, userId: maybeId }),
}

/** The JSON Schema (2020-12) of a standard event's body; undefined for a name that has none. */
export function eventJsonSchema(name: string): Readonly<Record<string, unknown>> | undefined {
  if (!Object.prototype.hasOwnProperty.call(eventSchemas, name)) return undefined
  const { $schema: _, ...schema } = z.toJSONSchema(eventSchemas[name as keyof StandardBodies], { io: 'input', target: 'draft-2020-12' })
  return schema
}
