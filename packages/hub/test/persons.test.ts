import { resolve, type IdentityEvent } from '@omokit/identity/resolve'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { createShop } from './support/shop'
import { chained, createWorld, noon, viewed, type World } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

const persons = async (w: World): Promise<readonly (readonly string[])[]> => {
  const rows = await store.tx(w.brand, (trx) => trx.selectFrom('persons').select(['canonical', 'ids']).where('brand', '=', w.brand).execute())
  return rows.map(({ ids }) => JSON.parse(ids) as string[]).sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1))
}
const link = (seq: number, body: unknown, at: number = noon): string => viewed(seq, { kind: 'Identity Linked', body, at })

/** Small deterministic randomness. */
function dice(seed: number): (sides: number) => number {
  return (sides) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * sides)
  }
}

describe('persons', () => {
  test('a visitor who logs in on two devices is one person', async () => {
    const w = createWorld(store)
    const key = await w.key('secret')
    await w.send(key, { stream: 'a', lane: 'observe', facts: [link(1, { anonId: 'd1', userId: 'm1' })] })
    await w.send(key, { stream: 'b', lane: 'observe', facts: [link(1, { anonId: 'd2', userId: 'm2' })] })
    expect(await persons(w)).toEqual([
      ['anon:d1', 'user:m1'],
      ['anon:d2', 'user:m2'],
    ])
    await w.send(key, { stream: 'c', lane: 'observe', facts: [link(1, { anonId: 'd3', userId: 'm1' })] })
    expect(await persons(w)).toEqual([
      ['anon:d1', 'anon:d3', 'user:m1'],
      ['anon:d2', 'user:m2'],
    ])
  })

  test('a device two members used belongs to nobody, whoever came first', async () => {
    for (const members of [
      ['m1', 'm2'],
      ['m2', 'm1'],
    ]) {
      const w = createWorld(store)
      const key = await w.key('secret')
      for (const [i, userId] of members.entries()) await w.send(key, { stream: `s${i}`, lane: 'observe', facts: [link(1, { anonId: 'ipad', userId })] })
      expect(await persons(w)).toEqual([['anon:ipad'], ['user:m1'], ['user:m2']])
    }
  })

  test('a logout, a withdrawal and an erasure are facts like any other', async () => {
    const w = createWorld(store)
    const key = await w.key('secret')
    await w.send(key, {
      stream: 'a',
      lane: 'observe',
      facts: [link(1, { anonId: 'd1', userId: 'm1' }), viewed(2, { kind: 'Visitor Left', body: { anonId: 'd1', userId: 'm1' } })],
    })
    expect(await persons(w)).toEqual([['anon:d1', 'user:m1']])
    const withdrawn = chained([
      { kind: 'Consent Recorded', body: { type: 'consent', granted: false, purposes: ['identity', 'analytics'], userId: 'm1' }, at: noon },
    ])
    w.clock.now += 1000
    await w.send(key, { stream: 't', lane: 'trade', facts: withdrawn })
    expect(await persons(w)).toEqual([['anon:d1'], ['user:m1']])
    await w.send(key, { stream: 'b', lane: 'observe', facts: [link(1, { type: 'delete', userId: 'm1' }, noon + 500)] })
    expect(await persons(w)).toEqual([])
  })

  test('facts in any order, split in any batches and repeated give the persons of the plain fold', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const roll = dice(seed)
      const events = Array.from({ length: 14 }, (_, i): IdentityEvent => {
        const pick = (name: string, of: number): string => `${name}${roll(of)}`
        const kind = roll(6)
        const base = { id: `s${i}.1`, ts: noon - 10_000 + i, hubTs: noon }
        if (kind === 0) return { ...base, type: 'bind', userId: pick('m', 3), phoneHash: pick('p', 3) }
        if (kind === 1) return { ...base, type: 'bind', userId: pick('m', 3), unionid: pick('u', 2) }
        if (kind === 2) return { ...base, type: 'unbind', userId: pick('m', 3), phoneHash: pick('p', 3) }
        return { ...base, type: 'identify', userId: pick('m', 3), anonId: pick('d', 4) }
      })
      const expected = resolve(events).clusters
      const w = createWorld(store)
      const key = await w.key('secret')
      const order = events.map((event) => ({ event, place: roll(1000) })).sort((a, b) => a.place - b.place)
      for (const { event } of [...order, ...order.slice(0, 5)]) {
        const { id, ts, hubTs: _, ...body } = event
        await w.send(key, { stream: id.split('.')[0] as string, lane: 'observe', facts: [link(1, body, ts)] })
      }
      expect({ seed, persons: await persons(w) }).toEqual({ seed, persons: expected })
      const rows = await store.tx(w.brand, (trx) => trx.selectFrom('identity_ids').select(['id', 'component']).where('brand', '=', w.brand).execute())
      const componentOf = new Map(rows.map((row) => [row.id, row.component]))
      for (const cluster of expected) expect(new Set(cluster.map((id) => componentOf.get(id))).size).toBe(1)
    }
  })

  test('one batch that connects many components at once', async () => {
    const w = createWorld(store)
    const key = await w.key('secret')
    const body = (i: number) => ({ userId: `m${i % 5}`, anonId: `d${i}` })
    await w.send(key, { stream: 'a', lane: 'observe', facts: Array.from({ length: 200 }, (_, i) => link(i + 1, body(i))) })
    const found = await persons(w)
    expect(found.length).toBe(5)
    expect(found.every((ids) => ids.length === 41)).toBe(true)
  })

  test('the stamp of first receipt is the hub’s; one sent along is thrown away', async () => {
    const w = createWorld(store)
    const key = await w.key('secret')
    await w.send(key, { stream: 'a', lane: 'observe', facts: [link(1, { type: 'bind', userId: 'm1', unionid: 'u1', hubTs: 1 })] })
    w.clock.now += 5000
    // claims to be older, by its own clock and by a stamp of its own
    await w.send(key, { stream: 'b', lane: 'observe', facts: [link(1, { type: 'bind', userId: 'm2', unionid: 'u1', hubTs: 0 }, noon - 99_000)] })
    expect(await persons(w)).toEqual([['unionid:u1', 'user:m1'], ['user:m2']])
    const stamps = await store.tx(w.brand, (trx) =>
      trx.selectFrom('identity_events').select(['event_id', 'hub_ts']).where('brand', '=', w.brand).orderBy('event_id').execute(),
    )
    expect(stamps).toEqual([
      { event_id: 'a.1', hub_ts: noon },
      { event_id: 'b.1', hub_ts: noon + 5000 },
    ])
  })
})

