import { createScrub, findPersonal, type Scrubbed } from '@omokit/tracker/scrub'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FactBody } from '@omokit/core'

const scrub = createScrub()
const text = (value: string): unknown => scrub('x:any', { text: value })['text']

/** 17 digits and their check character, computed another way than the scrubber does: ISO 7064 mod 11-2 digit by digit. */
function idCard(region: number, day: Date, order: number): string {
  const digits = `${region}${day.toISOString().slice(0, 10).replaceAll('-', '')}${String(order).padStart(3, '0')}`
  let rest = 0
  for (const digit of digits) rest = ((rest + Number(digit)) * 2) % 11
  const check = (12 - rest) % 11
  return digits + (check === 10 ? 'X' : String(check))
}

/** Digits and the check digit of Luhn. */
function card(digits: string): string {
  for (let check = 0; check < 10; check++) {
    let sum = 0
    for (const [i, digit] of [...`${digits}${check}`].reverse().entries()) for (const one of String(Number(digit) * (i % 2 ? 2 : 1))) sum += Number(one)
    if (sum % 10 === 0) return `${digits}${check}`
  }
  throw new Error('no check digit')
}

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((d) => d.join(''))
const phones = fc.tuple(fc.constantFrom('13', '14', '15', '16', '17', '18', '19'), digits(9)).map((parts) => parts.join(''))
const idCards = fc
  .tuple(
    fc.integer({ min: 110_000, max: 659_999 }),
    fc.date({ min: new Date('1930-01-01'), max: new Date('2020-12-31'), noInvalidDate: true }),
    fc.integer({ min: 0, max: 999 }),
  )
  .map(([region, day, order]) => idCard(region, day, order))
const cards = fc
  .tuple(fc.constantFrom('4', '51', '62', '35', '81'), fc.integer({ min: 15, max: 19 }), digits(19))
  .map(([issuer, length, more]) => card(`${issuer}${more}`.slice(0, length - 1)))
const mails = fc
  .tuple(fc.stringMatching(/^[a-z0-9][a-z0-9._+-]{0,20}$/), fc.stringMatching(/^[a-z0-9]{1,10}(\.[a-z0-9]{1,10}){0,2}\.(com|cn|org)$/))
  .map((parts) => parts.join('@'))
const personal = fc.oneof(
  phones.map((value) => ({ kind: 'phone', value })),
  idCards.map((value) => ({ kind: 'id-card', value })),
  cards.map((value) => ({ kind: 'bank-card', value })),
  mails.map((value) => ({ kind: 'email', value })),
)
const around = fc.constantFrom('', ' ', '：', '请联系', '，谢谢', 'tel:', '\n', '(', ')', '"', '价')

describe('what is taken out of values', () => {
  it('phones as people write them', () => {
    for (const phone of [
      '13800138000',
      '138 0013 8000',
      '138-0013-8000',
      '+86 138 0013 8000',
      '+8613800138000',
      '8613800138000',
      '008613800138000',
      '１３８００１３８０００',
    ])
      expect([phone, text(`call ${phone} now`)]).toEqual([phone, 'call [phone] now'])
    for (const phone of ['+1 (415) 555-2671', '+1.415.555.2671', '+442079460958', '+852 9123 4567'])
      expect([phone, text(`${phone}!`)]).toEqual([phone, '[phone]!'])
  })

  it('e-mail addresses, identity numbers and cards', () => {
    expect(text('写给 zhang.san+shop@mail.example.com.cn 即可')).toBe('写给 [email] 即可')
    expect(text('zhang＠example．com')).toBe('[email]')
    expect(text('11010519491231002X')).toBe('[id-card]')
    expect(text('11010519491231002x,')).toBe('[id-card],')
    expect(text('4111 1111 1111 1111 / 6222021234567890128')).toMatch(/^\[bank-card\] \/ /)
    expect(text('13800138000@qq.com')).toBe('[email]')
    expect(text('138 0013 8000abc@example.com')).toBe('[phone]')
  })

  it('any of them, wherever it stands in a text', () => {
    fc.assert(
      fc.property(
        personal,
        around,
        around.filter((after) => !/^[a-z]/.test(after)),
        ({ kind, value }, before, after) => {
          const clean = String(text(`${before}${value}${after}`))
          expect(clean).not.toContain(value)
          expect(clean).toBe(`${before}[${kind}]${after}`)
        },
      ),
      { numRuns: 2000, seed: 5 },
    )
  })

  it('nothing else: prices, times, articles, wrong checksums, addresses of machines', () => {
    for (const plain of [
      '6901234567892', // EAN-13
      '2026-11-28 16:29:05',
      '1767225600000',
      '110105194912310021',
      '4111111111111112',
      '12800138000',
      '1380013800',
      '139.15.120.123',
      '买 2 送 1，满 300 减 50',
      'a@b',
      '@home',
      'sha256:9f86d081884c7d65',
    ])
      expect([plain, text(plain)]).toEqual([plain, plain])
  })

  it('numbers too, but for amounts and times', () => {
    expect(scrub('x:any', { contact: 13_800_138_000, n: 4_111_111_111_111_111, price: 13_800_138_000, shownAt: 13_800_138_000, count: 3 })).toEqual({
      contact: '[phone]',
      n: '[bank-card]',
      price: 13_800_138_000,
      shownAt: 13_800_138_000,
      count: 3,
    })
  })

  it('fields that say by their name what they hold', () => {
    expect(scrub('x:any', { phone: '010-65130000', email: 'x at y', 身份证号: '保密', bankCard: '62', mobile: true, via: 'phone' })).toEqual({
      phone: '[phone]',
      email: '[email]',
      身份证号: '[id-card]',
      bankCard: '[bank-card]',
      mobile: true,
      via: 'phone',
    })
  })
})

