import { codeOf } from '@omokit/core'
import type { Result } from '@omokit/core'
import type { HeldRelease } from '@omokit/core/documents'
import { issueCodeSchema } from '@omokit/core/schema'
import { compile, explain, quote, toRows } from '@omokit/rules'
import type { Basket, CompiledBook, CompileOptions, PriceRow, Quote, Rule, RuleBook } from '@omokit/rules'
import { readBarcode } from '@omokit/rules/barcode'
import type { BarcodeLayout } from '@omokit/rules/barcode'
import { bestCoupons } from '@omokit/rules/best'
import { owedByPrice } from '@omokit/rules/protect'
import type { ProtectionClaim } from '@omokit/rules/protect'
import { refund } from '@omokit/rules/refund'
import type { RefundOptions } from '@omokit/rules/refund'
import { compileRelease } from '@omokit/rules/release'
import { readSeal, seal, sealMatches } from '@omokit/rules/seal'
import { idleKey, ruleSchema } from '@omokit/rules/schema'
import { tax } from '@omokit/rules/tax'
import { zoneTransitions } from '@omokit/rules/zone'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomCase } from './random-book'

/** Names that mean something to a language or to the interface. */
const keys = ['toString', 'valueOf', '__proto__', 'constructor', 'length', 'toJSON', 'rules', 'lines', 'qty', 'basket', 'totals', 'units', 'kind', 'type', '']
const key = fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 3 }))

