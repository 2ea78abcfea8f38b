import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../src/index'
import { earnPoints, pointsOf } from '../src/authority/points'
import { openMemoryStore } from './support/memory-store'
import { createShop, type Shop } from './support/shop'

let store: Store
let shop: Shop
const minute = 60_000
const right = (kind: string, id: string, qty: number = 1): { kind: string; id: string; qty: number } => ({ kind, id, qty })
const hold = (rights: readonly unknown[], more: Record<string, unknown> = {}): Record<string, unknown> => ({ order: 'order-1', rights, ttlMs: minute, ...more })

beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  shop = await createShop(store)
})
afterEach(async () => {
  expect(await shop.unbalanced()).toEqual([])
})

describe('a hold', () => {
  it('takes units of a counter until it is exhausted, and says what is left', async () => {
    await shop.counter('slots', 3)
    const first = await shop.command('hold', hold([right('counter', 'slots', 2)]))
    expect(first).toMatchObject({ status: 200, ok: true, value: { expiresAt: shop.clock.now + minute, rights: [right('counter', 'slots', 2)] } })
    const second = await shop.command('hold', hold([right('counter', 'slots', 2)]))
    expect(second).toMatchObject({ status: 409, issues: [{ code: 'exhausted', path: 'rights.0', have: 1, need: 2 }] })
    expect(await shop.state('slots')).toEqual({ used: 0, held: 2, cap: 3 })
  })

  it('takes all rights of an order or none, and names every one refused', async () => {
    await shop.counter('a', 5)
    await shop.counter('b', 1)
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    const refused = await shop.command(
      'hold',
      hold([right('item', item), right('counter', 'b', 2), right('counter', 'a'), right('lots', 'ann', 5), right('counter', 'none')]),
    )
    expect(refused.issues).toEqual([
      { code: 'exhausted', path: 'rights.1', have: 1, need: 2 },
      { code: 'not-found', path: 'rights.4' },
      { code: 'points-short', path: 'rights.3', have: 0, need: 5 },
    ])
    expect(await shop.state('a')).toEqual({ used: 0, held: 0, cap: 5 })
    expect((await shop.item(item))?.state).toBe('available')
    expect(await shop.command('hold', hold([right('item', item), right('counter', 'b'), right('counter', 'a')]))).toMatchObject({ ok: true })
    expect((await shop.item(item))?.state).toBe('held')
  })

  it('leaves the floor of a counter to the till', async () => {
    await shop.counter('stock', 5, { floor: 2 })
    expect(await shop.command('hold', hold([right('counter', 'stock', 4)]))).toMatchObject({ issues: [{ code: 'exhausted', have: 3, need: 4 }] })
    expect(await shop.command('hold', hold([right('counter', 'stock', 3)]))).toMatchObject({ ok: true })
  })

  it('gives back what dead holds keep when somebody needs it', async () => {
    await shop.counter('slots', 2)
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    await shop.command('hold', hold([right('counter', 'slots', 2), right('item', item)]))
    expect(await shop.command('hold', hold([right('counter', 'slots')]))).toMatchObject({ code: 'exhausted' })
    expect(await shop.command('hold', hold([right('item', item)]))).toMatchObject({ code: 'already-held' })
    shop.clock.now += minute
    expect(await shop.command('hold', hold([right('counter', 'slots', 2)]))).toMatchObject({ ok: true })
    expect(await shop.command('hold', hold([right('item', item)]))).toMatchObject({ ok: true })
    expect(await shop.state('slots')).toEqual({ used: 0, held: 2, cap: 2 })
  })

  it('takes a typed code for its item, and refuses an item twice', async () => {
    await shop.coupon('welcome')
    const { code } = await shop.claim('welcome', 'ann')
    const typed = `${code.slice(0, 8).toLowerCase()}-${code.slice(8)}`
    expect(await shop.command('hold', hold([right('item', typed), right('item', code)]))).toMatchObject({ status: 400, code: 'invalid' })
    expect(await shop.command('hold', hold([right('item', typed)]))).toMatchObject({ ok: true })
  })

  it('with settle uses the rights up at once', async () => {
    await shop.counter('a', 1)
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    const done = await shop.command('hold', hold([right('counter', 'a'), right('item', item)], { settle: true }), { by: shop.terminal })
    expect(done.ok).toBe(true)
    expect(await shop.state('a')).toEqual({ used: 1, held: 0, cap: 1 })
    expect((await shop.item(item))?.state).toBe('redeemed')
    await shop.coupon('second')
    const second = await shop.claim('second', 'ann')
    const refused = await shop.command('hold', hold([right('counter', 'a'), right('item', second.item)], { settle: true }), { by: shop.terminal })
    expect(refused).toMatchObject({ code: 'exhausted' })
    expect((await shop.item(second.item))?.state).toBe('available')
    expect(await shop.command('reverse', { hold: done.value['hold'], returnDocument: 'r1' })).toMatchObject({ value: { state: 'reversed' } })
  })
})

