import { createPublicKey, verify } from 'node:crypto'
import { unpack } from '@omokit/core/envelope'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../src/index'
import { itemOf, itemOfCode, newCouponCode } from '../src/authority/coupon-code'
import { freezeForkedTerminals } from '../src/authority/freeze-terminal'
import { openMemoryStore } from './support/memory-store'
import { commandKey, createShop, type Shop } from './support/shop'
import { chained } from './support/world'

let store: Store
let shop: Shop
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
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

interface Told {
  readonly order: string
  readonly item?: string
  readonly lease?: string
  readonly terminal?: string
  readonly amount?: number
  readonly offline?: boolean
  readonly coupon?: string
  readonly training?: boolean
}

/** Sends the journal of a till: one `Coupon Redeemed` for each. */
async function journal(stream: string, told: readonly Told[]): Promise<void> {
  const facts = chained(
    told.map(({ training, ...body }) => ({
      kind: 'Coupon Redeemed',
      body: { coupon: 'quota', item: `paper-${body.order}`, terminal: 'till-1', epoch: 'boot-1', amount: 500, quantity: 1, offline: true, ...body },
      ...(training ? { place: { channel: 'till', training } } : {}),
    })),
  )
  const sent = await shop.send(shop.terminal, { stream, lane: 'trade', facts })
  expect(sent.facts).toMatchObject({ through: told.length, except: [] })
}

async function redemptions(): Promise<readonly unknown[]> {
  const found = await store.tx(shop.brand, (trx) =>
    sql`select order_id as "order", state, code from redemptions where brand = ${shop.brand} order by order_id, stream`.execute(trx),
  )
  return found.rows
}

async function findings(): Promise<readonly { readonly code: string; readonly detail: Record<string, unknown> }[]> {
  const found = await store.tx(shop.brand, (trx) =>
    sql<{ code: string; detail: string }>`select code, detail from findings where brand = ${shop.brand} order by subject`.execute(trx),
  )
  return found.rows.map((row) => ({ code: row.code, detail: JSON.parse(row.detail) as Record<string, unknown> }))
}

describe('a claim', () => {
  it('gives a random code, its item and a token a till can verify offline', async () => {
    const validUntil = shop.clock.now + day
    await shop.coupon('welcome', { validUntil })
    const claimed = await shop.claim('welcome', 'ann')
    expect(claimed).toMatchObject({ coupon: 'welcome', item: itemOfCode(claimed.code), expiresAt: validUntil })
    expect(claimed.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
    const opened = unpack(claimed.token as string)
    if (!opened.ok) throw new Error('not an envelope')
    const { envelope, message, signature } = opened.value
    expect(envelope).toMatchObject({
      brand: shop.brand,
      type: 'coupon',
      kid: 'hub1',
      expiresAt: validUntil / 1000,
      claims: { coupon: 'welcome', item: claimed.item },
    })
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: shop.signer.publicKey }, format: 'jwk' })
    expect(verify(null, message, key, signature)).toBe(true)
  })

  it('made twice under one key is one coupon and one answer', async () => {
    await shop.coupon('welcome', { total: 1, perMember: 1 })
    const first = await shop.claim('welcome', 'ann', 'click')
    expect(await shop.claim('welcome', 'ann', 'click')).toEqual(first)
    expect(await shop.command('claim', { coupon: 'welcome', member: 'ann' })).toMatchObject({ status: 409, code: 'already-claimed' })
    expect(await shop.command('claim', { coupon: 'welcome', member: 'bob' })).toMatchObject({ status: 409, code: 'exhausted' })
  })

  it('keeps to the limit for each member; an exhausted total costs a member nothing', async () => {
    await shop.coupon('few', { total: 2, perMember: 2 })
    await shop.claim('few', 'ann')
    await shop.claim('few', 'bob')
    expect(await shop.command('claim', { coupon: 'few', member: 'ann' })).toMatchObject({ code: 'exhausted' })
    await shop.coupon('few', { total: 3, perMember: 2 })
    await shop.claim('few', 'ann')
    expect(await shop.command('claim', { coupon: 'few', member: 'ann' })).toMatchObject({ code: 'limit-per-customer' })
  })

  it('follows a definition that was just changed elsewhere', async () => {
    await shop.coupon('welcome')
    await shop.claim('welcome', 'ann')
    await store.tx(shop.brand, (trx) =>
      sql`update coupons set version = version + 1, valid_until = ${shop.clock.now + hour} where brand = ${shop.brand}`.execute(trx),
    )
    expect((await shop.claim('welcome', 'bob')).expiresAt).toBe(shop.clock.now + hour)
    shop.clock.now += hour
    expect(await shop.command('claim', { coupon: 'welcome', member: 'cid' })).toMatchObject({ code: 'expired' })
    expect(await shop.command('claim', { coupon: 'none', member: 'cid' })).toMatchObject({ code: 'unknown-coupon' })
  })

  it('may be for a visitor, but for somebody', async () => {
    await shop.coupon('welcome')
    expect(await shop.command('claim', { coupon: 'welcome', visitor: 'v-1' })).toMatchObject({ ok: true })
    expect(await shop.command('claim', { coupon: 'welcome' })).toMatchObject({ status: 400, code: 'invalid' })
  })

  it('in a batch has its own key, effect and answer, and a bad one spoils no other', async () => {
    await shop.coupon('few', { total: 2 })
    const claim = (member: string): unknown => ({ key: commandKey(`batch ${member}`), operation: 'claim', payload: { coupon: 'few', member } })
    const commands = [claim('ann'), claim('ann'), { key: 'short', operation: 'claim', payload: {} }, claim('bob'), claim('cid')]
    const answers = (await shop.call('POST', '/v1/commands/batch', shop.secret, { commands })).body as {
      answers: { ok: boolean; value?: unknown; issues?: { code: string }[] }[]
    }
    expect(answers.answers.map((answer) => answer.issues?.[0]?.code ?? 'ok')).toEqual(['ok', 'ok', 'invalid', 'ok', 'exhausted'])
    expect(answers.answers[1]).toEqual(answers.answers[0])
    expect(await shop.call('POST', '/v1/commands/batch', shop.secret, { commands: Array.from({ length: 201 }, () => 1) })).toMatchObject({
      status: 400,
      code: 'too-many',
    })
  })

  it('lists what may be claimed', async () => {
    await shop.coupon('b', { total: 5 })
    await shop.coupon('a', { offline: { maxAgeMs: day, maxValue: 1000, maxStoredSum: 5000, maxCount: 5, lossOwner: 'store' } })
    await shop.coupon('past', { validUntil: shop.clock.now })
    const answer = await shop.call('GET', '/v1/coupons', shop.publishable)
    expect((answer.body as { coupons: unknown[] }).coupons).toEqual([
      { id: 'a', name: 'a', rule: 'rule-a', offline: { maxAgeMs: day, maxValue: 1000, maxStoredSum: 5000, maxCount: 5, lossOwner: 'store' } },
      { id: 'b', name: 'b', rule: 'rule-b', total: 5 },
    ])
  })
})

