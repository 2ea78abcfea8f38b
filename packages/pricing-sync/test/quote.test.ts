import { createMemoryPorts } from '@omokit/core/memory'
import type { ReleaseDraft, Row } from '@omokit/core/documents'
import { createPricingSync } from '@omokit/pricing-sync'
import { createQuoter } from '@omokit/pricing-sync/quote'
import type { Quoter } from '@omokit/pricing-sync/quote'
import { toRows } from '@omokit/rules'
import type { Basket } from '@omokit/rules'
import { tax } from '@omokit/rules/tax'
import { describe, expect, it } from 'vitest'
import { epoch, fakeHub, nodeCrypto, publisher, testClock } from './fake-hub'
import type { TestClock } from './fake-hub'

const brandKey = publisher()
const rules: Row[] = toRows({
  rules: [
    { id: 'full-10', kind: 'promotion', effects: [{ type: 'percentOff', on: 'order', percent: 10 }] },
    { id: 'c5', kind: 'coupon', effects: [{ type: 'amountOff', per: 'order', amount: 5 }] },
    { id: 'cash', kind: 'tender', methods: ['cash'], unit: 10, mode: 'down', scope: 'bill' },
  ],
}).map((row): Row => [row[0], row[1]])
const prices: Row[] = [
  ['6901', 500],
  ['6902', 1205],
]
const basket: Basket = { currency: 'CNY', channel: 'till', lines: [{ id: '1', sku: '6901', qty: 2 }] }

async function rig(
  more: Partial<ReleaseDraft> = {},
  books: Readonly<Record<string, readonly Row[]>> = { 'price/base': prices, 'rules/base': rules },
  parts = [tax],
): Promise<{ quoter: Quoter; clock: TestClock; hub: ReturnType<typeof fakeHub>; refresh(): Promise<unknown> }> {
  const clock = testClock()
  const hub = fakeHub()
  const ports = createMemoryPorts({ brand: 'acme', net: hub, time: clock.manual.time, timer: clock.manual.timer, crypto: nodeCrypto })
  const sync = createPricingSync({ ports, clock, hub: 'http://hub', key: 'k', keys: [brandKey.key] })
  hub.released.push(await brandKey.release(1, books, more))
  return { quoter: createQuoter({ sync, parts }), clock, hub, refresh: () => sync.refresh() }
}

describe('a quoter', () => {
  it('has nothing to say without a release', async () => {
    const { quoter } = await rig()
    expect(quoter.quote(basket)).toEqual({ ok: false, issues: [{ code: 'no-release' }] })
  })

  it('prices with the prices and rules of one release, and with both of the next', async () => {
    const { quoter, hub, refresh } = await rig()
    await refresh()
    const one = quoter.quote(basket)
    expect(one.ok && [one.value.release, one.value.totals.gross, one.value.totals.total, one.value.flags]).toEqual([1, 1000, 900, []])
    hub.released.push(
      await brandKey.release(
        2,
        {
          'price/base': [
            ['6901', 600],
            ['6902', 1205],
          ],
          'rules/base': rules.filter(([id]) => id !== 'full-10'),
        },
        { features: ['shrink'] },
      ),
    )
    await refresh()
    const two = quoter.quote(basket)
    expect(two.ok && [two.value.release, two.value.totals.gross, two.value.totals.total]).toEqual([2, 1200, 1200])
    expect(quoter.quoteAt(1, basket)).toEqual({ ok: false, issues: [{ code: 'stale-release', have: 1, need: 2 }] })
    expect(quoter.quoteAt(2, basket).ok).toBe(true)
  })

  it('flags a stale release, and after expiry keeps list prices and rounding but stops promotions and coupons', async () => {
    const { quoter, clock, refresh } = await rig()
    await refresh()
    const asked: Basket = { ...basket, lines: [{ id: '1', sku: '6902', qty: 1 }], payment: 'cash', coupons: [{ coupon: 'c5' }] }
    const quote = (): unknown => {
      const result = quoter.quote(asked)
      return result.ok && [result.value.totals.total, result.value.flags, result.value.rejected.map(({ rule, code }) => `${rule} ${code}`)]
    }
    expect(quote()).toEqual([1079, [], []])
    await clock.manual.advance(3600_000)
    expect(quote()).toEqual([1079, ['stale-release'], []])
    await clock.manual.advance(604_800_000)
    expect(quote()).toEqual([1205, ['list-prices-expired', 'promotions-stopped'], ['c5 expired-release']])
    const cash = quoter.quote(asked)
    expect(cash.ok && cash.value.totals.pay).toBe(1200)
  })

  it('adds tax also after expiry, and refuses a release with tax when it was not given the part', async () => {
    const books = { 'price/base': prices, 'rules/base': [...rules, ['vat', '{"kind":"tax","mode":"exclusive","percent":10}']] as Row[] }
    const taught = await rig({}, books)
    await taught.refresh()
    const pays = (): unknown => {
      const result = taught.quoter.quote(basket)
      return result.ok && [result.value.totals.pay, result.value.totals.tax]
    }
    expect(pays()).toEqual([990, 90])
    await taught.clock.manual.advance(3600_000 + 604_800_000)
    expect(pays()).toEqual([1100, 100])
    const untaught = await rig({}, books, [])
    await untaught.refresh()
    expect(untaught.quoter.quote(basket)).toMatchObject({ ok: false, issues: [{ code: 'unknown-rule', path: 'vat.kind' }] })
  })

  it('says when a clock nobody vouched for chose the release', async () => {
    const { quoter, clock, hub, refresh } = await rig()
    await refresh()
    clock.source = 'device'
    hub.released.push(
      await brandKey.release(
        2,
        {
          'price/base': [
            ['6901', 400],
            ['6902', 1205],
          ],
          'rules/base': rules,
        },
        { validFrom: epoch + 600 },
      ),
    )
    await refresh()
    await clock.manual.advance(600_000)
    const result = quoter.quote(basket)
    expect(result.ok && [result.value.release, result.value.flags]).toEqual([2, ['untrusted-clock']])
  })

  it('refuses to price with a rule it does not know, and without a currency', async () => {
    const strange = await rig({}, { 'price/base': prices, 'rules/base': [['x', '{"kind":"teleport"}']] })
    await strange.refresh()
    expect(strange.quoter.quote(basket)).toMatchObject({ ok: false, issues: [{ code: 'unknown-rule' }] })
    const poor = await rig({ options: {} })
    await poor.refresh()
    expect(poor.quoter.quote(basket)).toMatchObject({ ok: false, issues: [{ code: 'unknown-currency' }] })
  })
})
