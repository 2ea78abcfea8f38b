import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apportion, attribute, type AttributionModel, type Journey, markov, shapley, touchShares } from '@omokit/insights/attribution'
import { valueOf } from './value-of'

const channel = fc.constantFrom('search', 'wechat', 'store', 'sms', 'douyin')
const journey: fc.Arbitrary<Journey> = fc
  .record({
    touches: fc.array(fc.tuple(channel, fc.integer({ min: 0, max: 90 * 86_400_000 })), { minLength: 1, maxLength: 6 }),
    conversions: fc.integer({ min: 0, max: 5 }),
    value: fc.integer({ min: 0, max: 500_000 }),
    nulls: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ touches, ...counts }) => ({ ...counts, path: touches.map(([name]) => name), agesMs: touches.map(([, age]) => age) }))
const models: readonly AttributionModel[] = [
  { kind: 'first' },
  { kind: 'last' },
  { kind: 'linear' },
  { kind: 'position', first: 0.4, last: 0.4 },
  { kind: 'decay', halfLifeMs: 7 * 86_400_000 },
]

describe('touchShares', () => {
  it('shares by each rule', () => {
    const of = (touches: number | readonly number[], model: AttributionModel): readonly number[] =>
      valueOf(touchShares(touches, model)).map((share) => Math.round(share * 1e6) / 1e6)
    expect(of(3, { kind: 'first' })).toEqual([1, 0, 0])
    expect(of(3, { kind: 'last' })).toEqual([0, 0, 1])
    expect(of(4, { kind: 'linear' })).toEqual([0.25, 0.25, 0.25, 0.25])
    expect(of(1, { kind: 'position', first: 0.4, last: 0.4 })).toEqual([1])
    expect(of(2, { kind: 'position', first: 0.3, last: 0.1 })).toEqual([0.75, 0.25])
    expect(of(2, { kind: 'position', first: 0, last: 0 })).toEqual([0.5, 0.5])
    expect(of(4, { kind: 'position', first: 0.4, last: 0.4 })).toEqual([0.4, 0.1, 0.1, 0.4])
    expect(of([14, 7, 0], { kind: 'decay', halfLifeMs: 7 })).toEqual([0.142857, 0.285714, 0.571429])
  })

  it('weighs touches of long ago against one another, not against zero', () => {
    expect(valueOf(touchShares([9e12, 9e12], { kind: 'decay', halfLifeMs: 1 }))).toEqual([0.5, 0.5])
  })
})

describe('apportion', () => {
  it('gives what rounding left to the largest remainders', () => {
    expect(valueOf(apportion(100, [1, 1, 1]))).toEqual([34, 33, 33])
    // 140.00 and 66.50, which a published fixture credits with 119 and 56
    expect(valueOf(apportion(14_000, [0.4, 0.2, 0.4]))).toEqual([5600, 2800, 5600])
    expect(valueOf(apportion(6650, [0.4, 0.2, 0.4]))).toEqual([2660, 1330, 2660])
    expect(valueOf(apportion(-100, [1, 1, 1]))).toEqual([-34, -33, -33])
    expect(valueOf(apportion(0, [1, 2]))).toEqual([0, 0])
  })

  it('adds up for every amount and every weight, each part within a unit of its share', () => {
    const weights = fc
      .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 })
      .filter((list) => list.some((weight) => weight > 1e-300))
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }), weights, (amount, list) => {
        const parts = valueOf(apportion(amount, list))
        const sum = list.reduce((all, weight) => all + weight, 0)
        expect(parts.reduce((all, part) => all + part, 0)).toBe(amount)
        parts.forEach((part, i) => expect(Math.abs(part - (amount * (list[i] as number)) / sum)).toBeLessThan(1.001))
      }),
      { seed: 5, numRuns: 1000 },
    )
  })
})

