import { factKinds } from '@omokit/core'
import type { EventContext, FactBody, FactName, StandardBodies } from '@omokit/core'
import { eventSchemas, eventTexts, ownSchemas, wireSchemas } from '@omokit/core/schema'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as z from 'zod/mini'

const names = Object.keys(factKinds) as FactName[]
const product = { sku: 'tea', name: '龙井', price: 9460, currency: 'CNY', quantity: 2 }

describe('the event contract', () => {
  it('gives every kind a schema, a JSON Schema and a name for people in both languages', () => {
    const schemas = [...Object.keys(eventSchemas), ...Object.keys(ownSchemas)]
    expect(schemas.sort()).toEqual([...names].sort())
    expect(Object.keys(eventTexts).sort()).toEqual([...names].sort())
    for (const name of names) {
      expect(wireSchemas[`body-${name.toLowerCase().replaceAll(' ', '-')}`]).toBeDefined()
      expect(eventTexts[name].zh).toMatch(/\p{Script=Han}/u)
      expect(eventTexts[name].en).toMatch(/^[a-zA-Z]/)
    }
  })

  it('tags every kind with a stage, but for those about streams and persons', () => {
    const without = names.filter((name) => !factKinds[name].stage)
    expect(without.sort()).toEqual(Object.keys(ownSchemas).sort())
    const stages = new Set(names.map((name) => factKinds[name].stage))
    for (const stage of ['acquisition', 'conversion', 'retention', 'referral'] as const) expect(stages).toContain(stage)
  })

  it('lets no shopper’s key say what rests on contract, and everyone what was seen', () => {
    for (const name of names) {
      const { lane, scopes } = factKinds[name]
      const open = scopes.includes('publishable')
      if (name === 'Consent Recorded' || name === 'Stream Ended') expect([lane, open]).toEqual(['trade', true])
      else expect([name, open]).toEqual([name, lane === 'observe'])
    }
  })

  it('has bodies that are facts, with the types of their schemas', () => {
    expectTypeOf<StandardBodies[keyof StandardBodies]>().toExtend<FactBody>()
    expectTypeOf<z.output<(typeof eventSchemas)['Product Added']>>().toExtend<{ sku: string; quantity: number; price?: number }>()
    expectTypeOf<EventContext>().toExtend<FactBody>()
    // @ts-expect-error an order without its currency
    const order: StandardBodies['Order Completed'] = { order: 'o', total: 1, products: [] }
    expect(eventSchemas['Order Completed'].safeParse(order).success).toBe(false)
  })
})

describe('the schemas of bodies', () => {
  const good: { readonly [N in keyof StandardBodies]?: StandardBodies[N] } = {
    'Session Started': { session: 's1', campaign: { source: 'wechat', scene: '1047', placement: 'shelf-7' } },
    'QR Scanned': { code: 'https://example.com/q/7', placement: 'shelf-7', scene: '1011' },
    'Store Entered': { storeId: '0001', evidence: 'beacon' },
    'Product Added': product,
    'Product Tried On': { sku: 'lipstick', mode: 'ar' },
    'Cart Viewed': { currency: 'CNY', products: [product], value: 18_920 },
    'Coupon Claimed': { coupon: 'spring', item: 'i1' },
    'Coupon Reserved': { coupon: 'spring', item: 'i1', order: 'o1', hold: 'h1', expiresAt: 1 },
    'Coupon Reversed': { coupon: 'spring', item: 'i1', order: 'o1', returnDocument: 'r1' },
    'Points Earned': { points: 94, order: 'o1', entry: 'e1' },
    'Points Reversed': { points: 94, reverses: 'e1', returnDocument: 'r1' },
    'Price Mismatch Reported': { sku: 'tea', currency: 'CNY', seen: 9900, expected: 9460, against: 'shelf', release: 7 },
    'Appointment Booked': { appointment: 'a1', storeId: '0001', startsAt: 1 },
    'Order Completed': { order: 'o1', currency: 'CNY', total: 9460, products: [product] },
    'Order Picked Up': { order: 'o1', storeId: '0001', proof: 'code' },
    'Shipment Updated': { order: 'o1', shipment: 'p1', status: 'delivered' },
    'Return Accepted': { returnDocument: 'r1', order: 'o1', origin: 'web', storeId: '0001', restock: true },
    'Consultation Followed Up': { consultation: 'c1', via: 'wecom', staffId: 'g7' },
    'Feedback Given': { survey: 'nps', score: 9 },
    'Content Shared': { content: 'n1', format: 'note', to: 'timeline' },
    'Referral Accepted': { referral: 'f1', referrer: 'm1' },
    'Group Buy Joined': { group: 'g1', sku: 'tea', size: 3, price: 8000, currency: 'CNY' },
  }
  const accepts = (name: keyof StandardBodies, body: unknown): boolean => eventSchemas[name].safeParse(body).success

  it.each(Object.entries(good))('take %s, with any context and fields of the brand beside its own', (name, body) => {
    const whole = { ...body, anonId: 'a', userId: 'u', session: 's', staffId: 'g7', brandOwn: { deep: [1.5] } }
    expect(eventSchemas[name as keyof StandardBodies].safeParse(whole)).toEqual({ success: true, data: whole })
  })

  it('refuse money that is no whole number of minor units, and quantities that are none', () => {
    for (const price of [94.6, '9460', Number.NaN, 2e13]) expect([price, accepts('Product Viewed', { sku: 'tea', price })]).toEqual([price, false])
    for (const quantity of [-1, 0.5, '2']) expect([quantity, accepts('Product Added', { ...product, quantity })]).toEqual([quantity, false])
    expect(accepts('Cart Viewed', { currency: 'CNY', products: [{ ...product, price: 94.6 }] })).toBe(false)
    expect(accepts('Cart Viewed', { currency: 'yuan', products: [] })).toBe(false)
    expect(accepts('Points Earned', { points: -1 })).toBe(false)
  })

  it('refuse what is missing or of no known choice', () => {
    expect(accepts('Product Viewed', { name: 'tea' })).toBe(false)
    expect(accepts('Store Entered', { storeId: '0001', evidence: 'guess' })).toBe(false)
    expect(accepts('Shipment Updated', { order: 'o', shipment: 's', status: 'lost' })).toBe(false)
    expect(accepts('Order Completed', { order: 'o', currency: 'CNY', total: 1 })).toBe(false)
  })
})
