import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { createShop } from './support/shop'
import { chained, createWorld, noon, viewed } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

test('reports are for the brand’s server and for staff who may read them', async () => {
  const w = createWorld(store)
  const status = async (key: string, name: string) => (await w.call('GET', `/v1/reports/${name}`, key)).status
  const keys = {
    publishable: await w.key('publishable'),
    terminal: await w.key('terminal'),
    secret: await w.key('secret'),
    reports: await w.key('staff', { roles: ['reports'] }),
    admin: await w.key('staff', { roles: ['admin'] }),
    publish: await w.key('staff', { roles: ['publish'] }),
  }
  for (const name of ['streams', 'findings', 'parity', 'persons', 'orders', 'claims', 'redemptions', 'funnel']) {
    const statuses = await Promise.all(Object.values(keys).map((key) => status(key, name)))
    expect([name, ...statuses]).toEqual([name, 403, 403, 200, 200, 200, 403])
  }
  expect(await status(keys.secret, 'constructor')).toBe(404)
})

test('one brand’s reports show nothing of another', async () => {
  const [mine, theirs] = [createWorld(store), createWorld(store)]
  await theirs.send(await theirs.key('secret'), {
    stream: 's',
    lane: 'trade',
    facts: chained([{ kind: 'Order Completed', body: { order: 'o', lines: [{ net: 5 }] } }]),
  })
  const key = await mine.key('secret')
  expect((await mine.call('GET', '/v1/reports/streams', key)).body).toEqual({
    streams: [],
    totals: { streams: 0, stored: 0, duplicates: 0, forks: 0, refused: 0, missing: 0 },
  })
  expect((await mine.call('GET', '/v1/reports/orders', key)).body).toEqual({ orders: 0, lines: 0, members: 0, net: 0, discounts: {} })
})

test('what every stream lacks is named by number, without what was deleted on purpose', async () => {
  const w = createWorld(store)
  const key = await w.key('secret')
  await w.send(key, { stream: 'a', lane: 'observe', facts: [viewed(1), viewed(4)], head: 9 })
  await w.send(key, { stream: 'b', lane: 'observe', facts: [viewed(1)] })
  await w.send(key, { stream: 'c', lane: 'observe', facts: [viewed(1)], head: 5 })
  await w.send(key, { stream: 't', lane: 'trade', facts: chained([{ kind: 'Stream Ended', body: { stream: 'c', through: 5, purged: 4 } }]) })
  const report = (await w.call('GET', '/v1/reports/streams', key)).body as { streams: readonly Record<string, unknown>[] }
  expect(report).toMatchObject({
    totals: { streams: 4, stored: 5, missing: 7 },
    streams: [
      {
        stream: 'a',
        head: 9,
        through: 1,
        gaps: [
          [2, 3],
          [5, 9],
        ],
        missing: 7,
      },
      { stream: 'b', head: 1, through: 1, gaps: [], missing: 0 },
      { stream: 'c', gaps: [[2, 5]], missing: 0, ended: { through: 5, purged: 4 } },
      { stream: 't', lane: 'trade', missing: 0 },
    ],
  })
  const paged = (await w.call('GET', '/v1/reports/streams?limit=2', key)).body as { streams: readonly { stream: string }[]; next: string }
  expect([paged.streams.map((one) => one.stream), paged.next]).toEqual([['a', 'b'], 'b'])
  const rest = (await w.call('GET', `/v1/reports/streams?after=${paged.next}`, key)).body as { streams: readonly { stream: string }[] }
  expect(rest.streams.map((one) => one.stream)).toEqual(['c', 't'])
})

test('persons, members and the funnel go by the person, not the device', async () => {
  const w = createWorld(store)
  const key = await w.key('secret')
  const at = (channel: string) => ({ place: { channel } })
  await w.send(key, {
    stream: 'web',
    lane: 'observe',
    facts: [
      viewed(1, { body: { anonId: 'd1' }, ...at('web') }),
      viewed(2, { body: { anonId: 'd2' }, ...at('web') }),
      viewed(3, { body: { anonId: 'd3' }, ...at('miniprogram') }),
      viewed(4, { kind: 'Identity Linked', body: { anonId: 'd1', userId: 'm1' } }),
      viewed(5, { kind: 'Identity Linked', body: { anonId: 'd3', userId: 'm1' } }),
    ],
  })
  const order = (n: number) => ({ kind: 'Order Completed', body: { order: `o${n}`, userId: 'm1', lines: [] }, ...at('till') })
  await w.send(key, { stream: 'till', lane: 'trade', facts: chained([order(1), order(2), { ...order(3), place: { channel: 'till', training: true } }]) })
  expect((await w.call('GET', '/v1/reports/persons', key)).body).toEqual({
    persons: 1,
    members: 1,
    list: [{ canonical: 'user:m1', ids: ['anon:d1', 'anon:d3', 'user:m1'] }],
  })
  const funnel = (await w.call('GET', `/v1/reports/funnel?from=${noon - 1000}&to=${noon + 1000}`, key)).body as {
    stages: readonly { stage: string; persons: number }[]
    crossChannel: number
  }
  expect(funnel.stages.map(({ stage, persons }) => [stage, persons])).toEqual([
    ['draw', 2],
    ['convert', 1],
    ['retain', 1],
    ['refer', 0],
  ])
  expect(funnel.crossChannel).toBe(1)
  expect((await w.call('GET', `/v1/reports/funnel?from=${noon + 1000}&to=${noon + 2000}`, key)).body).toMatchObject({ crossChannel: 0 })
})

