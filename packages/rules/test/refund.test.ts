import { describe, expect, it } from 'vitest'
import { compile, quote } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, Quote } from '@omokit/rules'
import { refund } from '@omokit/rules/refund'
import type { RefundAnswer, RefundOptions } from '@omokit/rules/refund'
import { seal } from '@omokit/rules/seal'
import { tax } from '@omokit/rules/tax'

const prices: Readonly<Record<string, number>> = { a: 5000, b: 3000, tea: 1000 }
const made = (...rules: BookRule[]): CompiledBook => {
  const book = compile({
    release: 3,
    currency: 'CNY',
    rules: { rules },
    parts: [tax],
    prices: (list, sku) => (list === 'base' && sku in prices ? { sku, price: prices[sku] as number, ...(sku === 'b' ? { tags: ['plain'] } : {}) } : undefined),
  })
  if (!book.ok) throw new Error(JSON.stringify(book.issues))
  return book.value
}
const sold = (book: CompiledBook, basket: Partial<Basket>): Quote => {
  const answer = quote(book, { currency: 'CNY', channel: 'till', lines: [], ...basket }, 0)
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}
const given = (options: RefundOptions): RefundAnswer => {
  const answer = refund(options)
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}

const percent: BookRule = { id: 'p', kind: 'promotion', effects: [{ type: 'percentOff', on: 'order', percent: 10 }] }
const threshold: BookRule = {
  id: 't',
  kind: 'promotion',
  when: [{ type: 'subtotalAtLeast', amount: 15_000 }],
  effects: [{ type: 'amountOff', per: 'order', amount: 2000 }],
}
const coupon: BookRule = { id: 'c', kind: 'coupon', effects: [{ type: 'amountOff', per: 'order', amount: 600 }] }
const earn: BookRule = { id: 'e', kind: 'earn', per: 100, points: 1, mode: 'order' }
const burn: BookRule = { id: 'u', kind: 'burn', points: 100, worth: 100, step: 100, maxPercent: 50 }

