import { accept, OmoError, refuse, type NetRequest, type NetResponse, type Result } from '@omokit/core'
import type { Commands } from '@omokit/core/commands'
import { createCoupons, type Coupons, type CouponsOptions } from '@omokit/coupons'
import type { Basket, Quote } from '@omokit/rules'
import { describe, expect, it } from 'vitest'

interface Sent {
  readonly operation: string
  readonly occasion: unknown
  readonly payload: unknown
}

const basket: Basket = { currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 'cola', qty: 2 }] }

/** A quote in which coupon "a" took 500 and every other one was refused. */
const quoteOf = (asked: Basket, burned = 0): Quote => ({
  release: 1,
  instant: 0,
  currency: 'CNY',
  basket: asked,
  lines: [],
  totals: { gross: 0, discount: 0, shipping: 0, shippingDiscount: 0, total: 0, rounding: 0, pay: 0 },
  points: { earned: 0, burned },
  applied: [{ rule: 'a', kind: 'coupon', amount: 500 }],
  rejected: (asked.coupons ?? [])
    .filter(({ coupon }) => coupon !== 'a')
    .map(({ coupon }) => ({ rule: coupon, kind: 'coupon' as const, code: 'condition-failed' as const, have: 800, need: 2000 })),
  method: { allocation: 'largest-remainder', rounding: 'half-up' },
  flags: [],
})

function desk(more: Partial<CouponsOptions> = {}): {
  coupons: Coupons
  sent: Sent[]
  requests: NetRequest[]
  reply: { now: NetResponse; command: Result<unknown> }
} {
  const sent: Sent[] = []
  const requests: NetRequest[] = []
  const reply = {
    now: { status: 200, headers: {}, text: '{"coupons":[]}' } as NetResponse,
    command: accept({ hold: 'h1', expiresAt: 9, rights: [] }) as Result<unknown>,
  }
  const call = (operation: string, occasion: unknown, payload: unknown): Promise<Result<unknown>> => {
    sent.push({ operation, occasion, payload })
    return Promise.resolve(reply.command)
  }
  const coupons = createCoupons({
    commands: { call: call as Commands['call'] },
    ports: { net: { send: (request) => (requests.push(request), Promise.resolve(reply.now)) } },
    hub: 'http://hub',
    key: 'pk',
    quote: (asked) => accept(quoteOf(asked)),
    ...more,
  })
  return { coupons, sent, requests, reply }
}

describe('claim', () => {
  it('is the same command however often it is repeated, and another for a named occasion', async () => {
    const { coupons, sent } = desk({ member: () => 'm1', place: () => ({ channel: 'web' }) })
    await coupons.claim('spring')
    await coupons.claim('spring')
    await coupons.claim('spring', '2')
    expect(sent[0]).toEqual({
      operation: 'claim',
      occasion: { order: 'm1', right: 'spring', occasion: '1' },
      payload: { coupon: 'spring', member: 'm1', place: { channel: 'web' } },
    })
    expect(sent[1]).toEqual(sent[0])
    expect(sent[2]?.occasion).not.toEqual(sent[0]?.occasion)
  })

  it('names the visitor where there is no member', async () => {
    const { coupons, sent } = desk({ member: () => undefined, visitor: () => 'v1' })
    await coupons.claim('spring')
    expect(sent[0]?.payload).toEqual({ coupon: 'spring', visitor: 'v1' })
  })
})

describe('list', () => {
  it('asks with the member token, or with the scanned code', async () => {
    const { coupons, requests } = desk({ memberToken: () => 't1' })
    expect(await coupons.list()).toEqual({ ok: true, value: [] })
    await coupons.list('O+A/B')
    expect(requests.map((request) => request.url)).toEqual(['http://hub/v1/members/me/coupons', 'http://hub/v1/members/me/coupons?code=O%2BA%2FB'])
    expect(requests[0]?.headers).toEqual({ authorization: 'Bearer pk', 'omokit-member': 't1' })
  })

  it('gives the hub\'s issues, and "unavailable" where there is no answer or no sense in it', async () => {
    const shop = desk()
    shop.reply.now = { status: 401, headers: {}, text: '{"ok":false,"issues":[{"code":"token-expired"}]}' }
    expect(await shop.coupons.list()).toEqual({ ok: false, issues: [{ code: 'token-expired' }] })
    shop.reply.now = { status: 502, headers: {}, text: '<html>' }
    expect(await shop.coupons.list()).toMatchObject({ ok: false, issues: [{ code: 'unavailable' }] })
    const offline = desk({ ports: { net: { send: () => Promise.reject(new OmoError('timeout', 'slow')) } } })
    expect(await offline.coupons.list()).toMatchObject({ ok: false, issues: [{ code: 'timeout' }] })
  })
})

