import { type FactName, factKinds } from '@omokit/core'
import { stageOf } from '@omokit/insights/funnel'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../src/index'
import { openMemoryStore } from './support/memory-store'
import { chained, createWorld, noon, viewed } from './support/world'

let store: Store
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())

const names = Object.keys(factKinds) as FactName[]

describe('the funnel', () => {
  test('counts every kind that a shopper’s device tells, a sharing as referral', () => {
    for (const name of names) {
      const { lane, stage } = factKinds[name]
      if (lane !== 'observe' || stage === undefined || stage === 'retention') continue
      // who accepts an invitation is drawn by it; who sends it refers
      const expected = stage === 'referral' && name !== 'Referral Accepted' ? 'refer' : 'draw'
      expect([name, stageOf(name)]).toEqual([name, expected])
    }
  })
})

describe('training', () => {
  const receipt = {
    receiptNo: 'r-1',
    order: 'o-1',
    release: 1,
    instant: noon,
    basket: { currency: 'CNY', channel: 'till', lines: [{ id: '1', sku: 'a', qty: 1 }] },
    seal: { hash: 'A'.repeat(43) },
    totals: { gross: 100, discount: 0, shipping: 0, shippingDiscount: 0, total: 100, rounding: 0, pay: 100 },
    points: { earned: 1, burned: 0 },
    member: 'm-1',
  }
  const bodies: Readonly<Partial<Record<FactName, unknown>>> = {
    'Receipt Issued': receipt,
    'Order Completed': { order: 'o-1', currency: 'CNY', total: 100, products: [], member: 'm-1' },
    'Order Refunded': { order: 'o-1', currency: 'CNY', total: 100, member: 'm-1' },
    'Coupon Redeemed': { coupon: 'c', item: 'i', order: 'o-1', terminal: 't', quantity: 1, offline: true, amount: 5 },
  }
  const left: readonly FactName[] = ['Facts Lost', 'Stream Ended', 'Consent Recorded', 'Identity Linked', 'Visitor Left']
  const counting = ['findings', 'parity', 'persons', 'orders', 'claims', 'redemptions', 'funnel']

  /** What the reports say after one fact of every kind, sold to and seen by m-1. */
  async function reportsAfter(training: boolean): Promise<readonly (readonly [string, unknown])[]> {
    const w = createWorld(store)
    const secret = await w.key('secret')
    const place = { channel: 'till', storeId: '0001', training }
    const sent = names.filter((name) => !left.includes(name)).map((kind) => ({ kind, place, body: bodies[kind] ?? { userId: 'm-1', sku: 'a', price: 100 } }))
    const trade = sent.filter(({ kind }) => factKinds[kind].lane === 'trade')
    const observe = sent.filter(({ kind }) => factKinds[kind].lane === 'observe')
    const answers = [
      await w.send(secret, { stream: 't', lane: 'trade', facts: chained(trade) }),
      await w.send(secret, { stream: 'o', lane: 'observe', facts: observe.map((fact, i) => viewed(i + 1, fact)) }),
    ]
    expect(answers.map(({ facts }) => [facts.through, facts.except])).toEqual([
      [trade.length, []],
      [observe.length, []],
    ])
    return Promise.all(counting.map(async (name) => [name, (await w.call('GET', `/v1/reports/${name}`, secret)).body] as const))
  }

  test('facts of every kind are stored, and no report counts one of them', async () => {
    const empty = createWorld(store)
    const key = await empty.key('secret')
    const nothing = await Promise.all(counting.map(async (name) => [name, (await empty.call('GET', `/v1/reports/${name}`, key)).body] as const))
    expect(await reportsAfter(true)).toEqual(nothing)
    // the same facts without the flag do count: the test can fail
    const counted = await reportsAfter(false)
    const moved = counted.filter(([, report], i) => JSON.stringify(report) !== JSON.stringify(nothing[i]?.[1])).map(([name]) => name)
    expect(moved).toEqual(expect.arrayContaining(['orders', 'redemptions', 'funnel', 'parity']))
  })
})
