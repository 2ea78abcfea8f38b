import { currencyDigits, factKinds, type FactBody, type Result } from '@omokit/core'
import {
  decimalOf,
  fromGa4,
  fromSegment,
  fromSensors,
  fromYoushu,
  type Incoming,
  type MappedEvent,
  minorOf,
  type Outgoing,
  timeOf,
  toGa4,
  toSegment,
  toSensors,
  toYoushu,
} from '@omokit/core/maps'
import { eventSchemas } from '@omokit/core/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const at = Date.UTC(2026, 10, 28, 8)

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}
const only = (result: Result<Incoming>): MappedEvent => {
  const { events } = value(result)
  expect(events).toHaveLength(1)
  return events[0] as MappedEvent
}
const issuesOf = <T>(result: Result<T>): unknown => (result.ok ? [] : result.issues)

describe('money', () => {
  it('comes back from decimals as the same minor units, in every currency', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e13, max: 1e13 }), fc.constantFrom('CNY', 'JPY', 'KWD', 'CLF'), (minor, currency) => {
        const decimal = decimalOf(minor, currency)
        expect(minorOf(decimal, currency)).toEqual({ ok: true, value: minor })
        expect(minorOf(decimal.toFixed(currencyDigits(currency)), currency)).toEqual({ ok: true, value: minor })
        // over the wire it is a text for a while
        expect(minorOf(JSON.parse(JSON.stringify(decimal)), currency)).toEqual({ ok: true, value: minor })
      }),
      { numRuns: 3000, seed: 1 },
    )
  })

  it('takes what adding floats leaves, and no part of a fen', () => {
    expect(minorOf(0.1 + 0.2, 'CNY')).toEqual({ ok: true, value: 30 })
    expect(minorOf(19.9 * 3, 'CNY')).toEqual({ ok: true, value: 5970 })
    for (const bad of [19.999, 0.001, '1.005', Number.NaN, Number.POSITIVE_INFINITY, 1e12, '1,000', '1e3', '', ' 1', true, null, {}])
      expect([bad, issuesOf(minorOf(bad, 'CNY'))]).toEqual([bad, [expect.objectContaining({ code: 'not-an-amount' })]])
    expect(issuesOf(minorOf(1, undefined))).toEqual([{ code: 'unknown-currency' }])
    expect(issuesOf(minorOf(1, 'yuan'))).toEqual([{ code: 'unknown-currency', have: 'yuan' }])
    expect(issuesOf(minorOf(1.5, 'JPY'))).toEqual([{ code: 'not-an-amount', have: '1.5' }])
  })
})

