import { describe, expect, it } from 'vitest'
import { conversionDrop, cusum, detectableDrop, ewmaChart, type Visits, watchConversion } from '@omokit/insights/alerts'
import { valueOf } from './value-of'

const year = 365
const visits = 2000
const rate = 0.03

describe('watchConversion', () => {
  it('cries wolf less than once a year where a plain 20 % rule does so about 24 times', () => {
    const years = 400
    const draw = binomial(visits, rate, 1)
    const days = Array.from({ length: years * year }, () => ({ conversions: draw(), visits }))
    const alarms = valueOf(watchConversion(days, { rate })).alarms.length / years
    const plain = days.filter(({ conversions }) => conversions / visits / rate - 1 <= -0.2 + 1e-12).length / years
    expect(alarms).toBeGreaterThan(0.3)
    expect(alarms).toBeLessThan(1)
    expect(plain).toBeGreaterThan(20)
    expect(plain).toBeLessThan(28)
  })

  it('finds a real fall of 20 % within 7 days in 9 of 10 runs, half of them by day 4', () => {
    const runs = 4000
    const before = binomial(visits, rate, 2)
    const after = binomial(visits, rate * 0.8, 3)
    const found: number[] = []
    for (let run = 0; run < runs; run++) {
      // a month as usual first, so that the sum stands where it stands on any day
      const days = Array.from({ length: 60 }, (_, day) => ({ conversions: day < 30 ? before() : after(), visits }))
      const first = valueOf(watchConversion(days, { rate })).alarms.find((day) => day >= 30)
      found.push(first === undefined ? Number.POSITIVE_INFINITY : first - 29)
    }
    expect(found.filter((day) => day <= 7).length / runs).toBeGreaterThan(0.9)
    expect(found.filter((day) => day <= 4).length / runs).toBeGreaterThan(0.5)
  })

  it('begins anew after an alarm and lets a day without visits pass', () => {
    const bad = { conversions: 20, visits: 2000 }
    const none = { conversions: 0, visits: 0 }
    const { sums, alarms } = valueOf(watchConversion([bad, none, bad], { rate }))
    const one = 40 / Math.sqrt(2000 * rate * (1 - rate)) - 0.75
    expect(alarms).toEqual([0, 2])
    expect(sums).toEqual([expect.closeTo(one, 12) as number, 0, expect.closeTo(one, 12) as number])
  })
})

describe('detectableDrop', () => {
  it('says what a window can show at all', () => {
    expect(valueOf(detectableDrop(11_454, 0.03))).toBeCloseTo(0.2, 3)
    expect(valueOf(detectableDrop(3213, 0.1))).toBeCloseTo(0.2, 3)
    expect(valueOf(detectableDrop(2000, 0.03))).toBeCloseTo(0.4455, 4)
    expect(valueOf(detectableDrop(20, 0.03))).toBeNull()
  })

  it('shrinks as visits grow', () => {
    const drops = [500, 2000, 10_000, 1e6].map((count) => valueOf(detectableDrop(count, 0.03)) as number)
    expect(drops).toEqual([...drops].sort((one, other) => other - one))
  })
})

describe('conversionDrop', () => {
  const baseline: Visits = { conversions: 600, visits: 20_000 }
  const why = (window: Visits, options = {}): string => valueOf(conversionDrop(baseline, [window], options))[0]?.why as string

  it('asks for volume, size and significance, in this order', () => {
    expect(why({ conversions: 2, visits: 499 })).toBe('too-few-visits')
    expect(why({ conversions: 0, visits: 0 }, { minVisits: 0 })).toBe('too-few-visits')
    expect(why({ conversions: 49, visits: 2000 })).toBe('above-threshold')
    expect(why({ conversions: 48, visits: 2000 })).toBe('not-significant')
    expect(why({ conversions: 40, visits: 2000 })).toBe('drop')
    expect(why({ conversions: 48, visits: 2000 }, { maxP: 1 })).toBe('drop')
    expect(valueOf(conversionDrop(baseline, [{ conversions: 0, visits: 0 }]))).toEqual([{ change: null, p: 1, alarm: false, why: 'too-few-visits' }])
  })
})

