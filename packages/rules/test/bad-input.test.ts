import { describe, expect, it } from 'vitest'
import { compile, quote } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, PriceRow } from '@omokit/rules'

const made = (rules: readonly BookRule[] = [], price: PriceRow = { sku: 'a', price: 100 }): CompiledBook => {
  const book = compile({ release: 1, currency: 'CNY', rules: { rules }, prices: (list) => (list === 'base' ? price : undefined) })
  if (!book.ok) throw new Error(JSON.stringify(book.issues))
  return book.value
}
const line = { id: '1', sku: 'a', qty: 1 }
const basket = (more: object = {}): Basket => ({ currency: 'CNY', channel: 'web', lines: [line], ...more }) as Basket

describe('a basket is refused with a code and a place', () => {
  it.each([
    ['a negative quantity', { lines: [{ ...line, qty: -1 }] }, 'invalid', 'lines.0.qty'],
    ['a fractional quantity', { lines: [{ ...line, qty: 1.5 }] }, 'invalid', 'lines.0.qty'],
    ['a quantity as text', { lines: [{ ...line, qty: '1' }] }, 'invalid', 'lines.0.qty'],
    ['a quantity beyond counting', { lines: [{ ...line, qty: 1e9 }] }, 'invalid', 'lines.0.qty'],
    [
      'more units than the work bound',
      {
        lines: [
          { ...line, qty: 40_000 },
          { ...line, id: '2', qty: 40_000 },
        ],
      },
      'work-bound',
      'lines.1',
    ],
    ['two weighed units', { lines: [{ ...line, qty: 2, grams: 5 }] }, 'invalid', 'lines.0'],
    ['a negative label', { lines: [{ ...line, labelAmount: -5 }] }, 'not-an-amount', 'lines.0.labelAmount'],
    ['a negative fee', { shipping: { amount: -1 } }, 'not-an-amount', 'shipping.amount'],
    ['a fractional fee', { shipping: { amount: 0.1 } }, 'not-an-amount', 'shipping.amount'],
    ['an input the book does not name', { income: 9 }, 'invalid', 'income'],
    ['an input the book does not name, on a line', { lines: [{ ...line, postcode: '1' }] }, 'invalid', 'lines.0.postcode'],
    ['another currency', { currency: 'USD' }, 'currency-mismatch', undefined],
    ['ten thousand lines', { lines: Array.from({ length: 10_000 }, (_, i) => ({ ...line, id: String(i) })) }, 'too-many', 'lines'],
    ['a hundred and one coupons', { coupons: Array.from({ length: 101 }, () => ({ coupon: 'c' })) }, 'too-many', 'coupons'],
    ['a unit of measure as a number', { lines: [{ ...line, uom: 24 }] }, 'invalid', 'lines.0.uom'],
    ['no lines at all', { lines: undefined }, 'invalid', 'lines'],
    ['a counter that is no number', { usage: { p: { spent: 'x' } } }, 'invalid', 'usage.p'],
  ])('%s', (_, more, code, path) => {
    const answer = quote(made(), basket(more), 0)
    expect(answer).toMatchObject({ ok: false, issues: [path === undefined ? { code } : { code, path }] })
  })

  it('something that is no basket', () => {
    for (const bad of [null, undefined, 5, 'basket', []]) expect(quote(made(), bad as unknown as Basket, 0).ok).toBe(false)
  })
  it('a SKU without a price, and a price that is no amount', () => {
    const none = compile({ release: 1, currency: 'CNY', rules: [], prices: () => undefined })
    expect(none.ok && quote(none.value, basket(), 0)).toMatchObject({ issues: [{ code: 'no-price', path: 'lines.0', have: 'a' }] })
    for (const price of [-1, 0.5, 1e13 + 1, NaN])
      expect(quote(made([], { sku: 'a', price }), basket(), 0)).toMatchObject({ issues: [{ code: 'not-an-amount' }] })
    expect(quote(made([], { sku: 'a', price: 1e13 }), basket({ lines: [{ ...line, qty: 2 }] }), 0)).toMatchObject({ issues: [{ code: 'not-an-amount' }] })
  })
})