describe('what a return gives back', () => {
  const book = made(percent)
  const sale = sold(book, {
    lines: [
      { id: '1', sku: 'a', qty: 2 },
      { id: '2', sku: 'b', qty: 3 },
    ],
    shipping: { amount: 800 },
  })

  it('is what was paid for the units, of the lines that are named, the last units first', () => {
    // 19000 − 1900 = 17100: 4500 each of a, 2700 each of b
    const { cash, units, after, pointsBack, pointsClawed, coupons } = given({
      book,
      sale,
      policy: 'keep',
      units: [
        { line: '2', qty: 2 },
        { line: '1', qty: 1 },
      ],
    })
    expect(cash).toBe(9900)
    expect(units).toEqual([
      { line: '2', unit: 2, net: 2700 },
      { line: '2', unit: 1, net: 2700 },
      { line: '1', unit: 1, net: 4500 },
    ])
    expect(after).toEqual({ units: [1, 2], cash: 9900, pointsBack: 0, pointsClawed: 0, coupons: [] })
    expect([pointsBack, pointsClawed, coupons]).toEqual([0, 0, []])
  })
  it('goes on where the return before ended', () => {
    const first = given({ book, sale, policy: 'keep', units: [{ line: '2', qty: 1 }] })
    const second = given({ book, sale, policy: 'keep', units: [{ line: '2', qty: 2 }], before: first.after })
    expect(second.units).toEqual([
      { line: '2', unit: 1, net: 2700 },
      { line: '2', unit: 0, net: 2700 },
    ])
    expect(second.after).toMatchObject({ units: [0, 3], cash: 8100 })
    expect(first.after).toMatchObject({ units: [0, 1], cash: 2700 })
    expect(refund({ book, sale, policy: 'keep', units: [{ line: '2', qty: 1 }], before: second.after })).toEqual({
      ok: false,
      issues: [{ code: 'invalid', path: 'units.0', have: 1, need: 0 }],
    })
  })
  it('names one line twice without giving a unit twice', () => {
    const { units, cash } = given({
      book,
      sale,
      policy: 'keep',
      units: [
        { line: '1', qty: 1 },
        { line: '1', qty: 1 },
      ],
    })
    expect(units.map(({ unit }) => unit)).toEqual([1, 0])
    expect(cash).toBe(9000)
    expect(
      refund({
        book,
        sale,
        policy: 'keep',
        units: [
          { line: '1', qty: 1 },
          { line: '1', qty: 2 },
        ],
      }),
    ).toEqual({
      ok: false,
      issues: [{ code: 'invalid', path: 'units.1', have: 2, need: 1 }],
    })
  })
  it('holds the shipping fee back unless the policy gives it with the last unit', () => {
    const all = [
      { line: '1', qty: 2 },
      { line: '2', qty: 3 },
    ]
    expect(given({ book, sale, policy: 'keep', units: all }).cash).toBe(17_100)
    expect(given({ book, sale, policy: 'keep', units: all, shipping: true }).cash).toBe(17_900)
    expect(
      given({
        book,
        sale,
        policy: 'keep',
        units: [
          { line: '1', qty: 2 },
          { line: '2', qty: 2 },
        ],
        shipping: true,
      }).cash,
    ).toBe(14_400)
    expect(given({ book, sale, policy: 'clawback', units: all }).cash).toBe(17_100)
    expect(given({ book, sale, policy: 'clawback', units: all, shipping: true }).cash).toBe(17_900)
    expect(given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 2 }], shipping: true }).cash).toBe(9000)
  })
  it('gives back of the fee what was paid of it', () => {
    const cheap = made({ id: 's', kind: 'promotion', effects: [{ type: 'amountOff', per: 'shipping', amount: 300 }] })
    const one = sold(cheap, { lines: [{ id: '1', sku: 'a', qty: 1 }], shipping: { amount: 800 } })
    expect(given({ book: cheap, sale: one, policy: 'keep', units: [{ line: '1', qty: 1 }], shipping: true }).cash).toBe(5500)
  })
  it('is nothing when nothing comes back', () => {
    expect(given({ book, sale, policy: 'keep', units: [] })).toMatchObject({ cash: 0, units: [], pointsClawed: 0, pointsBack: 0 })
    expect(given({ book, sale, policy: 'clawback', units: [] })).toMatchObject({ cash: 0, units: [] })
    expect(given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 0 }] })).toMatchObject({ cash: 0, units: [] })
  })
  it('refuses what is no number of units', () => {
    for (const qty of [-1, 0.5, Number.NaN])
      expect(refund({ book, sale, policy: 'keep', units: [{ line: '1', qty }] })).toMatchObject({
        ok: false,
        issues: [{ code: 'invalid', path: 'units.0', need: 2 }],
      })
    expect(refund({ book, sale, policy: 'keep', units: [{ line: 'x', qty: 1 }] })).toEqual({
      ok: false,
      issues: [{ code: 'invalid', path: 'units.0', have: 1, need: 0 }],
    })
    expect(refund({ book: { ...book, release: 4 }, sale, policy: 'keep', units: [] })).toEqual({
      ok: false,
      issues: [{ code: 'invalid', path: 'book', have: 4, need: 3 }],
    })
  })
  it('looks at the seal only when there is one', () => {
    const edited = { ...sale, totals: { ...sale.totals, pay: sale.totals.pay + 1 } }
    expect(refund({ book, sale: edited, policy: 'keep', units: [], seal: seal(sale).hash })).toEqual({ ok: false, issues: [{ code: 'receipt-edited' }] })
    expect(refund({ book, sale: edited, policy: 'keep', units: [] }).ok).toBe(true)
    expect(refund({ book, sale, policy: 'keep', units: [], seal: seal(sale).hash }).ok).toBe(true)
  })
})

describe('a threshold that falls', () => {
  const book = made(threshold)
  const sale = sold(book, { lines: [{ id: '1', sku: 'a', qty: 4 }] })
  it('keep: the rest keeps its discount', () => {
    // 20000 − 2000 = 18000: 4500 each
    expect(given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 2 }] }).cash).toBe(9000)
  })
  it('clawback: the rest is priced anew and its discount comes off the money', () => {
    // two stay at 5000 each without discount: 18000 − 10000
    expect(given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 2 }] }).cash).toBe(8000)
    // three stay, 15000 − 2000 = 13000
    expect(given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 1 }] }).cash).toBe(5000)
  })
  it('clawback: never asks the customer for money', () => {
    const nearly = made({ id: 'n', kind: 'promotion', when: [{ type: 'qtyAtLeast', qty: 2 }], effects: [{ type: 'percentOff', on: 'order', percent: 60 }] })
    const two = sold(nearly, { lines: [{ id: '1', sku: 'a', qty: 2 }] })
    // paid 4000; the one that stays costs 5000 by itself
    const one = given({ book: nearly, sale: two, policy: 'clawback', units: [{ line: '1', qty: 1 }] })
    expect(one.cash).toBe(0)
    // the last one: 4000 were paid and nothing was given back
    expect(given({ book: nearly, sale: two, policy: 'clawback', units: [{ line: '1', qty: 1 }], before: one.after }).cash).toBe(4000)
  })
  it('clawback: a second return counts from what the first one gave', () => {
    const first = given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 1 }] })
    const second = given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 1 }], before: first.after })
    expect([first.cash, second.cash]).toEqual([5000, 3000])
    expect(second.after.cash).toBe(8000)
  })
  it('clawback: hands on why the rest cannot be priced', () => {
    const gone = { ...book, prices: (): undefined => undefined }
    expect(refund({ book: gone, sale, policy: 'clawback', units: [{ line: '1', qty: 1 }] })).toMatchObject({ ok: false, issues: [{ code: 'no-price' }] })
    expect(refund({ book: gone, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })).toMatchObject({ ok: false, issues: [{ code: 'no-price' }] })
  })
})

