import * as z from 'zod/mini'
import type { Condition, Rule } from '../rule-book'
import { idleKey } from './idle-key'

const amount = z.int().check(z.minimum(0), z.maximum(1e13))
const integer = z.int().check(z.minimum(-1e13), z.maximum(1e13))
const upTo = (max: number): z.ZodMiniNumberFormat => z.int().check(z.minimum(0), z.maximum(max))
const count = z.int().check(z.minimum(1), z.maximum(1e9))
/** At most six places, so that the text of the number is its exact value. */
const decimal = (max: number): z.ZodMiniNumber =>
  z.number().check(
    z.minimum(0),
    z.maximum(max),
    z.refine((v) => /^\d+(\.\d{1,6})?$/.test(String(v))),
  )
const percent = decimal(100)
const text = z.string().check(z.minLength(1), z.maxLength(200))
const texts = z.array(text).check(z.maxLength(10_000))
const zone = z.array(z.tuple([integer, integer])).check(z.minLength(1), z.maxLength(10_000))
const flag = z.boolean()
const maybe = z.optional

const filter = z.strictObject({
  skus: maybe(texts),
  tags: maybe(texts),
  notSkus: maybe(texts),
  notTags: maybe(texts),
  priceMin: maybe(amount),
  priceMax: maybe(amount),
  notOnSale: maybe(flag),
  notMemberPriced: maybe(flag),
})
const tiers = z.array(z.strictObject({ from: amount, amount: maybe(amount), percent: maybe(percent), cap: maybe(amount) }))
const item = { qty: count, filter: maybe(filter) }
const measured = { tiers: maybe(tiers), measure: maybe(z.enum(['subtotal', 'qty'])), filter: maybe(filter) }
const anyOf = (type: string): z.ZodMiniObject => z.strictObject({ type: z.literal(type), anyOf: texts })

const condition: z.ZodMiniType<Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ type: z.literal('subtotalAtLeast'), amount, filter: maybe(filter), basis: maybe(z.enum(['residual', 'original'])) }),
    z.strictObject({ type: z.literal('qtyAtLeast'), qty: count, filter: maybe(filter) }),
    z.strictObject({ type: z.literal('contains'), filter }),
    anyOf('tier'),
    anyOf('audience'),
    anyOf('payment'),
    anyOf('shippingMethod'),
    z.strictObject({ type: z.literal('nthOrder'), n: count }),
    z.strictObject({ type: z.literal('firstOrder') }),
    z.strictObject({ type: z.literal('birthdayMonth'), zone }),
    z.strictObject({ type: z.literal('quorum'), joined: count }),
    z.strictObject({ type: z.enum(['all', 'any']), of: z.array(condition) }),
    z.strictObject({ type: z.literal('not'), of: condition }),
  ]),
) as unknown as z.ZodMiniType<Condition>

const effect = z.union([
  z.strictObject({
    type: z.literal('percentOff'),
    on: z.enum(['lines', 'order', 'shipping']),
    percent: maybe(percent),
    roundPer: maybe(z.literal('unit')),
    maxUnits: maybe(amount),
    cap: maybe(amount),
    ...measured,
  }),
  z.strictObject({
    type: z.literal('amountOff'),
    per: z.enum(['unit', 'qty', 'line', 'order', 'shipping']),
    amount: maybe(amount),
    maxUnits: maybe(amount),
    ...measured,
  }),
  z.strictObject({ type: z.literal('amountByUnit'), first: amount, next: amount, maxUnits: maybe(amount), filter: maybe(filter) }),
  z.strictObject({ type: z.literal('unitGroups'), size: count, amount: maybe(amount), percent: maybe(percent), ...measured }),
  z.strictObject({
    type: z.literal('buyGet'),
    buy: z.strictObject(item),
    get: z.strictObject({ ...item, percent: maybe(percent) }),
    by: maybe(z.literal('line-amount-desc')),
  }),
  z.strictObject({ type: z.literal('nthPercent'), n: count, percent, scope: maybe(z.enum(['all', 'line'])), repeat: maybe(flag), filter: maybe(filter) }),
  z.strictObject({
    type: z.literal('everyAmountOff'),
    every: count,
    amount,
    maxTimes: maybe(count),
    cap: maybe(amount),
    filter: maybe(filter),
  }),
  z.strictObject({ type: z.literal('tieredOff'), tiers, measure: maybe(z.enum(['subtotal', 'qty'])), filter: maybe(filter) }),
  z.strictObject({
    type: z.literal('buyXGetY'),
    buy: count,
    get: count,
    percent: maybe(percent),
    pick: z.enum(['cheapest', 'dearest', 'group']),
    maxTimes: maybe(count),
    filter: maybe(filter),
  }),
  z.strictObject({ type: z.literal('bundlePrice'), items: z.array(z.strictObject(item)), price: amount, maxTimes: maybe(count) }),
  z.strictObject({
    type: z.literal('nForPrice'),
    n: count,
    price: amount,
    pick: maybe(z.enum(['cheapest', 'dearest'])),
    maxTimes: maybe(count),
    filter: maybe(filter),
  }),
  z.strictObject({ type: z.literal('addOn'), price: amount, maxUnits: maybe(amount), filter: maybe(filter) }),
  z.strictObject({ type: z.literal('priceTo'), price: amount, maxUnits: maybe(amount), filter: maybe(filter) }),
  z.strictObject({ type: z.literal('gift'), sku: text, qty: count }),
])