describe('hostile names change nothing', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s as rule, group, SKU, tag, list and coupon', (name) => {
    const off: BookRule = {
      id: name,
      kind: 'promotion',
      group: name,
      limits: { total: 5 },
      effects: [{ type: 'amountOff', per: 'order', amount: 10, filter: { skus: [name], tags: [name] } }],
    }
    const row: PriceRow = { sku: name, price: 100, tags: [name] }
    const answer = quote(
      made([off], row),
      basket({ tier: name, storeId: name, audience: [name], lines: [{ ...line, sku: name }], usage: {}, coupons: [{ coupon: name }] }),
      0,
    )
    expect(answer.ok && answer.value.totals.pay).toBe(90)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('bounded work', () => {
  it('prices the largest basket against many rules in bounded time', () => {
    const rules = Array.from(
      { length: 300 },
      (_, i): BookRule => ({ id: `p${i}`, kind: 'promotion', effects: [{ type: 'amountOff', per: 'order', amount: 7 }] }),
    )
    const lines = Array.from({ length: 2000 }, (_, i) => ({ ...line, id: String(i) }))
    const answer = quote(made(rules), basket({ lines }), 0)
    expect(answer.ok && answer.value.totals.pay).toBe(200_000 - 2100)
  })

  it('cuts the largest basket into bundles of one in bounded time', () => {
    const items = [{ qty: 1, filter: { skus: ['a'] } }]
    const rules: BookRule[] = [{ id: 'p', kind: 'promotion', effects: [{ type: 'bundlePrice', items, price: 60 }] }]
    const answer = quote(made(rules), basket({ lines: [{ ...line, qty: 50_000 }] }), 0)
    expect(answer.ok && answer.value.totals.pay).toBe(50_000 * 60)
  })

  it('refuses a book that asks for more work than a till has time for', () => {
    const rules = Array.from({ length: 2000 }, (_, i): BookRule => ({ id: `p${i}`, kind: 'promotion', effects: [{ type: 'nthPercent', n: 2, percent: 1 }] }))
    expect(quote(made(rules), basket({ lines: [{ ...line, qty: 50_000 }] }), 0)).toMatchObject({ issues: [{ code: 'work-bound' }] })
  })

  it('refuses points that no integer can hold, instead of throwing', () => {
    const rich = { sku: 'a', price: 1e13 }
    const burn: BookRule = { id: 'b', kind: 'burn', points: 1e9, worth: 1, step: 1, maxPercent: 100 }
    const asked = basket({ pointsToBurn: { ask: 5, available: 5 } })
    expect(quote(made([burn], rich), asked, 0)).toMatchObject({ ok: false, issues: [{ code: 'not-an-amount' }] })
    const earn: BookRule = { id: 'e', kind: 'earn', per: 1, points: 1e6, mode: 'order' }
    expect(quote(made([earn], rich), basket(), 0)).toMatchObject({ ok: false, issues: [{ code: 'not-an-amount' }] })
  })

  it('takes no more than there is, however much is offered', () => {
    const every: BookRule = { id: 'p', kind: 'promotion', effects: [{ type: 'everyAmountOff', every: 1, amount: 1e13 }] }
    const answer = quote(made([every]), basket({ lines: [line, { ...line, id: '2', qty: 3 }] }), 0)
    expect(answer.ok && [answer.value.totals.discount, answer.value.totals.pay]).toEqual([400, 0])
  })

  it('gives a gift once: goods that are given earn no gifts', () => {
    const gift = (id: string, sku: string, has: string): BookRule => ({
      id,
      kind: 'promotion',
      when: [{ type: 'contains', filter: { skus: [has] } }],
      effects: [{ type: 'gift', sku, qty: 1 }],
    })
    const answer = quote(made([gift('p', 'b', 'a'), gift('q', 'a', 'b')]), basket(), 0)
    expect(answer.ok && answer.value.gifts).toEqual([{ rule: 'p', sku: 'b', qty: 1 }])
  })
})
