import { describe, expect, it } from 'vitest'
import { compile, quote } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, Effect, Quote } from '@omokit/rules'
import { readBarcode } from '@omokit/rules/barcode'
import { bestCoupons } from '@omokit/rules/best'
import { owedByPrice } from '@omokit/rules/protect'
import { refund } from '@omokit/rules/refund'
import { seal } from '@omokit/rules/seal'
import { zoneTransitions } from '@omokit/rules/zone'

const made = (rules: readonly BookRule[], prices: Readonly<Record<string, number>>): CompiledBook => {
  const book = compile({
    release: 3,
    currency: 'CNY',
    rules: { rules },
    prices: (list, sku) => (list === 'base' && sku in prices ? { sku, price: prices[sku] as number } : undefined),
  })
  if (!book.ok) throw new Error(JSON.stringify(book.issues))
  return book.value
}
const sold = (book: CompiledBook, basket: Partial<Basket>): Quote => {
  const answer = quote(book, { currency: 'CNY', channel: 'till', lines: [], ...basket }, 0)
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}
const off = (id: string, amount: number, more: object = {}): BookRule =>
  ({ id, kind: 'coupon', effects: [{ type: 'amountOff', per: 'order', amount }], ...more }) as BookRule

describe('a refund', () => {
  const threshold: BookRule = {
    id: 't',
    kind: 'promotion',
    when: [{ type: 'subtotalAtLeast', amount: 30000 }],
    effects: [{ type: 'percentOff', on: 'order', percent: 10 }],
  }
  const book = made([threshold, off('c', 1000)], { a: 5000 })
  const sale = sold(book, { lines: [{ id: '1', sku: 'a', qty: 6 }], coupons: [{ coupon: 'c', item: 'x1' }], shipping: { amount: 800 } })

  it('keep: gives back what was paid for each unit, last unit first', () => {
    // 10 % is 5.00 each; 10.00 over six is 1.67 from the first four, 1.66 from the last two.
    const back = refund({ book, sale, policy: 'keep', units: [{ line: '1', qty: 2 }] })
    expect(back).toMatchObject({
      ok: true,
      value: {
        cash: 8668,
        coupons: [],
        units: [
          { unit: 5, net: 4334 },
          { unit: 4, net: 4334 },
        ],
      },
    })
  })
  it('clawback: keeping one of six does not keep the discount of six', () => {
    // 6 × 50.00 − 10 % − 10.00 = 260.00; one unit alone: 50.00 − 10.00 = 40.00, so 220.00 come back.
    expect(refund({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 5 }] })).toMatchObject({ ok: true, value: { cash: 22000 } })
  })
  it('hands the coupon back with the last unit that used it, and the fee where the policy says so', () => {
    const first = refund({ book, sale, policy: 'keep', units: [{ line: '1', qty: 5 }] })
    if (!first.ok) throw new Error('refused')
    const last = refund({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }], before: first.value.after, shipping: true })
    expect(last).toMatchObject({ ok: true, value: { coupons: [{ coupon: 'c', item: 'x1' }], after: { cash: 26800 } } })
  })
  it('refuses more than is left, an unknown line, another release, an edited sale', () => {
    expect(refund({ book, sale, policy: 'keep', units: [{ line: '1', qty: 7 }] })).toMatchObject({
      issues: [{ code: 'invalid', path: 'units.0', have: 7, need: 6 }],
    })
    expect(refund({ book, sale, policy: 'keep', units: [{ line: '9', qty: 1 }] })).toMatchObject({ issues: [{ code: 'invalid' }] })
    expect(refund({ book: { ...book, release: 4 }, sale, policy: 'keep', units: [] })).toMatchObject({ issues: [{ code: 'invalid', path: 'book' }] })
    const { hash } = seal(sale)
    const edited = { ...sale, lines: sale.lines.map((line) => ({ ...line, unitNet: line.unitNet.map(() => 5000) })) }
    expect(refund({ book, sale: edited, policy: 'keep', units: [], seal: hash })).toMatchObject({ issues: [{ code: 'receipt-edited' }] })
    expect(refund({ book, sale, policy: 'keep', units: [], seal: hash }).ok).toBe(true)
  })
})

