import { unpack } from '@omokit/core/envelope'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { createShop, type Shop } from './support/shop'

let store: Store
let shop: Shop
const minute = 60_000
const right = (kind: string, id: string, qty: number = 1): { kind: string; id: string; qty: number } => ({ kind, id, qty })

beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  shop = await createShop(store)
})

const codesOf = async (member: string): Promise<readonly { code: string; expiresAt: number }[]> => {
  const answer = await shop.call('POST', '/v1/members/code', shop.secret, { member })
  return (answer.body as { codes: { code: string; expiresAt: number }[] }).codes
}
const resolve = (code: string, key: string = shop.terminal): ReturnType<Shop['call']> => shop.call('POST', '/v1/members/resolve', key, { code })

describe('a session token', () => {
  it('names its member to the hub until it ends, by a handle that says nothing', async () => {
    const token = await shop.session('ann')
    const opened = unpack(token)
    expect(opened.ok && opened.value.envelope.claims.handle).toMatch(/^[0-9a-f]{16}$/)
    expect(token).not.toContain('ann')
    const me = (headers: Record<string, string>): ReturnType<Shop['call']> => shop.call('GET', '/v1/members/me', shop.publishable, undefined, headers)
    expect(await me({ 'omokit-member': token })).toMatchObject({ status: 200, body: { member: 'ann', points: 0 } })
    expect(await me({ 'omokit-member': `${token.slice(0, -3)}000` })).toMatchObject({ status: 401, code: 'unauthorised' })
    expect(await me({})).toMatchObject({ status: 401 })
    shop.clock.now += 24 * 60 * minute
    expect(await me({ 'omokit-member': token })).toMatchObject({ status: 401, code: 'unauthorised' })
  })

  it('of another brand is worth nothing', async () => {
    const other = await createShop(store)
    const token = await other.session('ann')
    expect(await shop.call('GET', '/v1/members/me', shop.publishable, undefined, { 'omokit-member': token })).toMatchObject({ status: 401 })
  })

  it('carries the tier the brand set', async () => {
    const put = (body: unknown, key: string = shop.secret): ReturnType<Shop['call']> => shop.call('PUT', '/v1/members/ann', key, body)
    expect(await put({ tier: 'gold' })).toMatchObject({ status: 200, body: { member: 'ann', tier: 'gold' } })
    expect(await put({ tier: 'gold' }, shop.terminal)).toMatchObject({ status: 403 })
    const headers = { 'omokit-member': await shop.session('ann') }
    expect((await shop.call('GET', '/v1/members/me', shop.publishable, undefined, headers)).body).toEqual({ member: 'ann', tier: 'gold', points: 0 })
    const codes = await codesOf('ann')
    expect((await resolve(codes[0]?.code as string)).body).toEqual({ member: 'ann', tier: 'gold' })
    await put({})
    expect((await shop.call('GET', '/v1/members/me', shop.publishable, undefined, headers)).body).toEqual({ member: 'ann', points: 0 })
  })
})

