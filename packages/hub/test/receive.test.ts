import type { KeyKind } from '@omokit/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey, type Store } from '../src/index'
import { receiveStream, type ReceiveAnswer } from '../src/receive/take-received'
import { hashKey } from '../src/keys/create-key'
import { openMemoryStore } from './support/memory-store'
import { createWorld, noon, type World } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

/** A key whose sender has consent for analytics. */
async function sender(w: World, kind: KeyKind = 'secret', consent: readonly string[] = ['analytics'], storeId?: string): Promise<string> {
  const made = await createKey(
    store,
    { now: () => w.clock.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)), every: () => () => undefined },
    { brand: w.brand, kind, mode: 'test', consent, ...(storeId ? { storeId } : {}) },
  )
  if (!made.ok) throw new Error(made.issues[0]?.code)
  return made.value.key
}

const receive = async (w: World, key: string | undefined, path: string, body: unknown, headers?: Record<string, string>) => {
  const answer = await w.call('POST', `/v1/receive/${path}`, key, body, headers)
  return { ...answer, got: answer.body as ReceiveAnswer }
}

const facts = async (w: World) =>
  (
    await store.tx(w.brand, (trx) =>
      trx.selectFrom('facts').select(['stream', 'seq', 'kind', 'text', 'flags']).where('brand', '=', w.brand).orderBy('stream').orderBy('seq').execute(),
    )
  ).map(({ text, ...row }) => ({
    ...row,
    fact: JSON.parse(text) as { at: number; body: Record<string, unknown>; place: unknown; consent: unknown; prev?: string },
  }))

const track = (event: string, properties: object, more: object = {}) => ({ type: 'track', event, properties, anonymousId: 'a-1', ...more })
const viewed = (id: string, more: object = {}) =>
  track('Product Viewed', { sku: 'tea', price: 94.6, currency: 'CNY' }, { messageId: id, timestamp: new Date(noon - 5000).toISOString(), ...more })
const paid = (order: string, id: string) =>
  track('Order Completed', { order_id: order, currency: 'CNY', total: 39.98, products: [{ sku: 'tea', price: 19.99, quantity: 2 }] }, { messageId: id })

describe('Segment', () => {
  test('a batch is stored once, money in fen, in one stream a lane with numbers of the hub', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    const batch = { batch: [viewed('m1'), paid('o1', 'm2'), viewed('m3')] }
    const first = await receive(w, key, 'segment', batch)
    expect([first.status, first.got]).toEqual([200, { taken: 3, duplicates: 0, refused: [], unknown: [] }])
    // the sender did not see the answer
    expect((await receive(w, key, 'segment', batch)).got).toEqual({ taken: 0, duplicates: 3, refused: [], unknown: [] })
    expect((await receive(w, key, 'segment', { batch: [viewed('m3'), viewed('m4'), viewed('m4')] })).got).toEqual({
      taken: 1,
      duplicates: 2,
      refused: [],
      unknown: [],
    })
    const [observe, trade] = [receiveStream('segment', 'observe', hashKey(key)), receiveStream('segment', 'trade', hashKey(key))]
    const stored = await facts(w)
    expect(stored.map(({ stream, seq, kind, flags }) => [stream, seq, kind, flags])).toEqual([
      [observe, 1, 'Product Viewed', ''],
      [observe, 2, 'Product Viewed', ''],
      [observe, 3, 'Product Viewed', ''],
      [trade, 1, 'Order Completed', ''],
    ])
    expect(stored[0]?.fact).toMatchObject({
      at: noon - 5000,
      body: { sku: 'tea', price: 9460, currency: 'CNY', anonId: 'a-1' },
      place: { channel: 'web' },
      consent: ['analytics'],
    })
    const orders = (await w.call('GET', '/v1/reports/orders', key)).body
    expect(orders).toMatchObject({ orders: 1, net: 3998 })
  })

  test('trade is chained across requests, and two keys never share a stream', async () => {
    const w = createWorld(store)
    const [one, two] = [await sender(w), await sender(w)]
    for (const [i, key] of [one, one, two, one].entries()) await receive(w, key, 'segment', paid(`o${i}`, 'same id'.concat(String(i))))
    const stored = await facts(w)
    expect(stored.map(({ seq }) => seq).sort()).toEqual([1, 1, 2, 3])
    expect(stored.every(({ flags }) => flags === '')).toBe(true)
    expect((await w.call('GET', '/v1/reports/findings', one)).body).toMatchObject({ counts: {} })
    // the same id under another key is another message
    expect((await receive(w, two, 'segment', viewed('m'))).got.taken).toBe(1)
    expect((await receive(w, one, 'segment', viewed('m'))).got.taken).toBe(1)
  })

  test('requests at the same time lose and double nothing', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    const batches = Array.from({ length: 6 }, (_, i) => ({ batch: [viewed(`m${i}`), viewed(`m${i + 1}`), paid(`o${i}`, `p${i}`)] }))
    const answers = await Promise.all(batches.map((batch) => receive(w, key, 'segment', batch)))
    expect(answers.reduce((sum, { got }) => sum + got.taken, 0)).toBe(7 + 6)
    expect(answers.reduce((sum, { got }) => sum + got.duplicates, 0)).toBe(5)
    const streams = (await w.call('GET', '/v1/reports/streams', key)).body as { totals: object }
    expect(streams.totals).toMatchObject({ streams: 2, stored: 13, missing: 0, forks: 0 })
  })

  test('the write key may come as Segment sends it', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    const basic = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }
    expect((await receive(w, undefined, 'segment', viewed('m1'), basic)).got.taken).toBe(1)
    // nowhere else
    expect((await w.call('GET', '/v1/reports/orders', undefined, undefined, basic)).status).toBe(401)
    expect((await w.call('GET', `/v1/reports/orders?api_secret=${key}`, undefined)).status).toBe(401)
  })
})