describe('attribute', () => {
  it('credits a channel for each of its touches', () => {
    const rows = valueOf(attribute([{ path: ['search', 'store', 'search'], value: 6650 }], { kind: 'position', first: 0.4, last: 0.4 }))
    expect(rows).toEqual([
      { channel: 'search', conversions: 0.8, value: 5320 },
      { channel: 'store', conversions: expect.closeTo(0.2, 12) as number, value: 1330 },
    ])
  })

  it('adds up to the minor unit under every model, for 1,000 sets of random paths', () => {
    fc.assert(
      fc.property(fc.array(journey, { minLength: 1, maxLength: 12 }), fc.constantFrom(...models), (journeys, model) => {
        const rows = valueOf(attribute(journeys, model))
        const total = journeys.reduce((sum, { value = 0 }) => sum + value, 0)
        const conversions = journeys.reduce((sum, { conversions: own = 1 }) => sum + own, 0)
        expect(rows.reduce((sum, row) => sum + row.value, 0)).toBe(total)
        expect(rows.reduce((sum, row) => sum + row.conversions, 0)).toBeCloseTo(conversions, 9)
        for (const row of rows) expect(Number.isSafeInteger(row.value)).toBe(true)
      }),
      { seed: 7, numRuns: 1000 },
    )
  })

  it('adds up when returns make a channel negative', () => {
    const rows = valueOf(
      attribute(
        [
          { path: ['a', 'b', 'c'], value: 100 },
          { path: ['a'], value: -301 },
        ],
        { kind: 'linear' },
      ),
    )
    expect(rows.map(({ value }) => value)).toEqual([-267, 33, 33])
  })

  it('does not depend on the order of the journeys', () => {
    fc.assert(
      fc.property(fc.array(journey, { minLength: 1, maxLength: 8 }), fc.constantFrom(...models), (journeys, model) => {
        const there = valueOf(attribute(journeys, model))
        const back = valueOf(attribute([...journeys].reverse(), model))
        expect(back.map((row) => row.channel)).toEqual(there.map((row) => row.channel))
        back.forEach((row, i) => expect(row.conversions).toBeCloseTo(there[i]?.conversions as number, 9))
        // binary sums in another order may turn one tie of remainders
        back.forEach((row, i) => expect(Math.abs(row.value - (there[i]?.value as number))).toBeLessThanOrEqual(1))
      }),
      { seed: 8, numRuns: 300 },
    )
  })
})