describe('a member code', () => {
  it('comes a dozen ahead, five minutes each, never like a payment code', async () => {
    const codes = await codesOf('ann')
    expect(codes.map((code) => code.expiresAt - shop.clock.now)).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) * 5 * minute))
    for (const { code } of codes) expect(code).toMatch(/^O/)
    const answer = await shop.call('POST', '/v1/members/code', shop.publishable, {}, { 'omokit-member': await shop.session('ann') })
    expect((answer.body as { codes: unknown[] }).codes).toHaveLength(12)
    expect(await shop.call('POST', '/v1/members/code', shop.publishable, {})).toMatchObject({ status: 401 })
  })

  it('opens once; the same till may ask again for a moment', async () => {
    const [first] = await codesOf('ann')
    const code = first?.code as string
    expect(await resolve(code)).toMatchObject({ status: 200, body: { member: 'ann' } })
    expect(await resolve(code)).toMatchObject({ status: 200 })
    expect(await resolve(code, await shop.key('terminal'))).toMatchObject({ status: 409, code: 'token-replayed' })
    shop.clock.now += minute
    expect(await resolve(code)).toMatchObject({ status: 409, code: 'token-replayed' })
  })

  it('is refused after its end, and one answer covers all that is no code of this brand', async () => {
    const [first] = await codesOf('ann')
    const other = await createShop(store)
    const foreign = await other.call('POST', '/v1/members/code', other.secret, { member: 'ann' })
    const stranger = (foreign.body as { codes: { code: string }[] }).codes[0]?.code as string
    const answers = [
      await resolve('12345'),
      await resolve(stranger),
      await resolve(await shop.session('ann')),
      await resolve(`${(first?.code as string).slice(0, -3)}000`),
    ]
    for (const answer of answers) expect(answer).toMatchObject({ status: 401, text: answers[0]?.text })
    shop.clock.now += 5 * minute + 90_000
    expect(await resolve(first?.code as string)).toMatchObject({ status: 401, code: 'token-expired' })
  })

  it('cannot be guessed at: wrong ones are capped for the key, right ones are not', async () => {
    const answers = []
    for (let i = 0; i < 25; i++) answers.push((await resolve(`guess ${i}`)).status)
    expect(answers.filter((status) => status === 401)).toHaveLength(20)
    expect(answers.slice(20)).toEqual(Array.from({ length: 5 }, () => 429))
    const [first] = await codesOf('ann')
    expect(await resolve(first?.code as string, await shop.key('terminal'))).toMatchObject({ status: 200 })
    shop.clock.now += 6000
    expect(await resolve(first?.code as string)).toMatchObject({ code: 'token-replayed' })
  })
})

describe('a wallet', () => {
  it('shows a member’s coupons with state and token to the member, a till with the code, and the brand’s server', async () => {
    await shop.coupon('a')
    await shop.coupon('b', { validUntil: shop.clock.now + 30 * minute })
    const a = await shop.claim('a', 'ann')
    const b = await shop.claim('b', 'ann')
    await shop.claim('a', 'bob')
    await shop.command('hold', { order: 'o', rights: [right('item', a.item)], ttlMs: minute })
    const token = await shop.session('ann')
    const mine = async (): Promise<{ item: string; state: string; token?: string }[]> => {
      const answer = await shop.call('GET', '/v1/members/me/coupons', shop.publishable, undefined, { 'omokit-member': token })
      return (answer.body as { coupons: { item: string; state: string; token?: string }[] }).coupons.sort((x, y) =>
        x.item === a.item ? -1 : y.item === a.item ? 1 : 0,
      )
    }
    expect(await mine()).toEqual([
      { item: a.item, coupon: 'a', code: a.code, state: 'held', expiresAt: a.expiresAt, token: expect.stringMatching(/^O/) },
      { item: b.item, coupon: 'b', code: b.code, state: 'available', expiresAt: b.expiresAt, token: expect.stringMatching(/^O/) },
    ])
    shop.clock.now += 30 * minute
    expect((await mine()).map((one) => [one.state, one.token === undefined])).toEqual([
      ['available', false],
      ['expired', true],
    ])
    const [code] = await codesOf('ann')
    const atTill = await shop.call('GET', `/v1/members/me/coupons?code=${encodeURIComponent(code?.code as string)}`, shop.terminal)
    expect((atTill.body as { coupons: unknown[] }).coupons).toHaveLength(2)
    expect(await shop.call('GET', '/v1/members/me/coupons?code=nonsense', shop.terminal)).toMatchObject({ status: 401, code: 'bad-token' })
    expect(((await shop.call('GET', '/v1/members/me/coupons?member=bob', shop.secret)).body as { coupons: unknown[] }).coupons).toHaveLength(1)
    expect(await shop.call('GET', '/v1/members/me/coupons?member=bob', shop.publishable)).toMatchObject({ status: 401 })
  })
})