describe('what is taken out of keys and URLs', () => {
  it('keys', () => {
    expect(scrub('x:any', { '13800138000': 1, '138-0013-8000': 2, 'a@example.com': { deep: 'b@example.com' } })).toEqual({
      '[phone]': 1,
      '[phone]~1': 2,
      '[email]': { deep: '[email]' },
    })
  })

  it('queries, also behind percent signs and in fragments', () => {
    const path = (value: string): unknown => scrub('Page Viewed', { path: value })['path']
    expect(path('/pay?mobile=13800138000&from=wechat')).toBe('/pay?mobile=[phone]&from=wechat')
    expect(path('/pay?u=zhang%40example.com&p=%2B14155552671#x')).toBe('/pay?u=[email]&p=[phone]#x')
    expect(path('/pay?u=%31%33%38%30%30%31%33%38%30%30%30')).toBe('/pay?u=[phone]')
    expect(path('https://m.example.com/#/login?email=whoever&tab=2')).toBe('https://m.example.com/#/login?email=[email]&tab=2')
    expect(path('/search?q=%E8%8C%B6%E5%8F%B6&bad=%E0%A4%A')).toBe('/search?q=%E8%8C%B6%E5%8F%B6&bad=%E0%A4%A')
  })

  it('any value in a query, encoded or not', () => {
    fc.assert(
      fc.property(personal, fc.boolean(), ({ kind, value }, encoded) => {
        const url = `https://shop.example/p?a=1&v=${encoded ? encodeURIComponent(value) : value}&z=2`
        expect(scrub('Page Viewed', { path: url })).toEqual({ path: `https://shop.example/p?a=1&v=[${kind}]&z=2` })
      }),
      { numRuns: 500, seed: 6 },
    )
  })
})