describe('scopes and consent', () => {
  test('a publishable key cannot say what rests on contract', async () => {
    const w = createWorld(store)
    const key = await sender(w, 'publishable')
    const { got } = await receive(w, key, 'segment', { batch: [paid('o1', 'm1'), viewed('m2')] })
    expect(got).toEqual({ taken: 1, duplicates: 0, refused: [{ code: 'forbidden', index: 0, name: 'Order Completed' }], unknown: [] })
    expect((await facts(w)).map(({ kind }) => kind)).toEqual(['Product Viewed'])
  })

  test('a terminal’s events are of its own store, and staff need the role', async () => {
    const w = createWorld(store)
    await receive(w, await sender(w, 'terminal', ['analytics'], '0042'), 'segment', viewed('m1'))
    expect((await facts(w))[0]?.fact.place).toEqual({ channel: 'web', storeId: '0042' })
    const staff = await receive(w, await sender(w, 'staff'), 'segment', viewed('m2'))
    expect(staff.got.refused).toEqual([{ code: 'forbidden', index: 0, name: 'Product Viewed' }])
    expect((await receive(w, undefined, 'segment', viewed('m3'))).status).toBe(401)
  })

  test('what is seen needs consent: of the payload, or of the key; the payload’s word goes before', async () => {
    const w = createWorld(store)
    const [bare, vouched] = [await sender(w, 'secret', []), await sender(w)]
    const yes = { context: { consent: { categoryPreferences: { Analytics: true, Marketing: false } } } }
    const no = { context: { consent: { categoryPreferences: { Analytics: false } } } }
    const refused = { code: 'no-consent', index: 0, name: 'Product Viewed' }
    expect((await receive(w, bare, 'segment', viewed('m1'))).got.refused).toEqual([refused])
    // consent came later: the same message is judged anew
    expect((await receive(w, bare, 'segment', viewed('m1', yes))).got.taken).toBe(1)
    expect((await receive(w, vouched, 'segment', viewed('m2', no))).got.refused).toEqual([refused])
    expect((await receive(w, vouched, 'segment', viewed('m3'))).got.taken).toBe(1)
    // a sale rests on its contract
    expect((await receive(w, bare, 'segment', paid('o1', 'm4'))).got.taken).toBe(1)
    expect((await facts(w)).map(({ fact }) => fact.consent)).toEqual(expect.arrayContaining([['analytics'], ['analytics'], []]))
  })

  test('a key says in its making what its sender has consent for', async () => {
    const w = createWorld(store)
    const admin = await w.key('staff', { roles: ['admin'] })
    const made = (await w.call('POST', '/v1/keys', admin, { kind: 'publishable', mode: 'test', consent: ['analytics'] })).body as { key: string }
    expect((await receive(w, made.key, 'segment', viewed('m1'))).got.taken).toBe(1)
    expect((await w.call('POST', '/v1/keys', admin, { kind: 'publishable', mode: 'test', consent: [''] })).status).toBe(400)
  })
})

