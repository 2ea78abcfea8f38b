import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Store } from '../src/index'
import { earnPoints, type NegativePolicy, pointsOf, returnPoints } from '../src/authority/points'
import { openMemoryStore } from './support/memory-store'
import { createShop, type Shop } from './support/shop'
import { chained } from './support/world'

let store: Store
let shop: Shop
beforeAll(async () => {
  store = await openMemoryStore()
})
afterAll(() => store.close())
beforeEach(async () => {
  shop = await createShop(store)
})

interface Line {
  readonly line: string
  readonly weight: number
  readonly units: number
}

const earn = (order: string, points: number, lines: readonly Line[], negative: NegativePolicy = 'debt'): Promise<number> =>
  store.tx(shop.brand, (trx) => earnPoints(trx, shop.brand, shop.clock.now, { member: 'ann', order, points, lines }, negative))
const giveBack = (order: string, document: string, lines: readonly { line: string; units: number }[], negative: NegativePolicy = 'debt'): Promise<number> =>
  store.tx(shop.brand, (trx) => returnPoints(trx, shop.brand, shop.clock.now, { member: 'ann', order, document, lines }, negative))
const balance = (): Promise<number> => store.tx(shop.brand, (trx) => pointsOf(trx, shop.brand, shop.clock.now, 'ann'))
const spend = async (qty: number): Promise<void> => {
  const done = await shop.command('hold', { order: `spend ${qty}`, rights: [{ kind: 'lots', id: 'ann', qty }], ttlMs: 1000, settle: true })
  expect(done.ok).toBe(true)
}
const threeUnits: readonly Line[] = [{ line: '1', weight: 100, units: 3 }]

it('the same order never credits twice, in parts or whole', async () => {
  expect(
    await earn('o', 10, [
      { line: '1', weight: 2, units: 1 },
      { line: '2', weight: 1, units: 1 },
    ]),
  ).toBe(10)
  expect(
    await earn('o', 10, [
      { line: '1', weight: 2, units: 1 },
      { line: '2', weight: 1, units: 1 },
    ]),
  ).toBe(0)
  expect(await earn('o', 10, [{ line: '1', weight: 2, units: 1 }])).toBe(0)
  expect(await balance()).toBe(10)
})

it('returned units take back what they earned, never more in parts than whole, each document once', async () => {
  await earn('o', 10, threeUnits)
  expect(await giveBack('o', 'r1', [{ line: '1', units: 1 }])).toBe(3)
  expect(await giveBack('o', 'r1', [{ line: '1', units: 1 }])).toBe(0)
  expect(await giveBack('o', 'r2', [{ line: '1', units: 1 }])).toBe(3)
  expect(await giveBack('o', 'r3', [{ line: '1', units: 1 }])).toBe(4)
  expect(await giveBack('o', 'r4', [{ line: '1', units: 5 }])).toBe(0)
  expect(await balance()).toBe(0)
})

it('a return that arrives before its receipt is taken off when the receipt comes', async () => {
  expect(await giveBack('o', 'r1', [{ line: '1', units: 3 }])).toBe(0)
  expect(await earn('o', 10, threeUnits)).toBe(0)
  expect(await balance()).toBe(0)
  expect(await shop.unbalanced()).toEqual([])
})

it('points that were spent before the goods came back are owed, and later points pay first', async () => {
  await earn('o', 10, threeUnits)
  await spend(10)
  expect(await giveBack('o', 'r1', [{ line: '1', units: 3 }])).toBe(10)
  expect(await balance()).toBe(-10)
  expect(await shop.command('hold', { order: 'x', rights: [{ kind: 'lots', id: 'ann', qty: 1 }], ttlMs: 1000 })).toMatchObject({ code: 'points-short' })
  await earn('p', 25, threeUnits)
  expect(await balance()).toBe(15)
  expect(await shop.unbalanced()).toEqual([])
})

it('or are let go, where the brand says so', async () => {
  await earn('o', 10, threeUnits, 'forgive')
  await spend(10)
  await giveBack('o', 'r1', [{ line: '1', units: 3 }], 'forgive')
  expect(await balance()).toBe(0)
  await earn('p', 25, threeUnits, 'forgive')
  expect(await balance()).toBe(25)
  expect(await shop.unbalanced()).toEqual([])
})

it('a receipt credits its points once for its order, a refund takes back their share; training counts nothing', async () => {
  const totals = { gross: 1000, discount: 0, shipping: 0, shippingDiscount: 0, total: 1000, rounding: 0, pay: 1000 }
  const receipt = (order: string, more: Record<string, unknown> = {}): { kind: string; body: unknown } => ({
    kind: 'Receipt Issued',
    body: {
      receiptNo: order,
      order,
      release: 0,
      instant: shop.clock.now,
      basket: { currency: 'CNY', channel: 'till', lines: [] },
      seal: { hash: 'x'.repeat(43) },
      totals,
      points: { earned: 30, burned: 0 },
      member: 'ann',
    },
    ...more,
  })
  const refund = (total: number, returnDocument: string): { kind: string; body: unknown } => ({
    kind: 'Order Refunded',
    body: { order: 'a', currency: 'CNY', total, returnDocument },
  })
  const send = async (stream: string, facts: { kind: string; body: unknown }[]): Promise<void> => {
    const sent = await shop.send(shop.terminal, { stream, lane: 'trade', facts: chained(facts) })
    expect(sent.facts.except).toEqual([])
  }
  await send('till', [receipt('a'), receipt('b', { place: { channel: 'till', training: true } })])
  await send('server', [receipt('a')])
  expect(await balance()).toBe(30)
  await send('refunds', [refund(500, 'r1'), refund(500, 'r1')])
  expect(await balance()).toBe(15)
  await send('more', [refund(500, 'r2'), refund(900, 'r3')])
  expect(await balance()).toBe(0)
  expect(await shop.unbalanced()).toEqual([])
})

it('whatever is bought and brought back in whatever order: the balance is what the kept units earned, and no cycle gains', async () => {
  const buy = fc.record({ kind: fc.constant('buy' as const), order: fc.nat(3), points: fc.nat(50), units: fc.integer({ min: 1, max: 4 }) })
  const back = fc.record({ kind: fc.constant('back' as const), order: fc.nat(3), document: fc.nat(6), units: fc.integer({ min: 1, max: 4 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(buy, back), { maxLength: 14 }), async (steps) => {
      shop = await createShop(store)
      const bought = new Map<number, { points: number; units: number }>()
      const documents = new Map<number, Map<number, number>>()
      for (const step of steps) {
        if (step.kind === 'buy') {
          if (!bought.has(step.order)) bought.set(step.order, step)
          await earn(`o${step.order}`, step.points, [{ line: '1', weight: 1, units: step.units }])
        } else {
          const seen = documents.get(step.order) ?? new Map<number, number>()
          documents.set(step.order, seen)
          if (!seen.has(step.document)) seen.set(step.document, step.units)
          await giveBack(`o${step.order}`, `r${step.document}`, [{ line: '1', units: step.units }])
        }
      }
      let expected = 0
      for (const [order, { points, units }] of bought) {
        const returned = Math.min(
          units,
          [...(documents.get(order)?.values() ?? [])].reduce((sum, n) => sum + n, 0),
        )
        expected += points - Math.floor((points * returned) / units)
      }
      expect(await balance()).toBe(expected)
      expect(await shop.unbalanced()).toEqual([])
    }),
    { numRuns: 12, seed: 20261122 },
  )
})