describe('times', () => {
  it('are told apart by their size', () => {
    const seconds = Math.floor(at / 1000)
    for (const said of [at, String(at), seconds, String(seconds), at * 1000, `${at * 1000}`, new Date(at), new Date(at).toISOString(), `${seconds}.000000`])
      expect([said, timeOf(said)]).toEqual([said, at])
    for (const bad of [0, -1, 999_999_999, 1e17, '', 'yesterday', '2026', Number.NaN, null, undefined, {}]) expect([bad, timeOf(bad)]).toEqual([bad, undefined])
  })
})

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/)
const amount = fc.integer({ min: 0, max: 99_999_999 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const record = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(fields).map((made) => Object.fromEntries(Object.entries(made).filter(([, one]) => one !== undefined)))
const productFields = {
  sku: word,
  name: maybe(word),
  category: maybe(word),
  brand: maybe(word),
  variant: maybe(word),
  price: maybe(amount),
  position: maybe(fc.integer({ min: 1, max: 99 })),
}
const product = record({ ...productFields, quantity: maybe(fc.integer({ min: 1, max: 99 })) })
const products = fc.array(product, { maxLength: 3 })
const context = { currency: fc.constant('CNY'), anonId: word, userId: maybe(word), session: maybe(word), staffId: maybe(word) }
const order = { ...context, order: word, total: amount, products }
const bodies: Readonly<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
  'Screen Viewed': record({ ...context, name: word }),
  'Page Viewed': record({ ...context, path: word, title: maybe(word), referrer: maybe(word) }),
  'Products Searched': record({ ...context, query: word, results: maybe(fc.nat(99)) }),
  'Product List Viewed': record({ ...context, list: maybe(word), category: maybe(word), products }),
  'Product Viewed': record({ ...context, ...productFields }),
  'Product Clicked': record({ ...context, ...productFields }),
  'Product Added': record({ ...context, ...productFields, quantity: fc.integer({ min: 1, max: 99 }) }),
  'Product Removed': record({ ...context, ...productFields, quantity: fc.integer({ min: 1, max: 99 }) }),
  'Product Added to Wishlist': record({ ...context, ...productFields, wishlist: maybe(word) }),
  'Cart Viewed': record({ ...context, cart: maybe(word), value: maybe(amount), products }),
  'Checkout Started': record({ ...context, order: maybe(word), value: maybe(amount), products }),
  'Payment Info Entered': record({ ...context, order: maybe(word), paymentMethod: maybe(word) }),
  'Promotion Viewed': record({ ...context, promotion: word, name: maybe(word), creative: maybe(word), position: maybe(word) }),
  'Order Completed': record({
    ...order,
    discount: maybe(amount),
    shipping: maybe(amount),
    tax: maybe(amount),
    coupons: maybe(fc.array(word, { minLength: 1, maxLength: 3 })),
  }),
  'Order Cancelled': record({ ...context, order: word, total: maybe(amount), reason: maybe(word) }),
  'Order Refunded': record({ ...order, returnDocument: maybe(word) }),
  'Coupon Applied': record({ ...context, coupon: word, item: maybe(word), order: maybe(word), amount: maybe(amount) }),
  'Coupon Denied': record({ ...context, coupon: word, reason: maybe(word) }),
  'Points Earned': record({ ...context, points: fc.nat(9999), order: maybe(word) }),
  'Store Entered': record({ ...context, storeId: word, evidence: fc.constantFrom('wifi', 'qr') }),
}
const events = fc
  .constantFrom(...Object.keys(bodies))
  .chain((kind) => fc.tuple(fc.constant(kind), bodies[kind] as fc.Arbitrary<Record<string, unknown>>, maybe(word)))
  .map(([kind, body, id]): MappedEvent => ({ kind, body: body as FactBody, at, ...(id !== undefined && { id }) }))

/** The event without the fields that are stated lost. */
function without(event: MappedEvent, lost: readonly string[]): MappedEvent {
  const copy = JSON.parse(JSON.stringify(event)) as MappedEvent & Record<string, unknown>
  for (const path of [...lost].reverse()) {
    const steps = path === 'id' ? ['id'] : ['body', ...path.split('.')]
    const last = steps.pop() as string
    let at: Record<string, unknown> | undefined = copy
    for (const step of steps) at = at?.[step] as Record<string, unknown> | undefined
    if (Array.isArray(at)) at.splice(Number(last), 1)
    else if (at) delete at[last]
  }
  return copy
}

/** The level before and after a change, as a receiver and a sender would remember it. */
const level = (event: MappedEvent): { readonly before: () => number; readonly after: () => number } => {
  const quantity = Number(event.body['quantity'] ?? 0)
  return event.kind === 'Product Removed' ? { before: () => quantity + 2, after: () => 2 } : { before: () => 2, after: () => 2 + quantity }
}

const vendors: Readonly<
  Record<string, { to(event: MappedEvent): Result<Outgoing<unknown>>; from(message: unknown, event: MappedEvent): Result<Incoming>; readonly most: number }>
> = {
  Segment: { to: (event) => toSegment(event), from: (message) => fromSegment(message), most: 0 },
  GA4: { to: (event) => toGa4(event), from: (message) => fromGa4(message, { currency: 'CNY' }), most: 3 },
  Sensors: { to: (event) => toSensors(event), from: (message) => fromSensors(message), most: 20 },
  Youshu: {
    to: (event) => toYoushu(event, { level: level(event).after }),
    from: (message, event) => fromYoushu(message, { level: level(event).before }),
    most: 40,
  },
}

describe.each(Object.entries(vendors))('%s', (vendor, { to, from, most }) => {
  it('gives every event back, but for the fields it states as lost', () => {
    let told = 0
    fc.assert(
      fc.property(events, (event) => {
        const out = to(event)
        // what has no event over there says so
        if (!out.ok) {
          expect([vendor, out.issues[0]?.code]).toEqual(['Youshu', 'unknown-kind'])
          return
        }
        told++
        const { message, lost } = out.value
        expect(lost.length).toBeLessThanOrEqual(most)
        const wire: unknown = JSON.parse(JSON.stringify(message))
        const back = only(from(wire, event))
        const expected = without(event, lost)
        // what follows from the order itself needs no place of its own
        if (vendor === 'Youshu')
          for (const field of ['currency', 'products'] as const)
            if (expected.body[field] === undefined || back.body[field] === undefined)
              for (const one of [expected, back]) delete (one.body as Record<string, unknown>)[field]
        expect(back).toEqual(expected)
      }),
      { numRuns: 1500, seed: 11 },
    )
    expect(told).toBeGreaterThan(300)
  })
})

describe('what vendors really send', () => {
  it('Segment: decimals, product ids, unknown names and fields', () => {
    const message = {
      type: 'track',
      event: 'Order Completed',
      messageId: 'm-1',
      anonymousId: 'a-1',
      userId: 'u-1',
      timestamp: '2026-11-28T08:00:00.000Z',
      properties: {
        order_id: 'o-1',
        currency: 'CNY',
        total: 39.98,
        revenue: 35.5,
        products: [
          { product_id: 'p1', sku: 'tea', price: 19.99, quantity: 2 },
          { product_id: 'p2', price: '5.00' },
        ],
        own_field: { deep: [1.5] },
      },
    }
    const event = only(fromSegment(message))
    expect(event).toEqual({
      kind: 'Order Completed',
      id: 'm-1',
      at,
      body: {
        order: 'o-1',
        currency: 'CNY',
        total: 3998,
        revenue: 3550,
        products: [
          { product_id: 'p1', sku: 'tea', price: 1999, quantity: 2 },
          { product_id: 'p2', sku: 'p2', price: 500 },
        ],
        own_field: { deep: [1.5] },
        anonId: 'a-1',
        userId: 'u-1',
      },
    })
    expect(eventSchemas['Order Completed'].safeParse(event.body).success).toBe(true)
    expect(only(fromSegment({ type: 'track', event: 'Sample Asked', properties: {} })).kind).toBe('x:Sample Asked')
    expect(only(fromSegment({ type: 'page', name: 'Home', properties: { path: '/' } }))).toEqual({ kind: 'Page Viewed', body: { path: '/' } })
    expect(issuesOf(fromSegment({ type: 'identify', userId: 'u' }))).toEqual([{ code: 'unknown-kind', path: 'type', have: 'identify' }])
    expect(issuesOf(fromSegment({ type: 'track', event: 'Product Viewed', properties: { price: 19.999, currency: 'CNY' } }))).toEqual([
      { code: 'not-an-amount', path: 'properties.price', have: '19.999' },
    ])
    expect(issuesOf(fromSegment({ type: 'track', event: 'Product Viewed', properties: { price: 19.99 } }))).toEqual([
      { code: 'unknown-currency', path: 'properties.price' },
    ])
    expect(only(fromSegment({ type: 'track', event: 'Product Viewed', properties: { price: 19.99 } }, { currency: 'CNY' })).body).toEqual({ price: 1999 })
  })

  it('GA4: items, one event for each article, microseconds', () => {
    const payload = {
      client_id: 'c.1',
      user_id: 'u-1',
      timestamp_micros: at * 1000,
      events: [
        {
          name: 'add_to_cart',
          params: {
            currency: 'CNY',
            value: 64.97,
            items: [
              { item_id: 'tea', item_name: 'Tea', price: 19.99, quantity: 3, index: 1 },
              { item_id: 'cup', price: 5, quantity: 1 },
            ],
          },
        },
        {
          name: 'purchase',
          params: { transaction_id: 'o-1', currency: 'CNY', value: 64.97, tax: 0, coupon: 'spring', items: [{ item_id: 'tea', quantity: 3 }] },
        },
        { name: 'level_up', params: { level: 3 } },
      ],
    }
    const ids = { anonId: 'c.1', userId: 'u-1' }
    expect(value(fromGa4(payload)).events).toEqual([
      { kind: 'Product Added', at, body: { currency: 'CNY', sku: 'tea', name: 'Tea', price: 1999, quantity: 3, position: 1, ...ids } },
      { kind: 'Product Added', at, body: { currency: 'CNY', sku: 'cup', price: 500, quantity: 1, ...ids } },
      {
        kind: 'Order Completed',
        at,
        body: { order: 'o-1', currency: 'CNY', total: 6497, tax: 0, coupons: ['spring'], products: [{ sku: 'tea', quantity: 3 }], ...ids },
      },
      { kind: 'x:level_up', at, body: { level: 3, ...ids } },
    ])
    expect(issuesOf(toGa4({ kind: 'Cart Viewed', body: { currency: 'CNY', products: [{ sku: 'a', currency: 'USD' }] } }))).toEqual([
      { code: 'currency-mismatch', path: 'products.0.currency', have: 'USD', need: 'CNY' },
    ])
    expect(issuesOf(fromGa4({ events: [{}] }))).toEqual([{ code: 'invalid', path: 'events.0.name' }])
  })

  it('有数: yuan as floats, the cart’s level, two meanings of pay', () => {
    const user = { open_id: 'open', local_id: 'dev-1', user_id: 'u-1' }
    const cart = {
      type: 'add_to_cart',
      time: String(at),
      props: {
        wx_user: user,
        sku: { sku_id: 'tea', sku_name: '龙井' },
        sale: { original_price: 25, current_price: 19.99 },
        action_type: 'append_to_cart',
        sku_num: 5,
        guide_id: 'g7',
      },
    }
    const about = { anonId: 'dev-1', userId: 'u-1', staffId: 'g7' }
    const tea = { sku: 'tea', name: '龙井', price: 1999, currency: 'CNY' }
    expect(only(fromYoushu(cart, { level: () => 2 }))).toEqual({ kind: 'Product Added', at, body: { ...tea, quantity: 3, ...about } })
    expect(only(fromYoushu(cart, { level: () => 6 }))).toEqual({ kind: 'Product Removed', at, body: { ...tea, quantity: 1, ...about } })
    // the level before is not known: no guess
    expect(only(fromYoushu(cart))).toEqual({ kind: 'x:Cart Level Told', at, body: { ...tea, level: 5, action: 'append_to_cart', ...about } })
    const pay = {
      type: 'custom_order',
      time: at,
      props: { order: { order_id: 'o-1', order_status: 'pay' }, sub_orders: [{ pay_amt: 19.99 }, { pay_amt: 0.01 }], chan: { chan_shop_id: '0001' } },
    }
    expect(only(fromYoushu(pay))).toEqual({ kind: 'Payment Info Entered', at, body: { order: 'o-1', storeId: '0001' } })
    expect(only(fromYoushu(pay, { pay: 'paid' }))).toEqual({
      kind: 'Order Completed',
      at,
      body: { order: 'o-1', currency: 'CNY', total: 2000, products: [], storeId: '0001' },
    })
    expect(only(fromYoushu({ type: 'consume_coupon', props: { coupon: { coupon_id: 'c' } } }))).toEqual({
      kind: 'x:consume_coupon',
      body: { coupon: { coupon_id: 'c' } },
    })
    expect(issuesOf(fromYoushu({ type: 'browse_sku_page', props: { sku: { sku_id: 'a' }, sale: { current_price: 19.999 } } }))).toEqual([
      { code: 'not-an-amount', path: 'props.sale.current_price', have: '19.999' },
    ])
    expect(issuesOf(toYoushu({ kind: 'Product Viewed', body: { sku: 'a', price: 1, currency: 'JPY' } }))).toEqual([
      { code: 'currency-mismatch', path: 'currency', have: 'JPY', need: 'CNY' },
    ])
    expect(value(toYoushu({ kind: 'Product Added', body: { sku: 'a', quantity: 2 } })).lost).toEqual(['quantity'])
  })

  it('神策: presets, lists of texts', () => {
    const message = { type: 'track', event: '$MPViewScreen', time: at, distinct_id: 'd-1', properties: { $url_path: 'pages/index' } }
    expect(only(fromSensors(message))).toEqual({ kind: 'Screen Viewed', at, body: { name: 'pages/index', anonId: 'd-1' } })
    const out = value(
      toSensors({
        kind: 'Cart Viewed',
        body: { currency: 'CNY', anonId: 'a', products: [{ sku: 'tea', price: 1999, quantity: 2, name: 'Tea' }, { sku: 'cup' }] },
      }),
    )
    expect(out).toEqual({
      message: {
        type: 'track',
        event: 'CartViewed',
        distinct_id: 'a',
        anonymous_id: 'a',
        properties: { currency: 'CNY', product_skus: ['tea', 'cup'], product_quantities: ['2', ''], product_prices: ['19.99', ''] },
      },
      lost: ['products.0.name'],
    })
    expect(issuesOf(toSensors({ kind: 'Cart Viewed', body: {} }))).toEqual([{ code: 'invalid', path: 'anonId', have: 'nothing', need: 'anonId or userId' }])
    expect(issuesOf(fromSensors({ type: 'profile_set' }))).toEqual([{ code: 'unknown-kind', path: 'type', have: 'profile_set' }])
  })

  it('nothing that is hostile gets through, and no message makes a map throw', () => {
    const hostile = JSON.parse('{"type":"track","event":"constructor","properties":{"__proto__":{"polluted":1},"constructor":1,"ok":1}}') as object
    const event = only(fromSegment(hostile))
    expect(event.kind).toBe('x:constructor')
    expect(JSON.stringify(event.body)).toBe('{"ok":1}')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    let deep: unknown = 1
    for (let i = 0; i < 10_000; i++) deep = { deep }
    expect(issuesOf(fromSegment({ type: 'track', event: 'A B', properties: { deep } }))).toEqual([expect.objectContaining({ code: 'too-deep' })])
    fc.assert(
      fc.property(fc.anything(), fc.constantFrom('track', 'page', 'add_to_cart', 'custom_order'), (any, type) => {
        for (const given of [
          any,
          { type, event: 'Product Viewed', properties: any, props: any, events: any },
          { type, event: any, props: { sku: any, order: any, sub_orders: any, skus: any }, events: [{ name: 'purchase', params: any }] },
        ])
          for (const from of [fromSegment, fromGa4, fromSensors, fromYoushu]) expect(typeof from(given, { currency: 'CNY' }).ok).toBe('boolean')
      }),
      { numRuns: 500, seed: 2 },
    )
  })

  it('every kind of the contract has its own name with Segment, GA4 and 神策', () => {
    for (const kind of Object.keys(factKinds)) {
      const event: MappedEvent = { kind, body: { anonId: 'a' } }
      for (const [to, from] of [
        [toSegment, fromSegment],
        [toGa4, fromGa4],
        [toSensors, fromSensors],
      ] as const) {
        const back = value(from(value((to as (one: MappedEvent) => Result<Outgoing<unknown>>)(event)).message)).events
        expect([kind, back[0]?.kind]).toEqual([kind, kind])
      }
    }
  })
})