const second = upTo(86_399)
const place = {
  order: maybe(integer),
  from: maybe(integer),
  until: maybe(integer),
  window: maybe(
    z.strictObject({
      zone,
      from: second,
      to: second,
      days: maybe(z.array(z.int().check(z.minimum(1), z.maximum(7)))),
      dateFrom: maybe(integer),
      dateTo: maybe(integer),
    }),
  ),
  channels: maybe(texts),
  stores: maybe(texts),
  optional: maybe(flag),
}
const scope = { ...place, when: maybe(z.array(condition)) }
/** Nobody may leave a tax out. */
const { optional: _, ...always } = scope
const funding = z
  .strictObject({ brand: maybe(upTo(100)), store: maybe(upTo(100)), partner: maybe(upTo(100)), platform: maybe(upTo(100)) })
  .check(z.refine((f) => (f.brand ?? 0) + (f.store ?? 0) + (f.partner ?? 0) + (f.platform ?? 0) === 100))
const gives = {
  ...scope,
  effects: z.array(effect),
  funding: maybe(funding),
  group: maybe(text),
  limits: maybe(z.strictObject({ total: maybe(amount), perCustomer: maybe(amount) })),
  budget: maybe(amount),
  overlay: maybe(z.strictObject({ off: maybe(flag), amount: maybe(z.tuple([amount, amount])), percent: maybe(z.tuple([percent, percent])) })),
}

const shapes = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('settings'),
    allocation: maybe(z.enum(['largest-remainder', 'floor-then-first', 'round-then-first'])),
    rounding: maybe(z.enum(['half-up', 'half-down'])),
    combine: maybe(z.enum(['all', 'best-per-line', 'best'])),
    maxCoupons: maybe(amount),
    memberCoupon: maybe(z.enum(['skip-lines', 'either-or'])),
  }),
  z.strictObject({
    kind: z.literal('promotion'),
    ...gives,
    stage: maybe(integer),
    priority: maybe(integer),
    exclusive: maybe(flag),
    codes: maybe(texts),
    codeUntil: maybe(integer),
  }),
  z.strictObject({ kind: z.literal('coupon'), ...gives, stackable: maybe(flag), notWithMemberPrice: maybe(flag) }),
  z.strictObject({
    kind: z.literal('payment'),
    ...scope,
    methods: texts,
    atLeast: maybe(amount),
    amount: maybe(amount),
    percent: maybe(percent),
    cap: maybe(amount),
    funding: maybe(funding),
  }),
  z.strictObject({ kind: z.literal('burn'), ...scope, points: count, worth: count, step: count, maxPercent: percent, notTags: maybe(texts) }),
  z.strictObject({
    kind: z.literal('earn'),
    ...scope,
    per: count,
    points: z.int().check(z.minimum(1), z.maximum(1e6)),
    multiplier: maybe(decimal(1000)),
    mode: z.enum(['order', 'line']),
    multiplierAfterFloor: maybe(flag),
    notTags: maybe(texts),
  }),
  z.strictObject({
    kind: z.literal('tax'),
    ...always,
    filter: maybe(filter),
    percent,
    mode: z.enum(['inclusive', 'exclusive']),
    per: maybe(z.enum(['line', 'bill'])),
    rounding: maybe(z.enum(['half-up', 'half-down', 'half-even', 'down'])),
    shipping: maybe(flag),
  }),
  z.strictObject({
    kind: z.literal('tender'),
    ...scope,
    unit: count,
    mode: z.enum(['down', 'nearest', 'nearest-down', 'half-even']),
    scope: z.enum(['bill', 'line']),
    methods: maybe(texts),
  }),
  z.strictObject({ kind: z.literal('prices'), ...place, list: text }),
  z.strictObject({
    kind: z.literal('overlay'),
    store: text,
    rule: text,
    off: maybe(flag),
    amount: maybe(amount),
    percent: maybe(percent),
    optional: maybe(flag),
  }),
])

/**
 * One rule without its id, as it stands in a row of the book. Looser nowhere than `compile`; stricter only in what a publisher
 * must not write although a reader lives with it: a key that changes nothing ({@link idleKey}).
 */
export const ruleSchema: z.ZodMiniType = shapes.check(
  z.check(({ value, issues }) => {
    const path = idleKey(value as Rule)
    if (path) issues.push({ code: 'custom', input: value, path: path.split('.'), message: 'changes nothing here' })
  }),
)