describe('confirm, release and reverse', () => {
  it('uses up what was held, once', async () => {
    await shop.counter('slots', 3)
    const { value } = await shop.command('hold', hold([right('counter', 'slots', 2)]))
    expect(await shop.command('confirm', { hold: value['hold'], receipt: 'r-1' })).toMatchObject({
      status: 200,
      value: { hold: value['hold'], state: 'redeemed' },
    })
    expect(await shop.command('confirm', { hold: value['hold'] })).toMatchObject({ status: 409, code: 'hold-settled' })
    expect(await shop.command('release', { hold: value['hold'] })).toMatchObject({ code: 'hold-settled' })
    expect(await shop.state('slots')).toEqual({ used: 2, held: 0, cap: 3 })
  })

  it('refuses a confirm after the end of the hold and gives the rights back', async () => {
    await shop.counter('slots', 1)
    const { value } = await shop.command('hold', hold([right('counter', 'slots')]))
    shop.clock.now += minute
    expect(await shop.command('confirm', { hold: value['hold'] })).toMatchObject({ code: 'hold-expired' })
    expect(await shop.state('slots')).toEqual({ used: 0, held: 0, cap: 1 })
    expect(await shop.command('confirm', { hold: value['hold'] })).toMatchObject({ code: 'hold-expired' })
    expect(await shop.command('release', { hold: value['hold'] })).toMatchObject({ value: { state: 'released' } })
  })

  it('knows no hold it never gave', async () => {
    for (const operation of ['confirm', 'release']) expect(await shop.command(operation, { hold: 'h0' })).toMatchObject({ code: 'hold-unknown' })
    expect(await shop.command('reverse', { hold: 'h0', returnDocument: 'r' })).toMatchObject({ code: 'hold-unknown' })
  })

  it('releases a hold, and again without harm', async () => {
    await shop.counter('slots', 1)
    const { value } = await shop.command('hold', hold([right('counter', 'slots')]))
    for (let i = 0; i < 2; i++) expect(await shop.command('release', { hold: value['hold'] })).toMatchObject({ ok: true, value: { state: 'released' } })
    expect(await shop.command('confirm', { hold: value['hold'] })).toMatchObject({ code: 'hold-settled' })
    expect(await shop.state('slots')).toEqual({ used: 0, held: 0, cap: 1 })
  })

  it('reverses by units against return documents, each of which counts once', async () => {
    await shop.counter('slots', 5)
    const { value } = await shop.command('hold', hold([right('counter', 'slots', 5)]))
    await shop.command('confirm', { hold: value['hold'] })
    const back = (document: string, qty: number): Promise<unknown> =>
      shop.command('reverse', { hold: value['hold'], returnDocument: document, lines: [{ right: right('counter', 'slots', qty) }] })
    expect(await back('r1', 2)).toMatchObject({ value: { state: 'partly-reversed' } })
    expect(await back('r1', 2)).toMatchObject({ ok: true })
    expect(await shop.state('slots')).toEqual({ used: 3, held: 0, cap: 5 })
    expect(await back('r2', 4)).toMatchObject({ status: 409, issues: [{ code: 'exhausted', path: 'lines.0.right', have: 3, need: 4 }] })
    expect(await back('r2', 3)).toMatchObject({ value: { state: 'reversed' } })
    expect(await shop.command('reverse', { hold: value['hold'], returnDocument: 'r3' })).toMatchObject({ code: 'hold-settled' })
    expect(await shop.state('slots')).toEqual({ used: 0, held: 0, cap: 5 })
  })

  it('makes a reversed item available again', async () => {
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    const { value } = await shop.command('hold', hold([right('item', item)]))
    expect(await shop.command('reverse', { hold: value['hold'], returnDocument: 'r1' })).toMatchObject({ code: 'not-available' })
    await shop.command('confirm', { hold: value['hold'] })
    expect(await shop.command('hold', hold([right('item', item)]))).toMatchObject({ code: 'already-redeemed' })
    await shop.command('reverse', { hold: value['hold'], returnDocument: 'r1' })
    expect(await shop.command('hold', hold([right('item', item)]))).toMatchObject({ ok: true })
  })
})