describe('a lease', () => {
  const leaseOf = async (r: unknown, ttlMs: number = hour, terminal: string = 'till-1'): Promise<string> => {
    const answer = await shop.command('lease', { right: r, terminal, ttlMs, epoch: 'boot-1' }, { by: shop.terminal })
    expect(answer).toMatchObject({ ok: true, value: { right: r, terminal, epoch: 'boot-1', expiresAt: shop.clock.now + ttlMs } })
    return answer.value['lease'] as string
  }

  it('takes its units from everybody else, and its journal is merged once however often it comes', async () => {
    await shop.counter('quota', 10)
    const lease = await leaseOf(right('counter', 'quota', 4))
    expect(await shop.command('hold', hold([right('counter', 'quota', 7)]))).toMatchObject({ code: 'exhausted' })
    await journal('till', [
      { order: 'a', lease },
      { order: 'b', lease },
      { order: 'a', lease },
    ])
    expect(await shop.state('quota')).toEqual({ used: 2, held: 2, cap: 10 })
    // the same redemption told by another stream, as after a restored backup
    await journal('till-again', [{ order: 'a', lease }])
    expect(await shop.state('quota')).toEqual({ used: 2, held: 2, cap: 10 })
    expect(await redemptions()).toEqual([
      { order: 'a', state: 'accepted', code: null },
      { order: 'b', state: 'accepted', code: null },
    ])
    expect(await findings()).toEqual([])
  })

  it('is given back with what was spent, before or after the journal comes', async () => {
    await shop.counter('quota', 10)
    const lease = await leaseOf(right('counter', 'quota', 4))
    await journal('till-a', [{ order: 'a', lease }])
    expect(await shop.command('lease-return', { lease, spent: 2 }, { by: shop.terminal })).toMatchObject({ value: { lease, returned: 2 } })
    expect(await shop.state('quota')).toEqual({ used: 2, held: 0, cap: 10 })
    await journal('till-b', [{ order: 'b', lease }])
    expect(await shop.state('quota')).toEqual({ used: 2, held: 0, cap: 10 })
    expect(await findings()).toEqual([])
    expect(await shop.command('lease-return', { lease, spent: 2 }, { by: shop.terminal })).toMatchObject({ code: 'hold-settled' })
    expect(await shop.command('lease-return', { lease: 'l0', spent: 0 }, { by: shop.terminal })).toMatchObject({ code: 'lease-unknown' })
  })

  it('goes to others only after its end and the bound of the terminal’s clock', async () => {
    await shop.counter('quota', 4)
    await leaseOf(right('counter', 'quota', 4))
    shop.clock.now += hour + 10 * minute - 1
    expect(await shop.command('hold', hold([right('counter', 'quota')]))).toMatchObject({ code: 'exhausted' })
    shop.clock.now += 1
    expect(await shop.command('hold', hold([right('counter', 'quota', 4)]))).toMatchObject({ ok: true })
  })

  it('spent beyond its units takes what is free, and then is a conflict with its exposure, never silent', async () => {
    await shop.counter('quota', 3)
    const lease = await leaseOf(right('counter', 'quota', 2))
    await journal('till', [
      { order: 'a', lease },
      { order: 'b', lease },
      { order: 'c', lease },
      { order: 'd', lease, amount: 700 },
    ])
    expect(await shop.state('quota')).toEqual({ used: 3, held: 0, cap: 3 })
    expect(await redemptions()).toEqual([
      { order: 'a', state: 'accepted', code: null },
      { order: 'b', state: 'accepted', code: null },
      { order: 'c', state: 'accepted', code: null },
      { order: 'd', state: 'conflict', code: 'lease-exhausted' },
    ])
    expect(await findings()).toMatchObject([{ code: 'over-redeemed', detail: { order: 'd', reason: 'lease-exhausted', exposure: 700 } }])
  })

  it('whose units went to others before its journal came: what they used up is a conflict', async () => {
    await shop.counter('quota', 2)
    const lease = await leaseOf(right('counter', 'quota', 2))
    shop.clock.now += 2 * hour
    expect(await shop.command('hold', hold([right('counter', 'quota')], { settle: true }))).toMatchObject({ ok: true })
    await journal('till', [
      { order: 'a', lease },
      { order: 'b', lease },
    ])
    expect(await shop.state('quota')).toEqual({ used: 2, held: 0, cap: 2 })
    expect(await redemptions()).toMatchObject([
      { order: 'a', state: 'accepted' },
      { order: 'b', state: 'conflict', code: 'lease-expired' },
    ])
    expect((await findings()).map((finding) => finding.detail['exposure'])).toEqual([500])
  })

  it('of goods in a till’s hands may use up the floor, which is reported', async () => {
    await shop.counter('stock', 3, { floor: 2 })
    const lease = await leaseOf(right('counter', 'stock'))
    await journal('till', [
      { order: 'a', lease },
      { order: 'b', lease },
      { order: 'c', lease },
      { order: 'd', lease },
    ])
    expect(await shop.state('stock')).toEqual({ used: 3, held: 0, cap: 3 })
    expect(await redemptions()).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }, { state: 'accepted' }, { state: 'conflict' }])
    expect((await findings()).map((finding) => finding.detail['exposure'])).toEqual([0, 0, 500])
  })

  it('of an item binds it to the terminal; others are refused while it lasts', async () => {
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    const lease = await leaseOf(right('item', item))
    expect(await shop.command('hold', hold([right('item', item)]))).toMatchObject({ code: 'already-held' })
    await journal('other', [{ order: 'b', item, terminal: 'till-2' }])
    await journal('till', [{ order: 'a', item, lease }])
    expect(await shop.item(item)).toEqual({ state: 'redeemed-provisional', conflicts: 1 })
    expect(await redemptions()).toEqual([
      { order: 'a', state: 'accepted', code: null },
      { order: 'b', state: 'conflict', code: 'already-held' },
    ])
  })

  it('of a till whose journal forked is frozen: not spendable by others, its exposure stated', async () => {
    await shop.counter('quota', 5)
    const lease = await leaseOf(right('counter', 'quota', 4))
    await journal('till', [{ order: 'a', lease }])
    expect(await store.tx(shop.brand, (trx) => freezeForkedTerminals(trx, shop.brand, shop.clock.now, 'till'))).toBe(3)
    shop.clock.now += day
    expect(await shop.command('hold', hold([right('counter', 'quota', 2)]))).toMatchObject({ issues: [{ code: 'exhausted', have: 1, need: 2 }] })
    expect(await findings()).toMatchObject([{ code: 'stream-fork', detail: { terminal: 'till-1', frozenUnits: 3 } }])
    // what its journal still brings is counted as ever
    await journal('till-b', [{ order: 'b', lease }])
    expect(await shop.state('quota')).toEqual({ used: 2, held: 2, cap: 5 })
  })

  it('is frozen when the journal of its till comes with two contents', async () => {
    await shop.counter('quota', 5)
    const { value } = await shop.command(
      'lease',
      { right: right('counter', 'quota', 4), terminal: 'till-1', ttlMs: hour, epoch: 'boot-1' },
      { by: shop.terminal },
    )
    const lease = value['lease'] as string
    await journal('till', [{ order: 'a', lease }])
    const [other = ''] = chained([
      {
        kind: 'Coupon Redeemed',
        body: { coupon: 'quota', item: 'paper-b', terminal: 'till-1', epoch: 'boot-1', amount: 500, order: 'b', lease, offline: true },
      },
    ])
    const sent = await shop.send(shop.terminal, { stream: 'till', lane: 'trade', facts: [other] })
    expect(sent.facts).toMatchObject({ fork: true, except: [{ seq: 1, code: 'stream-fork' }] })
    expect(await findings()).toMatchObject([{ code: 'stream-fork', detail: { terminal: 'till-1', frozenUnits: 3 } }, { code: 'stream-fork' }])
    // nobody gets what the other copy may have given away, however long one waits
    shop.clock.now += day
    expect(await shop.command('hold', hold([right('counter', 'quota', 2)]))).toMatchObject({ issues: [{ code: 'exhausted', have: 1, need: 2 }] })
  })

  it('of a right that is not there is refused', async () => {
    await shop.counter('quota', 1)
    const ask = { right: right('counter', 'quota', 2), terminal: 'till-1', ttlMs: hour, epoch: 'b' }
    expect(await shop.command('lease', ask, { by: shop.terminal })).toMatchObject({ issues: [{ code: 'exhausted', path: 'right', have: 1, need: 2 }] })
  })
})

