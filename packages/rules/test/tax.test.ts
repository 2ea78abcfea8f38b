import { describe, expect, it } from 'vitest'
import { compile, quote, toRows } from '@omokit/rules'
import type { Basket, BookRule, Quote, TaxRule } from '@omokit/rules'
import { refund } from '@omokit/rules/refund'
import { readSeal, seal } from '@omokit/rules/seal'
import { tax } from '@omokit/rules/tax'
import { sealsOfSeeds } from './seals-of-seeds'

const row = (body: Partial<TaxRule> & { readonly id?: string; readonly optional?: boolean } = {}): BookRule =>
  ({ id: 't', kind: 'tax', percent: 10, mode: 'exclusive', ...body }) as BookRule
const book = (rules: readonly BookRule[], parts = [tax]): ReturnType<typeof compile> =>
  compile({ release: 1, currency: 'USD', prices: (_, sku) => ({ sku, price: 1000 }), lists: ['base'], rules: toRows({ rules }), parts })
const basket: Basket = { currency: 'USD', channel: 'web', lines: [{ id: '1', sku: 'a', qty: 3 }], shipping: { amount: 500 } }

function sold(rules: readonly BookRule[]): Quote {
  const made = book(rules)
  const answer = made.ok ? quote(made.value, basket, 0) : made
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}

describe('a book without tax rows', () => {
  it('has the seals it had before there were any', () => {
    expect(sealsOfSeeds(400, false)).toBe('bkxgxuXDkmbDjPSCyAhn5Mfc9jLTbKXHlaua0OOhrRo')
  })
  it('says nothing of tax', () => {
    expect(JSON.stringify(sold([]))).not.toMatch(/tax/i)
  })
})

describe('a book with tax rows', () => {
  it('is refused by who was not given the part, also when it says that may be', () => {
    for (const optional of [undefined, true])
      expect(book([row(optional ? { optional } : {})], [])).toMatchObject({ ok: false, issues: [{ code: 'unknown-rule', path: 't.kind', have: 'tax' }] })
    expect(book([row({ optional: true })])).toMatchObject({ ok: false, issues: [{ code: 'invalid', path: 't.optional' }] })
  })
  it('is refused when some prices hold it and some do not, at the later row in run order', () => {
    const rows = [row({ id: 'a', order: 2, mode: 'inclusive' }), row({ id: 'b', order: 1 }), row({ id: 'c' })]
    expect(book(rows)).toMatchObject({ ok: false, issues: [{ code: 'invalid', path: 'a.mode' }] })
    expect(book(rows.slice(1)).ok).toBe(true)
  })
  it.each([
    ['a percentage of seven places', { percent: 8.1234567 }, 't.percent'],
    ['a percentage above a hundred', { percent: 101 }, 't.percent'],
    ['a negative percentage', { percent: -1 }, 't.percent'],
    ['a misspelt mode', { mode: 'included' as 'inclusive' }, 't.mode'],
    ['a key it does not know', { exempt: true } as object, 't.exempt'],
  ])('is refused for %s', (_, body, path) => {
    expect(book([row(body)])).toMatchObject({ ok: false, issues: [{ code: 'invalid', path }] })
  })
  it('seals what a receipt must say, and reads it back', () => {
    const quoted = sold([row({ percent: 8.875, per: 'bill', shipping: true })])
    const read = readSeal(seal(quoted).text)
    // 30.00 and 5.00: 3500 x 8.875 / 100 = 310.6, so 311; 266.6 and 44.4 of it
    expect(read.ok && read.value.totals).toEqual({ ...quoted.totals, tax: 311, shippingTax: 44, taxAdded: 311, total: 3500, pay: 3811, rounding: 0 })
    expect(read.ok && read.value.lines.map(({ unitTax }) => unitTax)).toEqual([[89, 89, 89]])
    expect(seal(sold([row({ percent: 8.875 })])).hash).not.toBe(seal(quoted).hash)
  })
  it('names the tax of each unit that comes back when it was paid on top', () => {
    const back = (mode: TaxRule['mode']): unknown => {
      const rules = [row({ mode })]
      const made = book(rules)
      const answer = made.ok && refund({ book: made.value, sale: sold(rules), policy: 'keep', units: [{ line: '1', qty: 1 }] })
      return answer && answer.ok && [answer.value.cash, answer.value.units]
    }
    expect(back('exclusive')).toEqual([1100, [{ line: '1', unit: 2, net: 1000, tax: 100 }]])
    expect(back('inclusive')).toEqual([1000, [{ line: '1', unit: 2, net: 1000 }]])
  })
})