describe('tender rounding', () => {
  const book = made(
    { id: 'r', kind: 'tender', unit: 1000, mode: 'down', scope: 'bill' },
    { id: 'o', kind: 'promotion', effects: [{ type: 'amountOff', per: 'line', amount: 1 }] },
  )
  const sale = sold(book, { lines: [{ id: '1', sku: 'tea', qty: 2 }] })
  it('gives back no more than was paid', () => {
    // 1999, rounded down to 1000 at the till
    expect(sale.totals.pay).toBe(1000)
    const first = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })
    expect(first.cash).toBe(1000)
    expect(first.after.cash).toBe(1000)
    expect(given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }], before: first.after }).cash).toBe(0)
  })
  it('gives back of goods, fee and tax what they came to, not what was rounded up', () => {
    // 5000 and 800 − 300 for the fee: 5500, 6000 at the till
    const up: BookRule = { id: 'r', kind: 'tender', unit: 1000, mode: 'nearest', scope: 'bill' }
    const cheap = made(up, { id: 's', kind: 'promotion', effects: [{ type: 'amountOff', per: 'shipping', amount: 300 }] })
    const one = sold(cheap, { lines: [{ id: '1', sku: 'a', qty: 1 }], shipping: { amount: 800 } })
    expect(one.totals.pay).toBe(6000)
    expect(given({ book: cheap, sale: one, policy: 'keep', units: [{ line: '1', qty: 1 }], shipping: true }).cash).toBe(5500)
    // 10 % on 5000 and on 1000: 6600, 7000 at the till
    const vat = made(up, { id: 'v', kind: 'tax', percent: 10, mode: 'exclusive', shipping: true })
    const taxed = sold(vat, { lines: [{ id: '1', sku: 'a', qty: 1 }], shipping: { amount: 1000 } })
    expect(taxed.totals.pay).toBe(7000)
    expect(given({ book: vat, sale: taxed, policy: 'keep', units: [{ line: '1', qty: 1 }], shipping: true }).cash).toBe(6600)
    expect(given({ book: vat, sale: taxed, policy: 'keep', units: [{ line: '1', qty: 1 }] }).cash).toBe(5500)
  })
})

describe('tax on top', () => {
  // 10 % on 2 × 5000 and 1000: 1000 and 100
  const book = made({ id: 'v', kind: 'tax', percent: 10, mode: 'exclusive' })
  const sale = sold(book, {
    lines: [
      { id: '1', sku: 'a', qty: 2 },
      { id: '2', sku: 'tea', qty: 1 },
    ],
    shipping: { amount: 300 },
  })
  it('goes back with its units', () => {
    expect(sale.totals.pay).toBe(12_400)
    const first = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })
    expect([first.cash, first.units]).toEqual([5500, [{ line: '1', unit: 1, net: 5000, tax: 500 }]])
    expect(given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 1 }] }).cash).toBe(5500)
    // a fee that is not taxed: 5500 + 1100 + 300
    const rest = [
      { line: '1', qty: 1 },
      { line: '2', qty: 1 },
    ]
    expect(given({ book, sale, policy: 'keep', units: rest, before: first.after, shipping: true }).cash).toBe(6900)
  })
  it('is in the price where prices hold it, and no unit names it', () => {
    const held = made({ id: 'v', kind: 'tax', percent: 10, mode: 'inclusive' })
    const one = sold(held, { lines: [{ id: '1', sku: 'a', qty: 1 }] })
    const { cash, units } = given({ book: held, sale: one, policy: 'keep', units: [{ line: '1', qty: 1 }] })
    expect([cash, units]).toEqual([5000, [{ line: '1', unit: 0, net: 5000 }]])
  })
})