describe('charts', () => {
  it('EWMA names what leaves its limits on either side', () => {
    const { ewma, alarms, upperLimit, lowerLimit } = valueOf(ewmaChart([10, 10, -40, -40], { start: 0, lambda: 0.5, sigma: 2 }))
    expect(ewma).toEqual([5, 7.5, -16.25, -28.125])
    expect([upperLimit, lowerLimit]).toEqual([expect.closeTo(3.4641, 4) as number, expect.closeTo(-3.4641, 4) as number])
    expect(alarms).toEqual([0, 1, 2, 3])
    expect(valueOf(ewmaChart([], { start: 0, lambda: 1, sigma: 1, k: 2 })).ewma).toEqual([])
  })

  it('CUSUM sums both sides, lets exactly on the limit pass and does not begin anew', () => {
    expect(valueOf(cusum([1, 1, 1, -9], { target: 0, slack: 0.5, limit: 1 }))).toEqual({ upper: [0.5, 1, 1.5, 0], lower: [0, 0, 0, 8.5], alarms: [2, 3] })
    // 0.1 + 0.2 is above 0.3 by rounding alone
    expect(valueOf(cusum([0.1, 0.2], { target: 0, slack: 0, limit: 0.3 })).alarms).toEqual([])
  })
})

describe('what is refused', () => {
  const day: Visits = { conversions: 1, visits: 2 }
  it.each([
    [watchConversion([day], { rate: 0 }), 'rate'],
    [watchConversion([day], { rate, slack: -1 }), 'slack'],
    [watchConversion([day], { rate, limit: 0 }), 'limit'],
    [watchConversion([day, { conversions: 3, visits: 2 }], { rate }), 'days.1.conversions'],
    [detectableDrop(0, rate), 'visits'],
    [detectableDrop(9, 1), 'rate'],
    [detectableDrop(9, rate, 1), 'power'],
    [conversionDrop({ conversions: 0, visits: 9 }, []), 'baseline.conversions'],
    [conversionDrop(day, [{ conversions: 0, visits: 0.5 }]), 'windows.0.visits'],
    [conversionDrop(day, [], { threshold: 0.2 }), 'threshold'],
    [conversionDrop(day, [], { minVisits: -1 }), 'minVisits'],
    [conversionDrop(day, [], { maxP: 0 }), 'maxP'],
    [ewmaChart([Number.NaN], { start: 0, lambda: 1, sigma: 1 }), 'values.0'],
    [ewmaChart([], { start: Number.NaN, lambda: 1, sigma: 1 }), 'start'],
    [ewmaChart([], { start: 0, lambda: 0, sigma: 1 }), 'lambda'],
    [ewmaChart([], { start: 0, lambda: 1, sigma: -1 }), 'sigma'],
    [ewmaChart([], { start: 0, lambda: 1, sigma: 1, k: 0 }), 'k'],
    [cusum([1, Number.NaN], { target: 0, slack: 0, limit: 0 }), 'values.1'],
    [cusum([], { target: Number.NaN, slack: 0, limit: 0 }), 'target'],
    [cusum([], { target: 0, slack: -1, limit: 0 }), 'slack'],
    [cusum([], { target: 0, slack: 0, limit: -1 }), 'limit'],
  ])('%#: %j', (answer, path) => {
    expect(answer).toMatchObject({ ok: false, issues: [{ code: 'invalid', path }] })
  })
})

/** Binomial numbers by their distribution function; seeded (mulberry32). */
function binomial(n: number, p: number, seed: number): () => number {
  const reach: number[] = []
  let chance = (1 - p) ** n
  let sum = chance
  for (let k = 0; k <= n && sum < 1 - 1e-14; k++) {
    reach.push(sum)
    chance *= ((n - k) / (k + 1)) * (p / (1 - p))
    sum += chance
  }
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    const u = ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
    let low = 0
    let high = reach.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((reach[middle] as number) > u) high = middle
      else low = middle + 1
    }
    return low
  }
}
