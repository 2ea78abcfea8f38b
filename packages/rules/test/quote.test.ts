import { describe, expect, it } from 'vitest'
import { compile, quote, toRows } from '@omokit/rules'
import type { Basket, BookRule, CompiledBook, PriceRow, Quote } from '@omokit/rules'
import { readSeal, seal, sealMatches } from '@omokit/rules/seal'

const noon = Date.UTC(2026, 10, 22, 4)
const rows: Readonly<Record<string, Readonly<Record<string, PriceRow>>>> = {
  base: {
    coat: { sku: 'coat', price: 45900, tags: ['wear'] },
    tea: { sku: 'tea', price: 9901, tags: ['food'] },
    pear: { sku: 'pear', price: 1299, tags: ['food'] },
  },
  'channel-web': { tea: { sku: 'tea', price: 9500 } },
  'store-0042': { tea: { sku: 'tea', price: 9000, until: noon / 1000 } },
  'tier-gold': { coat: { sku: 'coat', price: 40000 } },
  floor: { coat: { sku: 'coat', price: 39000 } },
}

function book(rules: readonly BookRule[]): CompiledBook {
  const compiled = compile({ release: 7, currency: 'CNY', rules: toRows({ rules }), prices: (list, sku) => rows[list]?.[sku] })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  return compiled.value
}

function priced(rules: readonly BookRule[], basket: Partial<Basket>, instant = noon): Quote {
  const answer = quote(book(rules), { currency: 'CNY', channel: 'till', lines: [], ...basket }, instant)
  if (!answer.ok) throw new Error(JSON.stringify(answer.issues))
  return answer.value
}

const line = (sku: string, qty = 1): Basket['lines'][number] => ({ id: sku, sku, qty })

describe('price lists', () => {
  it('answer from the most specific one: store before channel before base', () => {
    const tea = { lines: [line('tea')] }
    expect(priced([], tea).lines[0]).toMatchObject({ unitPrice: 9901, list: 'base' })
    expect(priced([], { ...tea, channel: 'web' }).lines[0]).toMatchObject({ unitPrice: 9500, list: 'channel-web' })
    expect(priced([], { ...tea, channel: 'web', storeId: '0042' }, noon - 1).lines[0]).toMatchObject({ unitPrice: 9000, list: 'store-0042' })
  })
  it('leave a row at its end, exclusive', () => {
    expect(priced([], { lines: [line('tea')], channel: 'web', storeId: '0042' }, noon).lines[0]).toMatchObject({ list: 'channel-web' })
  })
  it('give a member the lower of two', () => {
    expect(priced([], { lines: [line('coat')], tier: 'gold' }).lines[0]).toMatchObject({ unitPrice: 40000, list: 'tier-gold' })
  })
  it('price weighed goods half up, and believe a printed label', () => {
    expect(priced([], { lines: [{ ...line('pear'), grams: 333 }] }).totals.pay).toBe(433)
    expect(priced([], { lines: [{ ...line('pear'), grams: 333, labelAmount: 431 }] }).totals.pay).toBe(431)
  })
})