describe('what a shopper’s client may say', () => {
  test('it links itself to the member whose token it has, and to nobody else', async () => {
    const shop = await createShop(store)
    const token = await shop.session('m1')
    const send = async (stream: string, body: unknown, headers: Record<string, string> = { 'omokit-member': token }) => {
      const text = `{"stream":"${stream}","lane":"observe","sent_at":${noon},"head":1,"facts":[${link(1, body)}]}`
      return ((await shop.call('POST', '/v1/facts', shop.publishable, text, headers)).body as { except: readonly { code: string }[] }).except.map(
        (one) => one.code,
      )
    }
    expect(await send('a', { anonId: 'd1', userId: 'm1' })).toEqual([])
    expect(await send('b', { anonId: 'd2', userId: 'm2' })).toEqual(['forbidden'])
    expect(await send('c', { anonId: 'd3', userId: 'm1' }, {})).toEqual(['forbidden'])
    expect(
      await send(
        'd',
        { anonId: 'd4', userId: 'm1' },
        { 'omokit-member': token.replace(/^(.{40})(.)/, (_, head: string, char: string) => head + (char === 'A' ? 'B' : 'A')) },
      ),
    ).toEqual(['forbidden'])
    // the token the link was made under, when the session has moved on
    expect(await send('e', { anonId: 'd5', userId: 'm1', proof: token }, {})).toEqual([])
    for (const type of ['merge', 'delete', 'bind', 'split', 'unbind'])
      expect(await send(`x-${type}`, { type, userId: 'm1', intoUserId: 'm2', by: 'admin' })).toEqual(['forbidden'])
    expect(await persons(shop)).toEqual([['anon:d1', 'anon:d5', 'user:m1']])
  })

  test('a phone or platform account it names proves nothing', async () => {
    const shop = await createShop(store)
    const text = (body: unknown) => `{"stream":"a","lane":"observe","sent_at":${noon},"head":1,"facts":[${link(1, body)}]}`
    await shop.call('POST', '/v1/facts', shop.publishable, text({ anonId: 'd1', userId: 'm1', phoneHash: 'victim', unionid: 'victim', verified: true }), {
      'omokit-member': await shop.session('m1'),
    })
    expect(await persons(shop)).toEqual([['anon:d1', 'user:m1']])
  })

  test('it cannot withdraw consent in the name of a member without that member’s token', async () => {
    const shop = await createShop(store)
    await shop.send(shop.secret, { stream: 'a', lane: 'observe', facts: [link(1, { anonId: 'd1', userId: 'm1' })] })
    const withdrawal = chained([{ kind: 'Consent Recorded', body: { granted: false, purposes: ['identity'], userId: 'm1' } }])
    await shop.send(shop.publishable, { stream: 't', lane: 'trade', facts: withdrawal })
    expect(await persons(shop)).toEqual([['anon:d1', 'user:m1']])
  })
})

test('the end of a stream is noted for the key that began it only', async () => {
  const w = createWorld(store)
  const [key, other] = [await w.key('publishable'), await w.key('publishable')]
  await w.send(key, { stream: 's', lane: 'observe', facts: [viewed(1), viewed(2)], head: 9 })
  const ended = (purged: number) => chained([{ kind: 'Stream Ended', body: { stream: 's', through: 9, purged } }])
  const state = () =>
    store.tx(w.brand, (trx) =>
      trx.selectFrom('streams').select(['ended_through', 'purged']).where('brand', '=', w.brand).where('stream', '=', 's').executeTakeFirst(),
    )
  await w.send(other, { stream: 't1', lane: 'trade', facts: ended(3) })
  expect(await state()).toEqual({ ended_through: null, purged: 0 })
  await w.send(key, { stream: 't2', lane: 'trade', facts: ended(7) })
  expect(await state()).toEqual({ ended_through: 9, purged: 7 })
})

test('an order told twice, by two streams, is one order', async () => {
  const w = createWorld(store)
  const key = await w.key('secret')
  const body = {
    order: 'o-1',
    member: 'm1',
    lines: [
      { sku: 'a', net: 250, discounts: { retail: 30, coupon: 20 } },
      { sku: 'b', net: -50, discounts: { retail: 1 } },
    ],
  }
  for (const stream of ['a', 'b']) await w.send(key, { stream, lane: 'trade', facts: chained([{ kind: 'Order Completed', body }]) })
  const orders = await store.tx(w.brand, (trx) =>
    trx.selectFrom('orders').select(['order_id', 'member', 'lines', 'net', 'discounts']).where('brand', '=', w.brand).execute(),
  )
  expect(orders).toEqual([{ order_id: 'o-1', member: 'm1', lines: 2, net: 200, discounts: '{"retail":31,"coupon":20}' }])
})