describe('GA4', () => {
  const payload = {
    client_id: 'c.1',
    timestamp_micros: noon * 1000,
    consent: { analytics_storage: 'GRANTED' },
    events: [
      {
        name: 'add_to_cart',
        params: {
          currency: 'CNY',
          value: 44.98,
          items: [
            { item_id: 'tea', price: 19.99, quantity: 2 },
            { item_id: 'cup', price: 5, quantity: 1 },
          ],
        },
      },
      { name: 'level_up', params: { level: 3 } },
    ],
  }

  test('a payload with its secret in the address, once by its content and time', async () => {
    const w = createWorld(store)
    const key = await sender(w, 'publishable', [])
    const first = await receive(w, undefined, `ga4?measurement_id=G-1&api_secret=${key}`, payload)
    expect(first.got).toEqual({ taken: 3, duplicates: 0, refused: [], unknown: ['level_up'] })
    expect((await receive(w, key, 'ga4', payload)).got).toMatchObject({ taken: 0, duplicates: 3 })
    expect((await receive(w, key, 'ga4', { ...payload, timestamp_micros: (noon + 1000) * 1000 })).got.taken).toBe(3)
    const stored = await facts(w)
    expect(stored.slice(0, 3).map(({ kind, fact }) => [kind, fact.at, fact.body])).toEqual([
      ['Product Added', noon, { currency: 'CNY', sku: 'tea', price: 1999, quantity: 2, anonId: 'c.1' }],
      ['Product Added', noon, { currency: 'CNY', sku: 'cup', price: 500, quantity: 1, anonId: 'c.1' }],
      ['x:level_up', noon, { level: 3, anonId: 'c.1' }],
    ])
  })

  test('without a time a repeat cannot be told from a second event', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    const { timestamp_micros: _, ...timeless } = payload
    expect((await receive(w, key, 'ga4', timeless)).got.taken).toBe(3)
    expect((await receive(w, key, 'ga4', timeless)).got.taken).toBe(3)
    expect(await facts(w)).toHaveLength(6)
  })
})

describe('有数', () => {
  test('events of the shop’s mini-program, yuan as fen', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    const user = { local_id: 'dev-1', user_id: 'u-1' }
    const events = [
      {
        type: 'browse_sku_page',
        time: noon,
        props: { uuid: 'e1', wx_user: user, sku: { sku_id: 'tea', sku_name: '龙井' }, sale: { original_price: 25, current_price: 19.99 } },
      },
      {
        type: 'custom_order',
        time: noon,
        props: { uuid: 'e2', wx_user: user, order: { order_id: 'o1', order_status: 'pay' }, sub_orders: [{ pay_amt: 19.99 }] },
      },
      { type: 'consume_coupon', time: noon, props: { uuid: 'e3', coupon: { coupon_id: 'c' } } },
    ]
    const { got } = await receive(w, key, 'youshu?pay=paid', { events })
    expect(got).toEqual({ taken: 3, duplicates: 0, refused: [], unknown: ['consume_coupon'] })
    expect((await facts(w)).map(({ kind, fact }) => [kind, fact.body])).toEqual([
      ['Product Viewed', { sku: 'tea', name: '龙井', price: 1999, currency: 'CNY', anonId: 'dev-1', userId: 'u-1' }],
      ['x:consume_coupon', { coupon: { coupon_id: 'c' } }],
      ['Order Completed', { order: 'o1', currency: 'CNY', total: 1999, products: [], anonId: 'dev-1', userId: 'u-1' }],
    ])
    expect((await receive(w, key, 'youshu', events[0])).got.duplicates).toBe(1)
  })
})