describe('a redemption a till accepted without asking', () => {
  it('of a free coupon is provisional; of a used one a conflict that a reversal settles', async () => {
    await shop.coupon('welcome')
    const { item, code } = await shop.claim('welcome', 'ann')
    const { value } = await shop.command('hold', hold([right('item', item)], { order: 'web' }))
    await shop.command('confirm', { hold: value['hold'] })
    await journal('till', [{ order: 'store', item: code }])
    expect(await shop.item(item)).toEqual({ state: 'conflict', conflicts: 1 })
    expect(await findings()).toMatchObject([{ code: 'over-redeemed', detail: { item, reason: 'already-redeemed', exposure: 500 } }])
    await shop.command('reverse', { hold: value['hold'], returnDocument: 'r1' })
    expect((await shop.item(item))?.state).toBe('redeemed-provisional')
    const second = await shop.claim('welcome', 'ann')
    await journal('till-2', [{ order: 'store', item: second.code }])
    expect((await shop.item(second.item))?.state).toBe('redeemed-provisional')
  })

  it('for the order that holds it online is that order’s own', async () => {
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    const { value } = await shop.command('hold', hold([right('item', item)], { order: 'o-1' }), { by: shop.terminal })
    await journal('till', [{ order: 'o-1', item, offline: false }])
    expect(await shop.command('confirm', { hold: value['hold'] }, { by: shop.terminal })).toMatchObject({ ok: true })
    expect(await shop.item(item)).toEqual({ state: 'redeemed', conflicts: 0 })
    expect(await findings()).toEqual([])
  })

  it('told after the online confirm of the same order changes nothing', async () => {
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    await shop.command('hold', hold([right('item', item)], { order: 'o-1', settle: true }), { by: shop.terminal })
    await journal('till', [{ order: 'o-1', item, offline: false }])
    expect(await shop.item(item)).toEqual({ state: 'redeemed', conflicts: 0 })
    expect(await findings()).toEqual([])
  })

  it('of nothing the hub knows is a conflict; a training receipt burns nothing', async () => {
    await shop.coupon('welcome')
    const { item } = await shop.claim('welcome', 'ann')
    await journal('till', [
      { order: 'a', item: 'made-up' },
      { order: 'b', item, training: true },
    ])
    expect((await shop.item(item))?.state).toBe('available')
    expect(await redemptions()).toEqual([{ order: 'a', state: 'conflict', code: 'not-available' }])
  })

  it('with a body that is none is refused as invalid', async () => {
    const facts = chained([{ kind: 'Coupon Redeemed', body: { coupon: 'x', item: 'y', order: 'z', terminal: 't', offline: true, amount: -5 } }])
    const sent = await shop.send(shop.terminal, { stream: 's', lane: 'trade', facts })
    expect(sent.facts.except).toEqual([{ seq: 1, code: 'invalid' }])
  })
})

describe('a coupon code', () => {
  it('is read whatever the hand that types it, and its item does not give it away', () => {
    const code = newCouponCode({ random: (n) => Uint8Array.from({ length: n }, (_, i) => i * 37) })
    expect(itemOf(` ${code.toLowerCase().slice(0, 4)}-${code.slice(4)} `)).toBe(itemOfCode(code))
    expect(itemOf('O'.repeat(8) + 'L'.repeat(8))).toBe(itemOfCode('00000000' + '11111111'))
    expect(itemOf(itemOfCode(code))).toBe(itemOfCode(code))
    expect(itemOf('SPRING')).toBe('SPRING')
  })
})