test('the funnel leaves declared programs out, but not what they paid', async () => {
  const w = createWorld(store)
  const key = await w.key('secret')
  const seen = (n: number, body: object) => viewed(n, { body: { sku: 'a', ...body }, place: { channel: 'web' } })
  const report = async () =>
    ((await w.call('GET', `/v1/reports/funnel?from=${noon - 1000}&to=${noon + 1000}`, key)).body as { stages: readonly { persons: number }[] }).stages.map(
      ({ persons }) => persons,
    )
  await w.send(key, {
    stream: 'web',
    lane: 'observe',
    facts: [seen(1, { anonId: 'd1' }), seen(2, { anonId: 'd2', bot: 'crawler' }), seen(3, { anonId: 'd3', bot: 'webdriver' })],
  })
  expect(await report()).toEqual([1, 0, 0, 0])
  const order = { kind: 'Order Completed', body: { order: 'o1', userId: 'm1', lines: [], bot: 'webdriver' }, place: { channel: 'web' } }
  await w.send(key, { stream: 'till', lane: 'trade', facts: chained([order]) })
  expect((await report())[1]).toBe(1)
})

test('findings are counted by code and kept once', async () => {
  const w = createWorld(store)
  const key = await w.key('secret')
  const facts = chained([{ kind: 'Order Completed', body: {} }])
  await w.send(key, { stream: 't', lane: 'trade', facts })
  const fork = chained([{ kind: 'Order Completed', body: { other: 1 } }])
  for (let i = 0; i < 3; i++) await w.send(key, { stream: 't', lane: 'trade', facts: fork })
  const report = (await w.call('GET', '/v1/reports/findings', key)).body
  expect(report).toMatchObject({ counts: { 'stream-fork': 1 }, findings: [{ code: 'stream-fork', subject: 't.1', stream: 't', seq: 1, foundAt: noon }] })
  expect((await w.call('GET', '/v1/reports/findings?code=receipt-edited', key)).body).toMatchObject({ findings: [], counts: { 'stream-fork': 1 } })
})

test('claims and redemptions are counted from the authority’s own tables', async () => {
  const shop = await createShop(store)
  await shop.call('PUT', '/v1/coupons/ten', shop.secret, { name: '10 off', rule: 'ten', labels: { merchant: 'a', campaign: '7' } })
  await shop.call('PUT', '/v1/coupons/five', shop.secret, { name: '5 off', rule: 'five', perMember: 1, labels: { merchant: 'b', campaign: '8' } })
  const first = await shop.claim('ten', 'm1')
  await shop.claim('ten', 'm2')
  await shop.claim('five', 'm1', 'once')
  await shop.claim('five', 'm1', 'once')
  expect((await shop.command('claim', { coupon: 'five', member: 'm1' })).code).toBe('already-claimed')
  expect((await shop.call('GET', '/v1/reports/claims', shop.secret)).body).toEqual({ claims: 3, commands: 3, members: 2, coupons: 2, merchants: 2 })
  const held = await shop.command('hold', { order: 'o-1', member: 'm1', rights: [{ kind: 'item', id: first.item, qty: 1 }], ttlMs: 60_000 })
  await shop.command('confirm', { hold: held.value['hold'], receipt: 'r-1' })
  expect((await shop.call('GET', '/v1/reports/redemptions?by=campaign', shop.secret)).body).toEqual({
    redeemed: 1,
    members: 1,
    offline: { accepted: 0, conflict: 0, exposure: 0 },
    over: 0,
    refused: { 'already-claimed': 1 },
    groups: { 7: { redeemed: 1, members: 1 } },
  })
})