describe('who may command what', () => {
  const operations = ['claim', 'hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return'] as const
  const payloads: Readonly<Record<(typeof operations)[number], unknown>> = {
    claim: { coupon: 'a', member: 'ann' },
    hold: { order: 'o', rights: [right('counter', 'slots')], ttlMs: minute },
    confirm: { hold: 'h0' },
    reverse: { hold: 'h0', returnDocument: 'r' },
    release: { hold: 'h0' },
    lease: { right: right('counter', 'slots'), terminal: 't', ttlMs: minute, epoch: 'e' },
    'lease-return': { lease: 'l0', spent: 0 },
  }
  // what the protocol's table of keys says
  const table: Readonly<Record<string, readonly string[]>> = {
    publishable: [],
    'publishable with token': ['claim', 'hold', 'release'],
    terminal: ['hold', 'confirm', 'reverse', 'release', 'lease', 'lease-return'],
    secret: operations,
    staff: [],
    admin: operations,
  }

  it('is what the table of keys says', async () => {
    await shop.coupon('a')
    await shop.counter('slots', 1000)
    const as = await shop.session('ann')
    const staff = await shop.key('staff', { roles: ['reports'] })
    const admin = await shop.key('staff', { roles: ['admin'] })
    const callers: Readonly<Record<string, { by: string; as?: string }>> = {
      publishable: { by: shop.publishable },
      'publishable with token': { by: shop.publishable, as },
      terminal: { by: shop.terminal },
      secret: { by: shop.secret },
      staff: { by: staff },
      admin: { by: admin },
    }
    for (const [name, caller] of Object.entries(callers)) {
      const allowed: string[] = []
      for (const operation of operations) if (![401, 403].includes((await shop.command(operation, payloads[operation], caller)).status)) allowed.push(operation)
      expect([name, allowed]).toEqual([name, table[name]])
    }
    expect(await shop.command('claim', payloads.claim, { by: 'pk_test_none_000000000000000000000000' })).toMatchObject({ status: 401 })
  })

  it('a member’s token reaches that member alone', async () => {
    await shop.coupon('a')
    const ann = { by: shop.publishable, as: await shop.session('ann') }
    const bob = { by: shop.publishable, as: await shop.session('bob') }
    const theirs = await shop.claim('a', 'bob')
    expect(await shop.command('claim', { coupon: 'a', member: 'bob' }, ann)).toMatchObject({ status: 403, code: 'forbidden' })
    expect(await shop.command('claim', { coupon: 'a', visitor: 'v' }, ann)).toMatchObject({ status: 403 })
    expect(await shop.command('hold', { order: 'o', rights: [right('lots', 'bob')], ttlMs: minute }, ann)).toMatchObject({ status: 403 })
    const foreign = await shop.command('hold', { order: 'o', rights: [right('item', theirs.item)], ttlMs: minute }, ann)
    const unknown = await shop.command('hold', { order: 'o', rights: [right('item', '0000-0000-0000-0000')], ttlMs: minute }, ann)
    expect(foreign).toMatchObject({ status: 409, code: 'not-available' })
    expect(foreign).toEqual(unknown)
    const held = await shop.command('hold', { order: 'o', rights: [right('item', theirs.item)], ttlMs: minute }, bob)
    expect(await shop.command('release', { hold: held.value['hold'] }, ann)).toMatchObject({ code: 'hold-unknown' })
    expect(await shop.command('release', { hold: held.value['hold'] }, bob)).toMatchObject({ ok: true })
  })

  it('a key another member used answers nothing of theirs', async () => {
    await shop.coupon('a')
    const [ann, bob] = [
      { by: shop.publishable, as: await shop.session('ann') },
      { by: shop.publishable, as: await shop.session('bob') },
    ]
    const first = await shop.command('claim', { coupon: 'a' }, { ...ann, occasion: 'guessable' })
    const second = await shop.command('claim', { coupon: 'a' }, { ...bob, occasion: 'guessable' })
    expect(second.ok).toBe(true)
    expect(second.value['code']).not.toBe(first.value['code'])
    expect(await shop.command('claim', { coupon: 'a' }, { ...ann, occasion: 'guessable' })).toEqual(first)
  })

  it('a till of one store does not speak for another; wrong codes are capped', async () => {
    const till = await shop.key('terminal', { storeId: 's1' })
    await shop.counter('slots', 5)
    const ask = (storeId: string): unknown => ({ order: 'o', rights: [right('counter', 'slots')], ttlMs: minute, place: { channel: 'till', storeId } })
    expect(await shop.command('hold', ask('s2'), { by: till })).toMatchObject({ status: 403 })
    expect(await shop.command('hold', ask('s1'), { by: till })).toMatchObject({ ok: true })
    const statuses = []
    for (let i = 0; i < 22; i++)
      statuses.push((await shop.command('hold', { order: 'o', rights: [right('item', `0000-0000-0000-00${10 + i}`)], ttlMs: minute }, { by: till })).status)
    expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  })

  it('brands never meet: ids, holds and counters of another are not there', async () => {
    const other = await createShop(store)
    await other.counter('slots', 5)
    await other.coupon('a')
    const held = await other.command('hold', { order: 'o', rights: [right('counter', 'slots')], ttlMs: minute })
    const claimed = await other.claim('a', 'ann')
    expect(await shop.command('confirm', { hold: held.value['hold'] })).toMatchObject({ code: 'hold-unknown' })
    expect(await shop.command('hold', { order: 'o', rights: [right('counter', 'slots')], ttlMs: minute })).toMatchObject({ code: 'not-found' })
    expect(await shop.command('hold', { order: 'o', rights: [right('item', claimed.code)], ttlMs: minute })).toMatchObject({ code: 'not-available' })
    const seen = await store.tx(shop.brand, (trx) => sql<{ n: number }>`select count(*) as n from items`.execute(trx))
    expect(Number(seen.rows[0]?.n)).toBe(0)
    await expect(store.tx(shop.brand, (trx) => sql`update ledger set held = 0`.execute(trx))).rejects.toThrow(/permission denied/)
  })
})