describe('the best use of a wallet', () => {
  it('finds coupons of which one holds only beside the other, on list prices', () => {
    const lists: Readonly<Record<string, number>> = { base: 1000, 'tier-vip': 800 }
    const less = (amount: number): Effect => ({ type: 'amountOff', per: 'order', amount })
    const book = compile({
      release: 1,
      currency: 'CNY',
      prices: (list, sku) => (list in lists ? { sku, price: lists[list] as number } : undefined),
      rules: {
        rules: [
          { id: 's', kind: 'settings', memberCoupon: 'either-or' },
          { id: 'y', kind: 'coupon', order: 1, when: [{ type: 'subtotalAtLeast', amount: 1900 }], effects: [less(300)] },
          { id: 'x', kind: 'coupon', order: 2, notWithMemberPrice: true, effects: [less(500)] },
        ],
      },
    })
    if (!book.ok) throw new Error(JSON.stringify(book.issues))
    // members pay 1600, without y: 2000 − 300 is more. x alone: 1500. Both: 1200
    const basket: Basket = {
      currency: 'CNY',
      channel: 'till',
      tier: 'vip',
      lines: [{ id: '1', sku: 'a', qty: 2 }],
      coupons: [{ coupon: 'x' }, { coupon: 'y' }],
    }
    const best = bestCoupons(book.value, basket, 0)
    expect(best.ok && [best.value.quote.totals.pay, best.value.coupons.map(({ coupon }) => coupon)]).toEqual([1200, ['y', 'x']])
  })
  it('lists alternatives and says whether it is the best there is', () => {
    const book = made([off('a', 100), off('b', 300, { stackable: false }), off('c', 250)], { s: 10000 })
    const best = bestCoupons(
      book,
      { currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 's', qty: 1 }], coupons: ['a', 'b', 'c'].map((coupon) => ({ coupon })) },
      0,
    )
    expect(best).toMatchObject({
      ok: true,
      value: { optimal: true, coupons: [{ coupon: 'a' }, { coupon: 'c' }], alternatives: [{ pay: 9700 }, { pay: 9750 }, { pay: 9900 }, { pay: 10000 }] },
    })
  })
  it('stays within its work with forty coupons, never worse than any single one', () => {
    const rules = Array.from({ length: 40 }, (_, i) => off(`k${i}`, 10 + i))
    const best = bestCoupons(
      made(rules, { s: 100_000 }),
      { currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 's', qty: 1 }], coupons: rules.map(({ id }) => ({ coupon: id })) },
      0,
    )
    expect(best.ok && best.value.optimal).toBe(false)
    expect(best.ok && best.value.quote.totals.pay).toBeLessThanOrEqual(100_000 - 49)
  })
})

describe('price protection', () => {
  const zone = zoneTransitions('Asia/Shanghai', 2026, 2028)
  const bought = Date.UTC(2026, 10, 1, 2)
  const claim = (claimAt: number, more: object = {}): ReturnType<typeof owedByPrice> =>
    owedByPrice({
      policy: { days: 7, zone },
      claimAt,
      purchases: [{ sku: 'a', qty: 3, paid: 10_000, at: bought, ...more }],
      prices: [{ sku: 'a', price: 3000, from: bought + 1 }],
    })
  it('owes the difference per unit, with its proof', () => {
    expect(claim(bought + 86_400_000)).toEqual({
      ok: true,
      value: { total: 1000, purchases: [{ owed: 1000, price: 3000, unitPaid: [3334, 3333, 3333], unitOver: [334, 333, 333] }] },
    })
  })
  it('leaves out what came back, and what was already paid out', () => {
    expect(claim(bought + 1000, { returned: 1, compensated: 600 })).toMatchObject({ value: { total: 67 } })
  })
  it('ends with the local day, not with the hour', () => {
    expect(claim(Date.UTC(2026, 10, 8, 15, 59, 59))).toMatchObject({ value: { total: 1000 } })
    expect(claim(Date.UTC(2026, 10, 8, 16))).toMatchObject({ value: { total: 0 } })
  })
  it('refuses what is no amount or more back than bought', () => {
    expect(claim(bought, { paid: -1 })).toMatchObject({ issues: [{ code: 'not-an-amount' }] })
    expect(claim(bought, { returned: 4 })).toMatchObject({ issues: [{ code: 'invalid' }] })
  })
})

describe('time zones', () => {
  it('become the transitions of UTC they are', () => {
    expect(zoneTransitions('Asia/Shanghai', 2026, 2028)).toEqual([[1767225600, 28800]])
    const newYork = zoneTransitions('America/New_York', 2026, 2027)
    expect(newYork).toEqual([
      [1767225600, -18000],
      [Date.UTC(2026, 2, 8, 7) / 1000, -14400],
      [Date.UTC(2026, 10, 1, 6) / 1000, -18000],
    ])
  })
})

describe('scale labels', () => {
  const layouts = [
    {
      flag: '21',
      fields: [
        ['plu', 5],
        ['amount', 5],
      ],
    },
  ] as const
  it('reads item 00301 for 3.50', () => {
    expect(readBarcode('2100301003507', layouts, () => ({ sku: 'x', pricePerKg: 1000 }))).toEqual({ ok: true, value: { sku: 'x', grams: 350, amount: 350 } })
  })
  it('names what is wrong', () => {
    const path = (code: string): unknown => {
      const read = readBarcode(code, layouts, (plu) => (plu === '00301' ? { sku: 'x', pricePerKg: 1000 } : undefined))
      return read.ok ? 'ok' : read.issues[0]?.path
    }
    expect(['210030100350x', '2200301003507', '2100301003501', '2100302003506'].map(path)).toEqual(['characters', 'layout', 'check', 'item'])
  })
})