describe('promotions and coupons', () => {
  const every: BookRule = { id: 'every', kind: 'promotion', effects: [{ type: 'everyAmountOff', every: 30000, amount: 4000 }] }
  const once: BookRule = {
    id: 'once',
    kind: 'promotion',
    effects: [{ type: 'amountOff', per: 'order', amount: 2000 }],
    when: [{ type: 'subtotalAtLeast', amount: 20000, filter: { tags: ['food'] } }],
  }
  const coupon: BookRule = { id: 'c15', kind: 'coupon', effects: [{ type: 'percentOff', on: 'order', percent: 15 }], funding: { store: 40, brand: 60 } }

  it('share an amount to the unit, with who pays', () => {
    const q = priced([every, coupon], { lines: [line('tea', 3), line('pear')], coupons: [{ coupon: 'c15' }] })
    expect(q.applied).toEqual([
      { rule: 'every', kind: 'promotion', amount: 4000 },
      { rule: 'c15', kind: 'coupon', amount: 4050 },
    ])
    for (const l of q.lines) {
      expect(l.unitNet.reduce((a, b) => a + b, 0)).toBe(l.net)
      for (const m of l.modifiers) {
        expect(m.units.reduce((a, b) => a + b, 0)).toBe(m.amount)
        expect(m.funding.brand + m.funding.store + m.funding.partner + m.funding.platform).toBe(m.amount)
      }
    }
    expect(q.totals).toMatchObject({ gross: 31002, discount: 8050, orderDiscount: 8050, total: 22952, pay: 22952 })
  })
  it('say what is missing for the nearest promotion', () => {
    expect(priced([once], { lines: [line('tea', 2)] }).rejected).toEqual([
      { rule: 'once', kind: 'promotion', code: 'condition-failed', path: 'when.0', have: 19802, need: 20000 },
    ])
  })
  it('name a coupon that the book does not know', () => {
    expect(priced([], { lines: [], coupons: [{ coupon: '__proto__' }] }).rejected).toEqual([{ rule: '__proto__', kind: 'coupon', code: 'unknown-coupon' }])
  })
  it('stop at a floor', () => {
    const half: BookRule = { id: 'half', kind: 'promotion', effects: [{ type: 'percentOff', on: 'lines', percent: 50 }] }
    expect(priced([half], { lines: [line('coat')] }).totals.pay).toBe(39000)
  })
})

describe('the seal', () => {
  const rules: BookRule[] = [{ id: 'e', kind: 'promotion', effects: [{ type: 'amountOff', per: 'order', amount: 100 }] }]
  it('is the same for the same basket at another time of day, and another for any other basket', () => {
    const one = seal(priced(rules, { lines: [line('tea', 3)] }))
    expect(seal(priced(rules, { lines: [line('tea', 3)] }, noon + 1000))).toEqual(one)
    expect(seal(priced(rules, { lines: [line('tea', 2)] })).hash).not.toBe(one.hash)
    expect(sealMatches(one.text, one.hash)).toBe(true)
    expect(sealMatches(one.text.replace('9901', '9900'), one.hash)).toBe(false)
  })
  it('reads back, and gives the same seal when the basket is priced again', () => {
    const first = seal(priced(rules, { lines: [line('tea', 3)], codes: ['\u6ee1\u51cf'] }))
    expect(first.text).toMatch(/^[\x20-\x7e]+$/)
    const read = readSeal(first.text)
    if (!read.ok) throw new Error('unreadable')
    expect(read.value.totals.pay).toBe(29603)
    expect(read.value.lines[0]?.unitNet).toEqual([9867, 9868, 9868])
    const again = quote(book(rules), read.value.basket, noon)
    expect(again.ok && seal(again.value).hash).toBe(first.hash)
  })
  it('refuses another spelling of the same content', () => {
    const { text } = seal(priced(rules, { lines: [line('tea')] }))
    expect(readSeal(text.replace(',', ', '))).toEqual({ ok: false, issues: [{ code: 'malformed', path: 'seal' }] })
    for (const bad of ['', '{}', 'null', '[]', '["omoseal1"]']) expect(readSeal(bad).ok).toBe(false)
  })
})

describe('a refusal', () => {
  it('carries what was measured for it, never what was measured for the rule before', () => {
    const far: BookRule = {
      id: 'far',
      kind: 'promotion',
      when: [{ type: 'subtotalAtLeast', amount: 20_000 }],
      effects: [{ type: 'amountOff', per: 'order', amount: 1 }],
    }
    const { rejected } = priced([far], { lines: [line('tea')], coupons: [{ coupon: 'nobodys' }] })
    expect(rejected).toEqual([
      { rule: 'nobodys', kind: 'coupon', code: 'unknown-coupon' },
      { rule: 'far', kind: 'promotion', code: 'condition-failed', path: 'when.0', have: 9901, need: 20_000 },
    ])
  })
})