/** Anything JSON can say, and nothing at all. */
const anything: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(null, undefined, true, false, 0, -0, -1, 0.5, 1e308, Number.NaN, 9007199254740993, '', '1', '{', '"', 'promotion', 'CNY'),
    fc.integer(),
    fc.string({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    // as JSON.parse would: __proto__ is a key like any other
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value

/** Every place of a value: the object or list, and the key in it. */
function places(value: unknown): readonly (readonly [within: Record<string, unknown>, key: string])[] {
  if (typeof value !== 'object' || value === null) return []
  const within = value as Record<string, unknown>
  return Object.keys(within).flatMap((name) => [[within, name] as const, ...places(within[name])])
}

/** A sound value with something else in one of its places, or with one more key. */
function broken<T>(sound: T, { at, name, other }: Break): T {
  const copy = JSON.parse(JSON.stringify(sound)) as T
  const all = places(copy)
  const [within, old] = all[at % all.length] as (typeof all)[0]
  Object.defineProperty(within, Array.isArray(within) || name === undefined ? old : name, {
    value: other,
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return copy
}

interface Break {
  readonly at: number
  /** Absent: what stood there is replaced. */
  readonly name: string | undefined
  readonly other: unknown
}
const anyBreak: fc.Arbitrary<Break> = fc.record({ at: fc.nat(), name: fc.option(key, { nil: undefined, freq: 3 }), other: anything })
const seeds = fc.integer({ min: 1, max: 500 })
const runs = { numRuns: 1500, seed: 20261122 }

const optionsOf = (seed: number): CompileOptions => {
  const { rules, lists } = randomCase(seed)
  return { release: 1, currency: 'CNY', rules: { rules }, prices: (list, sku): PriceRow | undefined => lists[list]?.[sku], parts: [tax] }
}
function made(seed: number): { readonly book: CompiledBook; readonly basket: Basket; readonly instant: number; readonly sale: Quote } {
  const book = compile(optionsOf(seed))
  const { basket, instant } = randomCase(seed)
  if (!book.ok) throw new Error(JSON.stringify(book.issues))
  const sale = quote(book.value, basket, instant)
  if (!sale.ok) throw new Error(JSON.stringify(sale.issues))
  return { book: book.value, basket, instant, sale: sale.value }
}
function layoutsOf(): readonly BarcodeLayout[] {
  return [
    {
      flag: '22',
      fields: [
        ['plu', 5],
        ['amount', 5],
      ],
    },
  ]
}
const claim: ProtectionClaim = {
  policy: { days: 7, zone: [[0, 28800]], minOwed: 1, maxOwed: 900 },
  claimAt: 1000,
  purchases: [{ sku: 'a', qty: 2, paid: 400, at: 500, returned: 1, compensated: 3 }],
  prices: [{ sku: 'a', price: 100, from: 600 }],
}

/** A value, or issues of the closed list. */
function typed(answer: Result<unknown>): void {
  if (answer.ok) return
  expect(answer.issues.length).toBeGreaterThan(0)
  for (const { code, path } of answer.issues) {
    expect(issueCodeSchema.safeParse(code).success, code).toBe(true)
    expect(['string', 'undefined']).toContain(typeof path)
  }
}

/** What has no room for issues answers, or throws `invalid` and nothing else. */
function orInvalid(call: () => unknown): void {
  let answer: unknown
  try {
    answer = call()
  } catch (fault) {
    expect(codeOf(fault), String(fault)).toBe('invalid')
    return
  }
  expect(answer).toBeDefined()
}
const sealed = (given: unknown): void => orInvalid(() => seal(given as Quote))

describe('whatever JSON comes in, an answer comes out', () => {
  const sound = made(7)
  const calls: Readonly<Record<string, (value: never, other: never) => Result<unknown>>> = {
    compile: (value, other) => compile(Object.assign({}, optionsOf(7), other, value)),
    'compile, options': (value) => compile(value),
    'compile, rows': (value, other) => compile({ ...optionsOf(7), rules: [value, ['r', other], ['s', JSON.stringify(other ?? null)]] }),
    quote: (value) => quote(sound.book, value, sound.instant),
    'quote, book and instant': (value, other) => quote(value, sound.basket, other),
    'quote, instant': (value) => quote(sound.book, sound.basket, value),
    explain: (value, other) => explain(sound.book, value, other),
    bestCoupons: (value) => bestCoupons(sound.book, value, sound.instant),
    'bestCoupons, book and coupons': (value, other) => bestCoupons(value, { ...sound.basket, coupons: other }, sound.instant),
    'bestCoupons, coupons': (value) => bestCoupons(sound.book, { ...sound.basket, coupons: value }, sound.instant),
    refund: (value) => refund(value),
    'refund, sale': (value, other) => refund({ book: sound.book, sale: value, policy: 'keep', units: other }),
    'refund, units and before': (value, other) => refund({ book: sound.book, sale: sound.sale, policy: 'clawback', units: value, before: other }),
    owedByPrice: (value) => owedByPrice(value),
    compileRelease: (value, other) => compileRelease(value, true, other),
    'compileRelease, books': (value, other) => compileRelease({ texts: { books: value }, stated: other, header: other } as unknown as HeldRelease),
    readSeal: (value) => readSeal(value),
    readBarcode: (value, other) => readBarcode(value, other, () => ({ sku: 'a', pricePerKg: 100 })),
    'readBarcode, layouts': (value) => readBarcode('2212345001230', value, () => ({ sku: 'a', pricePerKg: 100 })),
  }
  it.each(Object.entries(calls))('%s', (_, call) => {
    fc.assert(
      fc.property(anything, anything, (value, other) => typed(call(value as never, other as never))),
      runs,
    )
  })
  it.each<readonly [string, (value: unknown, other: unknown) => unknown]>([
    ['seal', (value) => seal(value as Quote)],
    ['sealMatches', (value) => sealMatches(value as string, '')],
    ['toRows', (value) => toRows(value as RuleBook)],
    ['toRows, rules', (value, other) => toRows({ rules: [value, { id: 'a', ...Object(other) }] } as unknown as RuleBook)],
    ['zoneTransitions', (value, other) => zoneTransitions(value as string, 2026, other as number)],
    ['ruleSchema', (value) => ruleSchema.safeParse(value)],
    ['idleKey', (value, other) => `${idleKey(value as Rule)} ${idleKey({ kind: 'promotion', effects: other, overlay: value } as unknown as Rule)}`],
  ])('%s', (_, call) => {
    fc.assert(
      fc.property(anything, anything, (value, other) => orInvalid(() => call(value, other))),
      runs,
    )
  })
})

describe('whatever is wrong in one place, an answer comes out', () => {
  const each = (check: (seed: number, wrong: Break) => void): void => fc.assert(fc.property(seeds, anyBreak, check), runs)
  it('of a book', () => {
    each((seed, wrong) => {
      const { basket, instant } = randomCase(seed)
      const options = optionsOf(seed)
      const book = compile({ ...options, rules: broken(options.rules, wrong) })
      typed(book)
      if (book.ok) typed(explain(book.value, basket, instant))
    })
  })
  it('of a basket', () => {
    each((seed, wrong) => {
      const { book, basket, instant } = made(seed)
      const given = broken(basket, wrong)
      typed(quote(book, given, instant))
      typed(bestCoupons(book, given, instant))
    })
  })
  it('of a sale and its refund', () => {
    each((seed, wrong) => {
      const { book, sale } = made(seed)
      sealed(broken(sale, wrong))
      const options = { sale, policy: seed % 2 ? 'keep' : 'clawback', units: sale.lines.map(({ id, qty }) => ({ line: id, qty: Math.min(qty, 1) })) }
      const whole = refund({ ...options, book } as RefundOptions)
      const before = whole.ok ? { before: whole.value.after } : {}
      typed(refund({ ...broken({ ...options, ...before }, wrong), book } as RefundOptions))
    })
  })
  it('of a claim', () => {
    each((_, wrong) => typed(owedByPrice(broken(claim, wrong))))
  })
  it('of the layouts of a scale', () => {
    each((_, wrong) => typed(readBarcode('2212345001230', broken(layoutsOf(), wrong), () => ({ sku: 'a', pricePerKg: 100 }))))
  })
})

describe('what is no option of compile is named', () => {
  it.each([
    ['release', { release: '1' }],
    ['rules', { rules: undefined }],
    ['rules', { rules: 5 }],
    ['rules', { rules: { rules: 'r' } }],
    ['prices', { prices: {} }],
    ['lists', { lists: 5 }],
    ['parts', { parts: [null] }],
    ['rules.0', { rules: [[5, '{}']] }],
  ])('%s', (path, wrong) => {
    expect(compile({ ...optionsOf(7), ...wrong } as unknown as CompileOptions)).toEqual({ ok: false, issues: [{ code: 'invalid', path }] })
  })
  it('and a row that is none', () => {
    for (const row of [null, 5, ['r', 5], ['r', ['{}']], ['r']])
      expect(compile({ ...optionsOf(7), rules: [row] } as unknown as CompileOptions)).toMatchObject({
        ok: false,
        issues: [{ path: expect.stringMatching(/^r/) }],
      })
  })
})