describe('fields', () => {
  it('of an event with a row leave unless they are allowed', () => {
    const told: Scrubbed[] = []
    const strict = createScrub({ allow: { 'Cart Viewed': ['currency', 'products.sku', 'products.more'] }, onScrub: (one) => told.push(one) })
    const cart = {
      currency: 'CNY',
      note: 'ring twice',
      products: [
        { sku: 'tea', name: 'x', more: { deep: 1 } },
        { sku: 'cup', price: 100 },
      ],
    }
    expect(strict('Cart Viewed', cart)).toEqual({ currency: 'CNY', products: [{ sku: 'tea', more: { deep: 1 } }, { sku: 'cup' }] })
    expect(told).toEqual([
      { event: 'Cart Viewed', path: 'note', kind: 'not-allowed' },
      { event: 'Cart Viewed', path: 'products.0.name', kind: 'not-allowed' },
      { event: 'Cart Viewed', path: 'products.1.price', kind: 'not-allowed' },
    ])
    expect(strict('Product Viewed', cart)).toEqual(cart)
    expect(createScrub({ allow: { '*': ['sku'] } })('constructor', { sku: 'tea', note: 1 })).toEqual({ sku: 'tea' })
  })

  it('that hold numbers of orders and articles keep their digits, not their addresses', () => {
    expect(scrub('Order Completed', { order: '4111111111111111', sku: '13800138000', products: [{ gtin: '4111111111111111' }] })).toEqual({
      order: '4111111111111111',
      sku: '13800138000',
      products: [{ gtin: '4111111111111111' }],
    })
    expect(scrub('Order Completed', { order: 'o-a@example.com' })).toEqual({ order: '[email]' })
    expect(createScrub({ keep: [] })('x:any', { order: '4111111111111111' })).toEqual({ order: '[bank-card]' })
  })

  it('that could reach a prototype leave, and nothing is polluted', () => {
    const body = JSON.parse('{"__proto__":{"polluted":"13800138000"},"constructor":{"prototype":{"polluted":1}},"deep":[{"__proto__":1,"ok":2}]}') as FactBody
    const clean = scrub('__proto__', body)
    expect(JSON.stringify(clean)).toBe('{"deep":[{"ok":2}]}')
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('the scrubber', () => {
  it('changes nothing it is given, keeps the shape, and has nothing left to do the second time', () => {
    const leaf = fc.oneof(
      personal.map(({ value }) => value),
      fc.string(),
      fc.constantFrom('?a=', '&', '%40', '+', '@', '138 0013', ' 8000'),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    )
    const mixed = fc
      .array(
        fc.oneof(
          personal.map(({ value }) => value),
          fc.constantFrom('@', ' ', '-', '?', '=', '&', 'x', '.com', '+', '12'),
        ),
        { maxLength: 8 },
      )
      .map((parts) => parts.join(''))
    const { body } = fc.letrec((tie) => ({
      body: fc.dictionary(fc.oneof(fc.string(), mixed), tie('value'), { maxKeys: 5 }),
      value: fc.oneof({ depthSize: 'small' }, leaf, mixed, fc.array(tie('value'), { maxLength: 4 }), tie('body')),
    }))
    fc.assert(
      fc.property(body as fc.Arbitrary<FactBody>, (given) => {
        const before = JSON.stringify(given)
        const once = scrub('x:any', given)
        expect(JSON.stringify(given)).toBe(before)
        expect(scrub('x:any', once)).toEqual(once)
      }),
      { numRuns: 1500, seed: 7 },
    )
  })

  it('never tells a value, and survives a listener that throws', () => {
    const told: Scrubbed[] = []
    const told2 = createScrub({ onScrub: (one) => told.push(one) })
    told2('x:any', { a: ['13800138000 and x@example.com'], b: { '13800138000': 1 } })
    expect(told).toEqual([
      { event: 'x:any', path: 'a.0', kind: 'phone' },
      { event: 'x:any', path: 'a.0', kind: 'email' },
      { event: 'x:any', path: 'b.(key)', kind: 'phone' },
    ])
    const angry = createScrub({
      onScrub: () => {
        throw new Error('host')
      },
    })
    expect(angry('x:any', { a: '13800138000' })).toEqual({ a: '[phone]' })
  })

  it('takes time in proportion to the text, whatever the text is', () => {
    const hostile: Readonly<Record<string, string>> = {
      letters: 'a',
      digits: '1',
      'almost mails': 'a.a.a.a@a.',
      mails: 'a@a.a.a.a.a.a.a',
      groups: '1 ',
      'groups of one card': '4111-',
      pluses: '+1(',
      queries: '?a=&',
      percents: '%40%',
      marks: '?&#;',
      wide: '１',
    }
    // process time, the better of two: the machine may be shared
    const spent = (value: string): number =>
      Math.min(
        ...[0, 1].map(() => {
          const { user, system } = process.cpuUsage()
          scrub('x:any', { value })
          const after = process.cpuUsage()
          return after.user + after.system - user - system
        }),
      )
    const filled = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
    for (const [name, unit] of Object.entries(hostile)) {
      const small = spent(filled(unit, 1 << 14))
      const large = spent(filled(unit, 1 << 18))
      // 16 times the text: quadratic work would be 256 times the time; below 4 ms the clock says nothing
      expect({ name, linear: large / Math.max(small, 4000) < 64 }).toEqual({ name, linear: true })
    }
    scrub('x:any', { value: filled('1 @a.4111-', 1 << 20) })
  })

  it('finds each piece where it stands', () => {
    expect(findPersonal('a 13800138000 b x@example.com')).toEqual([
      { kind: 'phone', from: 2, to: 13 },
      { kind: 'email', from: 16, to: 29 },
    ])
    expect(findPersonal('nothing here')).toEqual([])
  })
})