describe('a body', () => {
  it('that is not what the endpoint takes is refused by name', async () => {
    await shop.counter('slots', 5)
    const hold = { order: 'o', rights: [right('counter', 'slots')], ttlMs: minute }
    for (const [payload, path] of [
      [{ ...hold, ttl: 5 }, 'payload'],
      [{ ...hold, ttlMs: 0 }, 'payload.ttlMs'],
      [{ ...hold, rights: [] }, 'payload.rights'],
      [{ ...hold, rights: [right('item', 'x', 2)] }, 'payload.rights.0.qty'],
      [{ ...hold, rights: [right('counter', 'slots', 1.5)] }, 'payload.rights.0.qty'],
      [{ ...hold, rights: [right('stock', 'slots')] }, 'payload.rights.0.kind'],
    ] as const)
      expect(await shop.command('hold', payload)).toMatchObject({ status: 400, issues: [{ code: 'invalid', path }] })
    expect(await shop.call('POST', '/v1/commands', shop.secret, { key: 'x', operation: 'hold', payload: hold })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'key' }] },
    })
    expect(await shop.call('POST', '/v1/commands', shop.secret, '{"key":"a","key":"b"}')).toMatchObject({ status: 400, code: 'duplicate-key' })
    expect(await shop.call('PUT', '/v1/counters/x', shop.secret, { limit: -1 })).toMatchObject({ status: 400, code: 'invalid' })
    expect(await shop.call('PUT', '/v1/coupons/x%20y', shop.secret, { name: 'x', rule: 'r' })).toMatchObject({ status: 400, code: 'invalid' })
    for (const key of [shop.publishable, shop.terminal])
      expect(await shop.call('PUT', '/v1/coupons/x', key, { name: 'x', rule: 'r' })).toMatchObject({ status: 403 })
  })
})