describe('what is refused', () => {
  test('by itself, the rest is taken: fractions of a fen, no currency, other types', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    const batch = [
      track('Product Viewed', { sku: 'a', price: 19.999, currency: 'CNY' }, { messageId: 'm1' }),
      track('Product Viewed', { sku: 'a', price: 19.99 }, { messageId: 'm2' }),
      { type: 'identify', userId: 'u', messageId: 'm3' },
      'no message',
      track('Identity Linked', { userId: 'victim' }, { messageId: 'm5' }),
      track('Facts Lost', { ranges: [[1, 1]] }, { messageId: 'm6' }),
      viewed('m7'),
    ]
    const { got } = await receive(w, key, 'segment', { batch })
    expect(got.taken).toBe(1)
    expect(got.refused.map(({ index, code, path }) => [index, code, path])).toEqual([
      [0, 'not-an-amount', 'properties.price'],
      [1, 'unknown-currency', 'properties.price'],
      [2, 'unknown-kind', 'type'],
      [3, 'invalid', undefined],
      [4, 'forbidden', undefined],
      [5, 'forbidden', undefined],
    ])
    expect((await receive(w, key, 'segment?currency=CNY', { batch })).got).toMatchObject({ taken: 1, duplicates: 1 })
  })

  test('as a whole, before anything is parsed or stored', async () => {
    const w = createWorld(store, { limits: { bodyBytes: 5000, facts: 3 } })
    const key = await sender(w)
    const of = async (path: string, body: unknown): Promise<unknown[]> => {
      const { status, code } = await receive(w, key, path, body)
      return [status, code]
    }
    expect(await of('segment', `{"batch":["${'x'.repeat(5000)}"]}`)).toEqual([413, 'too-large'])
    expect(await of('segment', '{"batch":[')).toEqual([400, 'malformed'])
    expect(await of('segment', '{"batch":[],"batch":[]}')).toEqual([400, 'duplicate-key'])
    expect(await of('segment', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)).toEqual([400, 'too-deep'])
    expect(await of('segment', '[]')).toEqual([400, 'invalid'])
    expect(await of('segment', { batch: {} })).toEqual([400, 'invalid'])
    expect(await of('ga4', {})).toEqual([400, 'invalid'])
    expect(await of('segment', { batch: [viewed('1'), viewed('2'), viewed('3'), viewed('4')] })).toEqual([400, 'too-many'])
    expect(await of('segment?currency=yuan', viewed('1'))).toEqual([400, 'invalid'])
    expect(await of('youshu?pay=maybe', viewed('1'))).toEqual([400, 'invalid'])
    expect(await of('adobe', viewed('1'))).toEqual([404, 'not-found'])
    expect(await facts(w)).toEqual([])
  })

  test('is counted and readable, with the names nobody knows', async () => {
    const w = createWorld(store)
    const key = await sender(w)
    await receive(w, key, 'segment', {
      batch: [
        viewed('m1'),
        viewed('m1'),
        track('Sample Asked', {}, { messageId: 'm2' }),
        track('Sample Asked', {}),
        { type: 'identify', messageId: 'm3' },
        { type: 'identify' },
      ],
    })
    await receive(w, key, 'segment', { type: 'identify', messageId: 'm3' })
    expect((await w.call('GET', '/v1/reports/received', key)).body).toEqual({
      sources: { segment: { taken: 3, duplicates: 1, refused: { 'unknown-kind': 2 }, unknown: { 'Sample Asked': 2 } } },
    })
    const other = createWorld(store)
    expect((await other.call('GET', '/v1/reports/received', await other.key('secret'))).body).toEqual({ sources: {} })
  })
})