describe('markov', () => {
  it('solves a chain that can be done by hand', () => {
    // start → a; a → b or conversion; b → null or conversion
    const answer = valueOf(
      markov([
        { path: ['a'], conversions: 1, value: 1000 },
        { path: ['a', 'b'], conversions: 1, value: 500, nulls: 2 },
      ]),
    )
    expect(answer.base).toBeCloseTo(0.5, 12)
    // without b only the direct quarter is left
    expect(answer.channels).toEqual([
      { channel: 'a', removalEffect: expect.closeTo(1, 12) as number, conversions: expect.closeTo(4 / 3, 12) as number, value: 1000 },
      { channel: 'b', removalEffect: expect.closeTo(0.5, 12) as number, conversions: expect.closeTo(2 / 3, 12) as number, value: 500 },
    ])
  })

  it('is the same as walking the chain, channel by channel', () => {
    fc.assert(
      fc.property(
        fc.array(journey, { minLength: 1, maxLength: 10 }).filter((list) => list.some(({ conversions }) => conversions)),
        (journeys) => {
          const { base, channels } = valueOf(markov(journeys))
          expect(base).toBeCloseTo(walked(journeys), 9)
          for (const { channel: name, removalEffect } of channels) expect(removalEffect).toBeCloseTo(1 - walked(journeys, name) / walked(journeys), 8)
        },
      ),
      { seed: 21, numRuns: 100 },
    )
  })

  it('keeps effects in 0..1, conversions and value whole, and forgets the order of the rows', () => {
    fc.assert(
      fc.property(
        fc.array(journey, { minLength: 1, maxLength: 12 }).filter((list) => list.some(({ conversions }) => conversions)),
        fc.boolean(),
        (journeys, nulls) => {
          const { base, channels } = valueOf(markov(journeys, { nulls }))
          const counted = journeys.filter(({ conversions = 0, nulls: none = 0 }) => conversions + (nulls ? none : 0) > 0)
          expect(base).toBeGreaterThan(0)
          expect(base).toBeLessThanOrEqual(1 + 1e-12)
          for (const { removalEffect } of channels) {
            expect(removalEffect).toBeGreaterThanOrEqual(0)
            expect(removalEffect).toBeLessThanOrEqual(1)
          }
          expect(channels.reduce((sum, row) => sum + row.conversions, 0)).toBeCloseTo(
            counted.reduce((sum, row) => sum + (row.conversions ?? 1), 0),
            8,
          )
          expect(channels.reduce((sum, row) => sum + row.value, 0)).toBe(counted.reduce((sum, row) => sum + (row.value ?? 0), 0))
          const back = valueOf(markov([...journeys].reverse(), { nulls }))
          back.channels.forEach((row, i) => expect(row.removalEffect).toBeCloseTo(channels[i]?.removalEffect as number, 9))
        },
      ),
      { seed: 22, numRuns: 300 },
    )
  })

  it('takes repeats and their collapse for the same', () => {
    const once = valueOf(
      markov([
        { path: ['a', 'b'], nulls: 1 },
        { path: ['b'], conversions: 2 },
      ]),
    )
    const often = valueOf(
      markov([
        { path: ['a', 'a', 'a', 'b', 'b'], nulls: 1 },
        { path: ['b'], conversions: 2 },
      ]),
    )
    often.channels.forEach((row, i) => expect(row.removalEffect).toBeCloseTo(once.channels[i]?.removalEffect as number, 12))
  })

  it('without null paths leaves out rows that never converted', () => {
    const { base, channels } = valueOf(markov([{ path: ['a'] }, { path: ['b'], conversions: 0, nulls: 9 }], { nulls: false }))
    expect([base, channels.map((row) => row.channel)]).toEqual([1, ['a']])
  })
})

describe('shapley', () => {
  it('shares the glove game and names that are properties of every object', () => {
    const right = (coalition: readonly string[]): number => (coalition.includes('constructor') ? Math.min(1, coalition.length - 1) : 0)
    expect(valueOf(shapley(['left 1', 'left 2', 'constructor'], right)).map((value) => Math.round(value * 6))).toEqual([1, 1, 4])
    expect(valueOf(shapley([], () => 1))).toEqual([])
  })

  it('adds up to the worth of all, gives idle players nothing and equal ones the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 8, maxLength: 8 }), (worths) => {
        // c is idle, d acts as a does
        const worth = (coalition: readonly string[]): number => {
          const both = (coalition.includes('a') ? 1 : 0) + (coalition.includes('d') ? 1 : 0)
          return worths[both * 2 + (coalition.includes('b') ? 1 : 0)] as number
        }
        const zero = worth([])
        const values = valueOf(shapley(['a', 'b', 'c', 'd'], (coalition) => worth(coalition) - zero)) as [number, number, number, number]
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(worth(['a', 'b', 'd']) - zero, 9)
        expect(values[2]).toBeCloseTo(0, 9)
        expect(values[0]).toBeCloseTo(values[3], 9)
      }),
      { seed: 4, numRuns: 200 },
    )
  })
})