describe('points earned', () => {
  const book = made(earn, percent)
  const sale = sold(book, {
    tier: 'gold',
    lines: [
      { id: '1', sku: 'a', qty: 2 },
      { id: '2', sku: 'tea', qty: 1 },
    ],
  })
  it('go back as far as the rest no longer earns them', () => {
    // paid 9900 earn 99; without one a: 5400 earn 54
    expect(sale.points.earned).toBe(99)
    for (const policy of ['keep', 'clawback'] as const) {
      const first = given({ book, sale, policy, units: [{ line: '1', qty: 1 }] })
      expect(first.pointsClawed, policy).toBe(45)
      const second = given({ book, sale, policy, units: [{ line: '1', qty: 1 }], before: first.after })
      expect(second.pointsClawed, policy).toBe(45)
      const last = given({ book, sale, policy, units: [{ line: '2', qty: 1 }], before: second.after })
      expect(last.pointsClawed, policy).toBe(9)
      expect(last.after.pointsClawed, policy).toBe(99)
    }
  })
  it('keep: count what was paid for the units that stay, which are the first ones', () => {
    // 1 off the whole line of three: 334 + 333 + 333 of 1000 each, points 1 for each unit of money
    const fine = made({ ...earn, per: 1 } as BookRule, { id: 'o', kind: 'promotion', effects: [{ type: 'amountOff', per: 'order', amount: 1000 }] })
    const three = sold(fine, { lines: [{ id: '1', sku: 'tea', qty: 3 }] })
    expect(three.lines[0]?.unitNet).toEqual([666, 667, 667])
    expect(given({ book: fine, sale: three, policy: 'keep', units: [{ line: '1', qty: 2 }] }).pointsClawed).toBe(1334)
  })
  it('keep: go by the rule that stood at the sale, on what was left of the lines', () => {
    // 21000 before the discount, 19000 after it: the double points from 20000 on were not given
    const double: BookRule = { ...earn, id: 'd', order: -1, points: 2, when: [{ type: 'subtotalAtLeast', amount: 20_000 }] } as BookRule
    const off: BookRule = { id: 'o', kind: 'promotion', effects: [{ type: 'amountOff', per: 'order', amount: 2000 }] }
    const twice = made(double, earn, off)
    const big = sold(twice, { lines: [{ id: '1', sku: 'b', qty: 7 }] })
    expect(big.points.earned).toBe(190)
    // six stay, paid 16286: they earn 162
    expect(given({ book: twice, sale: big, policy: 'keep', units: [{ line: '1', qty: 1 }] }).pointsClawed).toBe(28)
  })
  it('keep: go by conditions on what was left of some lines', () => {
    const some = made(percent, { ...earn, when: [{ type: 'subtotalAtLeast', amount: 9000, filter: { skus: ['a'] } }] } as BookRule)
    const two = sold(some, { lines: [{ id: '1', sku: 'a', qty: 2 }] })
    // 9000 earn 90
    expect(two.points.earned).toBe(90)
    expect(given({ book: some, sale: two, policy: 'keep', units: [{ line: '1', qty: 1 }] }).pointsClawed).toBe(45)
    // 10000 before the discount, 9000 after it: the double points from 9500 on were not given
    const when = [{ type: 'subtotalAtLeast', amount: 9500, filter: { skus: ['a'] } }]
    const twice = made(percent, earn, { ...earn, id: 'd', order: -1, points: 2, when } as BookRule)
    const plain = sold(twice, { lines: [{ id: '1', sku: 'a', qty: 2 }] })
    expect(plain.points.earned).toBe(90)
    expect(given({ book: twice, sale: plain, policy: 'keep', units: [{ line: '1', qty: 1 }] }).pointsClawed).toBe(45)
  })
  it('leaves out lines that earn nothing', () => {
    const some = made({ ...earn, notTags: ['plain'] } as BookRule)
    const mixed = sold(some, {
      lines: [
        { id: '1', sku: 'a', qty: 1 },
        { id: '2', sku: 'b', qty: 1 },
      ],
    })
    expect(mixed.points.earned).toBe(50)
    expect(given({ book: some, sale: mixed, policy: 'keep', units: [{ line: '2', qty: 1 }] }).pointsClawed).toBe(0)
    expect(given({ book: some, sale: mixed, policy: 'keep', units: [{ line: '1', qty: 1 }] }).pointsClawed).toBe(50)
  })
})