describe('trial', () => {
  it('says of each coupon what it takes off or why not', async () => {
    const { coupons } = desk()
    const trial = await coupons.trial(basket, [
      { coupon: 'a', item: 'i1' },
      { coupon: 'b', item: 'i2' },
    ])
    expect(trial.ok && trial.value.coupons).toEqual([
      { coupon: 'a', item: 'i1', amount: 500 },
      { coupon: 'b', item: 'i2', amount: 0, issue: { code: 'condition-failed', have: 800, need: 2000 } },
    ])
  })

  it('hands on the refusal of the quote', async () => {
    const { coupons } = desk({ quote: () => refuse('no-release') })
    expect(await coupons.trial(basket, [])).toEqual({ ok: false, issues: [{ code: 'no-release' }] })
  })
})

describe('hold, confirm, reverse, release', () => {
  it('holds the coupons that took something, sorted, with their amounts and the points', async () => {
    const { coupons, sent } = desk({ member: () => 'm1' })
    const quote = quoteOf(
      {
        ...basket,
        coupons: [
          { coupon: 'b', item: 'i9' },
          { coupon: 'a', item: 'i1' },
        ],
      },
      300,
    )
    const hold = await coupons.hold('o1', quote, { ttlMs: 60_000 })
    expect(sent[0]).toEqual({
      operation: 'hold',
      occasion: { order: 'o1', right: 'i1,m1', occasion: '1' },
      payload: {
        order: 'o1',
        rights: [
          { kind: 'item', id: 'i1', qty: 1 },
          { kind: 'lots', id: 'm1', qty: 300 },
        ],
        ttlMs: 60_000,
        member: 'm1',
      },
    })
    expect(hold).toEqual({ ok: true, value: { hold: 'h1', expiresAt: 9, rights: [], order: 'o1', amounts: { i1: 500 } } })
  })

  it('takes plain items without a quote, in any order as one and the same command', async () => {
    const { coupons, sent } = desk()
    await coupons.hold('o1', [
      { coupon: 'a', item: 'i2' },
      { coupon: 'b', item: 'i1' },
    ])
    await coupons.hold('o1', [
      { coupon: 'b', item: 'i1' },
      { coupon: 'a', item: 'i2' },
    ])
    expect(sent[0]).toEqual(sent[1])
  })

  it('returns by document: the same one twice is one return, another one is another', async () => {
    const { coupons, sent } = desk()
    const hold = { hold: 'h1', order: 'o1', expiresAt: 9, rights: [], amounts: { i1: 500 } }
    await coupons.confirm(hold, 'r1')
    await coupons.reverse(hold, 'd1')
    await coupons.reverse(hold, 'd1', [{ kind: 'item', id: 'i1', qty: 1 }])
    await coupons.release(hold)
    expect(sent).toEqual([
      { operation: 'confirm', occasion: { order: 'o1', right: 'h1' }, payload: { hold: 'h1', receipt: 'r1', amounts: { i1: 500 } } },
      { operation: 'reverse', occasion: { order: 'o1', right: 'h1', occasion: 'd1' }, payload: { hold: 'h1', returnDocument: 'd1' } },
      {
        operation: 'reverse',
        occasion: { order: 'o1', right: 'h1', occasion: 'd1,i1*1' },
        payload: { hold: 'h1', returnDocument: 'd1', lines: [{ right: { kind: 'item', id: 'i1', qty: 1 } }] },
      },
      { operation: 'release', occasion: { order: 'o1', right: 'h1' }, payload: { hold: 'h1' } },
    ])
  })
})