describe('what is refused', () => {
  const conversion: readonly Journey[] = [{ path: ['a'] }]
  const many = Array.from({ length: 1001 }, (_, i) => ({ path: [`c${i}`] }))
  const nothing = (): number => 0
  it.each([
    [touchShares(0, { kind: 'linear' }), 'invalid', 'touches'],
    [touchShares(1e308, { kind: 'linear' }), 'invalid', 'touches'],
    [touchShares(2, { kind: 'frist' } as unknown as AttributionModel), 'invalid', 'model.kind'],
    [touchShares(2, { kind: 'position', first: 0.7, last: 0.7 }), 'invalid', 'model.last'],
    [touchShares(2, { kind: 'position', first: -1, last: 0 }), 'invalid', 'model.first'],
    [touchShares(2, { kind: 'decay', halfLifeMs: 7 }), 'invalid', 'ages'],
    [touchShares([1, -1], { kind: 'decay', halfLifeMs: 7 }), 'invalid', 'ages.1'],
    [touchShares([1], { kind: 'decay', halfLifeMs: 0 }), 'invalid', 'model.halfLifeMs'],
    [apportion(0.5, [1]), 'not-an-amount', 'amount'],
    [apportion(1, [0, 0]), 'invalid', 'weights'],
    [apportion(1, [1, Number.NaN]), 'invalid', 'weights.1'],
    [attribute([{ path: ['a'] }, { path: [] }], { kind: 'first' }), 'invalid', 'journeys.1.path'],
    [attribute([{ path: ['a'], conversions: -1 }], { kind: 'first' }), 'invalid', 'journeys.0.conversions'],
    [attribute([{ path: ['a'], value: 1.5 }], { kind: 'first' }), 'not-an-amount', 'journeys.0.value'],
    [attribute([{ path: ['a'], nulls: 1.5 }], { kind: 'first' }), 'invalid', 'journeys.0.nulls'],
    [attribute([{ path: ['a'], agesMs: [] }], { kind: 'first' }), 'invalid', 'journeys.0.agesMs'],
    [attribute(conversion, { kind: 'decay', halfLifeMs: 7 }), 'invalid', 'journeys.0.ages'],
    [attribute(conversion, { kind: 'position', first: 2, last: 0 }), 'invalid', 'journeys.0.model.last'],
    [markov([{ path: ['a'], conversions: 0, nulls: 3 }]), 'invalid', 'journeys'],
    [markov([]), 'invalid', 'journeys'],
    [markov(many), 'too-many', 'channels'],
    [
      shapley(
        many.slice(0, 17).map(({ path }) => path[0] as string),
        nothing,
      ),
      'too-many',
      'players',
    ],
    [shapley(['a', 'b'], () => Number.NaN), 'invalid', 'worth.a'],
  ])('%#: %j', (answer, code, path) => {
    expect(answer).toMatchObject({ ok: false, issues: [{ code, path }] })
  })
})

/** The chance to convert, by repeated steps until nothing moves; `without`: every way into that channel leads to null. */
function walked(journeys: readonly Journey[], without?: string): number {
  const moves = new Map<string, Map<string, number>>()
  const add = (from: string, to: string, count: number): void => {
    const own = moves.get(from) ?? new Map<string, number>()
    moves.set(from, own.set(to, (own.get(to) ?? 0) + count))
  }
  for (const { path, conversions = 1, nulls = 0 } of journeys) {
    const states = ['(start)', ...path]
    for (let i = 1; i < states.length; i++) if (conversions + nulls) add(states[i - 1] as string, states[i] as string, conversions + nulls)
    if (conversions) add(states[states.length - 1] as string, '(conversion)', conversions)
    if (nulls) add(states[states.length - 1] as string, '(null)', nulls)
  }
  let at = new Map([['(start)', 1]])
  let converted = 0
  for (let step = 0; step < 5000 && at.size; step++) {
    const next = new Map<string, number>()
    for (const [state, chance] of at) {
      const own = moves.get(state) ?? new Map<string, number>()
      const all = [...own.values()].reduce((sum, count) => sum + count, 0)
      for (const [to, count] of own) {
        if (to === '(conversion)') converted += (chance * count) / all
        else if (to !== '(null)' && to !== without) next.set(to, (next.get(to) ?? 0) + (chance * count) / all)
      }
    }
    at = new Map([...next].filter(([, chance]) => chance > 1e-15))
  }
  return converted
}