describe('points burned', () => {
  const book = made(burn)
  const sale = sold(book, {
    lines: [
      { id: '1', sku: 'tea', qty: 2 },
      { id: '2', sku: 'a', qty: 1 },
    ],
    pointsToBurn: { ask: 700, available: 900 },
  })
  it('come back with the units whose price they paid', () => {
    // 700 points over 2000 and 5000: 200 and 500, 100 a unit of tea
    expect(sale.points.burned).toBe(700)
    const first = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })
    expect([first.cash, first.pointsBack]).toEqual([900, 100])
    const second = given({ book, sale, policy: 'keep', units: [{ line: '2', qty: 1 }], before: first.after })
    expect([second.cash, second.pointsBack]).toEqual([4500, 500])
    const last = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }], before: second.after })
    expect([last.cash, last.pointsBack]).toEqual([900, 100])
    expect(last.after).toEqual({ units: [2, 1], cash: 6300, pointsBack: 700, pointsClawed: 0, coupons: [] })
  })
  it('clawback: come back as far as the rest may not burn them', () => {
    // 1000 stays: at most 50 % of it, 500 points
    const { cash, pointsBack } = given({
      book,
      sale,
      policy: 'clawback',
      units: [
        { line: '1', qty: 1 },
        { line: '2', qty: 1 },
      ],
    })
    expect([cash, pointsBack]).toEqual([5800, 200])
  })
  it('do not come back for other discounts', () => {
    const both = made(burn, percent)
    const mixed = sold(both, { lines: [{ id: '1', sku: 'tea', qty: 2 }] })
    expect(given({ book: both, sale: mixed, policy: 'keep', units: [{ line: '1', qty: 2 }] })).toMatchObject({ cash: 1800, pointsBack: 0 })
    const paid = sold(both, { lines: [{ id: '1', sku: 'tea', qty: 2 }], pointsToBurn: { ask: 200, available: 200 } })
    expect(given({ book: both, sale: paid, policy: 'keep', units: [{ line: '1', qty: 1 }] })).toMatchObject({ cash: 800, pointsBack: 100 })
  })
  it('keep: come back at the rate that stood at the sale, before the payment offer', () => {
    // 10000 − 4000 by payment: the better rate from 9000 on was the one that burned
    const better: BookRule = { ...burn, id: 'v', order: -1, points: 50, step: 50, when: [{ type: 'subtotalAtLeast', amount: 9000 }] } as BookRule
    const offer: BookRule = { id: 'pay', kind: 'payment', methods: ['card'], amount: 4000 } as BookRule
    const rated = made(better, burn, offer)
    const one = sold(rated, { lines: [{ id: '1', sku: 'a', qty: 2 }], payment: 'card', pointsToBurn: { ask: 1000, available: 1000 } })
    // 1000 points are worth 2000 at the better rate
    expect([one.points.burned, one.totals.pay]).toEqual([1000, 4000])
    expect(given({ book: rated, sale: one, policy: 'keep', units: [{ line: '1', qty: 1 }] }).pointsBack).toBe(500)
  })
  it('keep: come back at the rate of the row that burned, not of one before it that did not stand', () => {
    const better: BookRule = { ...burn, id: 'v', order: -1, points: 50, step: 50, when: [{ type: 'subtotalAtLeast', amount: 90_000 }] } as BookRule
    const rated = made(better, burn)
    const two = sold(rated, { lines: [{ id: '1', sku: 'a', qty: 2 }], pointsToBurn: { ask: 1000, available: 1000 } })
    expect([two.points.burned, two.totals.pay]).toEqual([1000, 9000])
    expect(given({ book: rated, sale: two, policy: 'keep', units: [{ line: '1', qty: 1 }] }).pointsBack).toBe(500)
  })
  it('are never more than were burned, whatever a point is worth', () => {
    const dear = made({ ...burn, points: 300, worth: 100, step: 1 } as BookRule)
    const one = sold(dear, { lines: [{ id: '1', sku: 'tea', qty: 3 }], pointsToBurn: { ask: 1000, available: 1000 } })
    let before: RefundAnswer['after'] | undefined
    let back = 0
    for (let n = 0; n < 3; n++) {
      const answer = given({ book: dear, sale: one, policy: 'keep', units: [{ line: '1', qty: 1 }], ...(before ? { before } : {}) })
      back += answer.pointsBack
      before = answer.after
    }
    // 333 of money are what 1000 points are worth: 999 come back for them
    expect([one.points.burned, back]).toEqual([1000, 999])
  })
})