describe('an idempotency key', () => {
  it('gives the first answer again, whatever happened since', async () => {
    await shop.counter('slots', 1)
    const payload = hold([right('counter', 'slots')])
    const first = await shop.command('hold', payload, { occasion: 'A' })
    const refused = await shop.command('hold', payload, { occasion: 'B' })
    await shop.command('release', { hold: first.value['hold'] })
    expect(await shop.command('hold', payload, { occasion: 'A' })).toEqual(first)
    expect(await shop.command('hold', payload, { occasion: 'B' })).toEqual(refused)
    expect(await shop.state('slots')).toEqual({ used: 0, held: 0, cap: 1 })
  })

  it('does not mind the order of fields, but refuses another payload or operation', async () => {
    await shop.counter('slots', 5)
    const first = await shop.command('hold', hold([right('counter', 'slots')]), { occasion: 'A' })
    expect(await shop.command('hold', { ttlMs: minute, rights: [{ qty: 1, id: 'slots', kind: 'counter' }], order: 'order-1' }, { occasion: 'A' })).toEqual(
      first,
    )
    expect(await shop.command('hold', hold([right('counter', 'slots', 2)]), { occasion: 'A' })).toMatchObject({ status: 409, code: 'key-reused' })
    expect(await shop.command('release', { hold: first.value['hold'] }, { occasion: 'A' })).toMatchObject({ status: 409, code: 'key-reused' })
    expect(await shop.state('slots')).toEqual({ used: 0, held: 1, cap: 5 })
  })
})

describe('a spread counter', () => {
  it('gives out exactly its limit, whatever the sizes asked for', async () => {
    await shop.counter('hot', 20, { cells: 8 })
    // 20 over 8 cells is 2 or 3 each: 5 fit only when shares are put together
    for (let i = 0; i < 4; i++) expect(await shop.command('hold', hold([right('counter', 'hot', 5)]))).toMatchObject({ ok: true })
    expect(await shop.command('hold', hold([right('counter', 'hot')]))).toMatchObject({ issues: [{ code: 'exhausted', have: 0, need: 1 }] })
    expect(await shop.state('hot')).toEqual({ used: 0, held: 20, cap: 20 })
  })

  it('keeps what was taken before it was spread, and gives dead holds back', async () => {
    await shop.counter('hot', 6)
    const { value } = await shop.command('hold', hold([right('counter', 'hot', 3)]))
    await shop.command('hold', hold([right('counter', 'hot', 2)], { ttlMs: 1000 }))
    await shop.counter('hot', 6, { cells: 4 })
    expect(await shop.command('hold', hold([right('counter', 'hot', 2)]))).toMatchObject({ code: 'exhausted' })
    await shop.command('confirm', { hold: value['hold'] })
    shop.clock.now += 1000
    expect(await shop.command('hold', hold([right('counter', 'hot', 3)]))).toMatchObject({ ok: true })
    expect(await shop.state('hot')).toEqual({ used: 3, held: 3, cap: 6 })
    const lower = await shop.call('PUT', '/v1/counters/hot', shop.secret, { limit: 5 })
    expect(lower).toMatchObject({ status: 409, body: { issues: [{ code: 'exhausted', have: 5, need: 6 }] } })
    await shop.counter('hot', 9)
    expect(await shop.command('hold', hold([right('counter', 'hot', 3)]))).toMatchObject({ ok: true })
  })
})

describe('points as a right', () => {
  const earn = (order: string, points: number, expiresAt?: number): Promise<number> =>
    store.tx(shop.brand, (trx) =>
      earnPoints(trx, shop.brand, shop.clock.now, {
        member: 'ann',
        order,
        points,
        lines: [{ line: '1', weight: 1, units: 1 }],
        ...(expiresAt ? { expiresAt } : {}),
      }),
    )
  const balance = (): Promise<number> => store.tx(shop.brand, (trx) => pointsOf(trx, shop.brand, shop.clock.now, 'ann'))

  it('are taken from the lots that end first, and go back to them', async () => {
    await earn('late', 50)
    await earn('soon', 30, shop.clock.now + 10 * minute)
    const { value } = await shop.command('hold', hold([right('lots', 'ann', 40)], { ttlMs: 20 * minute }))
    expect(await balance()).toBe(40)
    await shop.command('release', { hold: value['hold'] })
    expect(await balance()).toBe(80)
    const again = await shop.command('hold', hold([right('lots', 'ann', 40)]))
    await shop.command('confirm', { hold: again.value['hold'] })
    await shop.command('reverse', { hold: again.value['hold'], returnDocument: 'r1', lines: [{ right: right('lots', 'ann', 15) }] })
    expect(await balance()).toBe(55)
    shop.clock.now += 10 * minute
    // 10 of the 15 went back to the lot without end, 5 to the one that has ended
    expect(await balance()).toBe(50)
    expect(await shop.command('hold', hold([right('lots', 'ann', 51)]))).toMatchObject({ issues: [{ code: 'points-short', have: 50, need: 51 }] })
  })
})