describe('coupons', () => {
  const book = made(coupon, { ...coupon, id: 'd', effects: [{ type: 'amountOff', per: 'order', amount: 200, filter: { skus: ['b'] } }] } as BookRule)
  const sale = sold(book, {
    lines: [
      { id: '1', sku: 'a', qty: 1 },
      { id: '2', sku: 'b', qty: 1 },
    ],
    coupons: [{ coupon: 'x' }, { coupon: 'c', item: 'c1' }, { coupon: 'd', item: 'd1' }],
  })
  it('are handed back once no kept unit uses them, each once', () => {
    const first = given({ book, sale, policy: 'keep', units: [{ line: '2', qty: 1 }] })
    expect(first.coupons).toEqual([{ coupon: 'd', item: 'd1' }])
    expect(first.after.coupons).toEqual([2])
    const last = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }], before: first.after })
    expect(last.coupons).toEqual([{ coupon: 'c', item: 'c1' }])
    expect(last.after.coupons).toEqual([2, 1])
  })
  it('clawback: are handed back when the rest priced anew does not use them', () => {
    expect(given({ book, sale, policy: 'clawback', units: [{ line: '2', qty: 1 }] }).coupons).toEqual([{ coupon: 'd', item: 'd1' }])
    expect(given({ book, sale, policy: 'clawback', units: [{ line: '1', qty: 1 }] }).coupons).toEqual([])
  })
  it('that took nothing were never used and are not handed back', () => {
    expect(
      given({
        book,
        sale,
        policy: 'keep',
        units: [
          { line: '1', qty: 1 },
          { line: '2', qty: 1 },
        ],
      }).coupons.map((one) => one.coupon),
    ).toEqual(['c', 'd'])
  })
})

describe('a coupon that took nothing off a line', () => {
  it('had its effect: it comes back with the last unit only', () => {
    const book = made({ id: 'f', kind: 'coupon', effects: [{ type: 'amountOff', per: 'shipping', amount: 300 }] })
    const sale = sold(book, { lines: [{ id: '1', sku: 'tea', qty: 2 }], shipping: { amount: 800 }, coupons: [{ coupon: 'f' }] })
    const first = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })
    expect(first.coupons).toEqual([])
    const last = given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }], before: first.after })
    expect(last.coupons).toEqual([{ coupon: 'f' }])
  })
})

describe('the price basis', () => {
  const lists: Readonly<Record<string, number>> = { base: 1000, 'tier-gold': 900 }
  const listed = (...rules: readonly BookRule[]): CompiledBook => {
    const book = compile({
      release: 3,
      currency: 'CNY',
      lists: ['base', 'tier-gold'],
      rules: { rules },
      prices: (list, sku) => (lists[list] === undefined ? undefined : { sku, price: lists[list] as number }),
    })
    if (!book.ok) throw new Error(JSON.stringify(book.issues))
    return book.value
  }
  it('keep: is the members’ one for a sale on their prices', () => {
    // earned only where no line has the list price
    const book = listed({ ...earn, per: 1, when: [{ type: 'not', of: { type: 'contains', filter: { notMemberPriced: true } } }] } as BookRule)
    const sale = sold(book, { tier: 'gold', lines: [{ id: '1', sku: 'tea', qty: 2 }] })
    expect([sale.totals.pay, sale.points.earned]).toEqual([1800, 1800])
    expect(given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })).toMatchObject({ cash: 900, pointsClawed: 900 })
  })
  it('keep: is the one the sale was priced on', () => {
    const book = listed(
      { id: 'settings', kind: 'settings', memberCoupon: 'either-or' },
      { ...coupon, notWithMemberPrice: true } as BookRule,
      { ...earn, per: 1, when: [{ type: 'subtotalAtLeast', amount: 2000, basis: 'original' }] } as BookRule,
    )
    const sale = sold(book, { tier: 'gold', lines: [{ id: '1', sku: 'tea', qty: 2 }], coupons: [{ coupon: 'c' }] })
    // with the coupon 2000 − 600, without 1800
    expect([sale.priceBasis, sale.totals.pay, sale.points.earned]).toEqual(['list', 1400, 1400])
    expect(given({ book, sale, policy: 'keep', units: [{ line: '1', qty: 1 }] })).toMatchObject({ cash: 700, pointsClawed: 700 })
  })
})
