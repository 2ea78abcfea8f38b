import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Arm,
  betaBinomial,
  correctPValues,
  cuped,
  equalProportions,
  newcombe,
  powerMeans,
  powerProportions,
  sampleRatio,
  sizeMeans,
  sizeProportions,
  summarise,
  twoProportions,
  welch,
  wilson,
} from '@omokit/insights/experiments'
import { valueOf } from './value-of'

const arm = (successes: number, trials: number): Arm => ({ successes, trials })
const arms = fc.integer({ min: 1, max: 3000 }).chain((trials) => fc.integer({ min: 0, max: trials }).map((successes) => arm(successes, trials)))

describe('two proportions', () => {
  it('reports a p-value far below what tables hold', () => {
    const { z, p } = valueOf(twoProportions(arm(600, 20_000), arm(1200, 20_000)))
    expect(z).toBeCloseTo(-14.471492105848433, 12)
    // both figures by 30-digit arithmetic
    expect(p / 1.8344893941832285e-47).toBeCloseTo(1, 11)
  })

  it('does not differ without variation, and differs beyond doubt without variation within', () => {
    expect(valueOf(twoProportions(arm(0, 10), arm(0, 20)))).toEqual({ z: 0, p: 1, difference: 0 })
    expect(valueOf(twoProportions(arm(0, 10), arm(10, 10), { pooled: false }))).toEqual({ z: Number.NEGATIVE_INFINITY, p: 0, difference: -1 })
    expect(valueOf(equalProportions([arm(0, 10), arm(0, 20)], { continuity: true }))).toEqual({ chi2: 0, df: 1, p: 1 })
    expect(valueOf(equalProportions([arm(10, 10), arm(20, 20)])).p).toBe(1)
  })

  it('is the root of the chi-square of the same table, and mirrors', () => {
    fc.assert(
      fc.property(arms, arms, (one, other) => {
        const there = valueOf(twoProportions(one, other))
        const back = valueOf(twoProportions(other, one))
        const chi = valueOf(equalProportions([one, other]))
        expect(back.z + there.z).toBeCloseTo(0, 9)
        expect(there.z ** 2).toBeCloseTo(chi.chi2, 6)
        expect(there.p).toBeCloseTo(chi.p, 9)
        expect(valueOf(equalProportions([one, other], { continuity: true })).p).toBeGreaterThanOrEqual(chi.p - 1e-12)
      }),
      { seed: 31, numRuns: 300 },
    )
  })

  it('falls in p as the difference grows', () => {
    const ps = [100, 105, 110, 130, 200, 400].map((successes) => valueOf(twoProportions(arm(successes, 1000), arm(100, 1000))).p)
    expect(ps).toEqual([...ps].sort((one, other) => other - one))
    expect(ps[0]).toBe(1)
  })
})

describe('sample ratio', () => {
  it('finds the 4,072 : 2,035 of an 80/20 plan, right to eleven digits at 1e-149', () => {
    const { p, alarm } = valueOf(sampleRatio([4072, 2035], [80, 20]))
    expect(p / 2.4020031111532784e-149).toBeCloseTo(1, 11)
    expect(alarm).toBe(true)
  })

  it('stays quiet on a split as planned, whatever the unit of the plan', () => {
    expect(valueOf(sampleRatio([500, 1000, 1500], [1, 2, 3]))).toEqual({ chi2: 0, df: 2, p: 1, alarm: false })
    expect(valueOf(sampleRatio([480, 520], [0.5, 0.5]))).toEqual(valueOf(sampleRatio([480, 520], [7, 7])))
  })

  it('falls in p as the split leaves its plan, down to the smallest number', () => {
    const ps = [5000, 5100, 5300, 6000, 9000].map((first) => valueOf(sampleRatio([first, 10_000 - first], [1, 1])).p)
    expect(ps).toEqual([...ps].sort((one, other) => other - one))
    expect(ps[4]).toBe(0)
    expect(valueOf(sampleRatio([500, 560], [1, 1], { alarmAt: 0.1 })).alarm).toBe(true)
  })
})

describe('welch', () => {
  const a = valueOf(summarise([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]))
  const b = valueOf(summarise([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]))

  it('is B less A, and mirrors', () => {
    const there = valueOf(welch(a, b))
    const back = valueOf(welch(b, a))
    expect(there.difference).toBeCloseTo(1.58, 12)
    expect([back.t, back.p, back.df]).toEqual([-there.t, there.p, there.df])
    expect(back.interval).toEqual([-there.interval[1], -there.interval[0]])
  })

  it('holds 0 in the interval exactly when p is above 1 − level', () => {
    const { p } = valueOf(welch(a, b))
    for (const [level, holds] of [
      [1 - p + 1e-6, true],
      [1 - p - 1e-6, false],
    ] as const) {
      const [low, high] = valueOf(welch(a, b, { level })).interval
      expect(low <= 0 && high >= 0).toBe(holds)
    }
  })

  it('with equal arms is Student: 2 (n − 1) degrees of freedom', () => {
    expect(valueOf(welch({ mean: 1, sd: 2, n: 8 }, { mean: 1, sd: 2, n: 8 }))).toMatchObject({ difference: 0, t: 0, p: 1, df: expect.closeTo(14, 9) as number })
  })
})

describe('beta-binomial', () => {
  it('answers without data instead of NaN', () => {
    expect(valueOf(betaBinomial(arm(0, 0), arm(0, 0)))).toMatchObject({ chanceToWin: 0.5, lift: 0, riskShipB: expect.closeTo(1 / 6, 12) as number })
    expect(valueOf(betaBinomial(arm(0, 0), arm(0, 0), [0, 0]))).toEqual({ chanceToWin: 0.5, lift: 0, riskShipB: 0.25, riskKeepA: 0.25 })
  })

  it('knows the arms with closed forms', () => {
    // B uniform against A with density (n + 1) p^n: A wins with (n + 1) / (n + 2)
    expect(valueOf(betaBinomial(arm(6, 6), arm(0, 0))).chanceToWin).toBeCloseTo(1 / 8, 12)
    expect(valueOf(betaBinomial(arm(0, 0), arm(3, 4), [1, 1], [0, 0])).lift).toBeCloseTo(0.5, 12)
  })

  it('reads a posterior without spread as its limit', () => {
    expect(valueOf(betaBinomial(arm(0, 9), arm(2, 4), [0, 0]))).toEqual({ chanceToWin: 1, lift: null, riskShipB: 0, riskKeepA: 0.5 })
    expect(valueOf(betaBinomial(arm(2, 4), arm(0, 9), [0, 0]))).toEqual({ chanceToWin: 0, lift: -1, riskShipB: 0.5, riskKeepA: 0 })
    expect(valueOf(betaBinomial(arm(2, 4), arm(9, 9), [0, 0]))).toEqual({ chanceToWin: 1, lift: 1, riskShipB: 0, riskKeepA: 0.5 })
    expect(valueOf(betaBinomial(arm(5, 5), arm(5, 5), [0, 0]))).toEqual({ chanceToWin: 0.5, lift: 0, riskShipB: 0, riskKeepA: 0 })
    expect(valueOf(betaBinomial(arm(0, 3), arm(0, 4), [0, 0]))).toMatchObject({ chanceToWin: 0.5, lift: 0 })
  })

  it('mirrors, and its risks differ by the difference of the means', () => {
    fc.assert(
      fc.property(arms, arms, fc.double({ min: 0.1, max: 50, noNaN: true }), (one, other, prior) => {
        const there = valueOf(betaBinomial(one, other, [prior, 1]))
        const back = valueOf(betaBinomial(other, one, [prior, 1]))
        const mean = ({ successes, trials }: Arm): number => (successes + prior) / (trials + prior + 1)
        expect(there.chanceToWin + back.chanceToWin).toBeCloseTo(1, 9)
        expect(there.riskShipB).toBeCloseTo(back.riskKeepA, 12)
        expect(there.riskKeepA - there.riskShipB).toBeCloseTo(mean(other) - mean(one), 11)
      }),
      { seed: 41, numRuns: 25 },
    )
  })
})

describe('power', () => {
  it('and size undo each other', () => {
    for (const [p, q] of [
      [0.03, 0.024],
      [0.2, 0.25],
      [0.5, 0.75],
    ] as const)
      for (const power of [0.5, 0.8, 0.99]) {
        const plan = { rates: [p, q] as const }
        expect(valueOf(powerProportions(plan, valueOf(sizeProportions(plan, power))))).toBeCloseTo(power, 9)
      }
    for (const power of [0.3, 0.9]) {
      const plan = { difference: -0.4, sd: 1.5, alpha: 0.01 }
      expect(valueOf(powerMeans(plan, valueOf(sizeMeans(plan, power))))).toBeCloseTo(power, 9)
    }
  })

  it('without a difference is the error of one side', () => {
    expect(valueOf(powerMeans({ difference: 0, sd: 1 }, 10))).toBeCloseTo(0.025, 12)
    expect(valueOf(powerProportions({ rates: [0.1, 0.1] }, 500))).toBeCloseTo(0.025, 12)
  })

  it('needs the visits the alerts speak of: 11,454 for 20 % of 3 %, 3,213 for 20 % of 10 %', () => {
    expect(Math.round(valueOf(sizeProportions({ rates: [0.03, 0.024] })))).toBe(11_454)
    expect(Math.round(valueOf(sizeProportions({ rates: [0.1, 0.08] })))).toBe(3213)
  })

  it('of means comes to that of a known deviation in large samples', () => {
    const { sd, n } = { sd: 1, n: 1_000_000 }
    const shift = 0.004
    const known = valueOf(powerProportions({ rates: [0.5 - shift / 4, 0.5 + shift / 4] }, n))
    expect(valueOf(powerMeans({ difference: shift, sd }, n))).toBeCloseTo(known, 4)
  })
})

describe('many tests at once', () => {
  it('keeps the order given, counts exactly on the limit, never passes 1', () => {
    expect(valueOf(correctPValues([0.04, 0.01, 0.9], 0.03))).toEqual({ adjusted: [0.06, 0.03, 0.9], rejected: 1, bonferroniRejected: 1 })
    expect(valueOf(correctPValues([], 0.05))).toEqual({ adjusted: [], rejected: 0, bonferroniRejected: 0 })
  })

  it('is no smaller than p, grows with p, and rejects no less than Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
        const { adjusted, rejected, bonferroniRejected } = valueOf(correctPValues(p))
        expect(rejected).toBeGreaterThanOrEqual(bonferroniRejected)
        adjusted.forEach((each, i) => {
          expect(each).toBeGreaterThanOrEqual((p[i] as number) * (1 - 1e-15))
          expect(each).toBeLessThanOrEqual(1)
          p.forEach((other, j) => other < (p[i] as number) && expect(adjusted[j]).toBeLessThanOrEqual(each))
        })
      }),
      { seed: 51, numRuns: 200 },
    )
  })
})

describe('intervals', () => {
  it('hold the rate and stay within 0..1', () => {
    fc.assert(
      fc.property(arms, fc.double({ min: 0.5, max: 0.999, noNaN: true }), (one, level) => {
        const [low, high] = valueOf(wilson(one, level))
        const rate = one.successes / one.trials
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low <= rate && rate <= high).toBe(true)
      }),
      { seed: 61, numRuns: 200 },
    )
    expect([valueOf(wilson(arm(0, 5)))[0], valueOf(wilson(arm(5, 5)))[1]]).toEqual([0, 1])
  })

  it('of a difference mirror', () => {
    const there = valueOf(newcombe(arm(56, 70), arm(48, 80)))
    const back = valueOf(newcombe(arm(48, 80), arm(56, 70)))
    expect(back.interval[0]).toBeCloseTo(-there.interval[1], 12)
    expect(back.difference).toBeCloseTo(-there.difference, 12)
  })
})

describe('cuped', () => {
  it('takes out what was there before', () => {
    const units = [1, 2, 3, 4, 5, 6].map((before, i) => ({ before, after: before * 2 + (i % 2), arm: (i % 2) as 0 | 1 }))
    const { theta, raw, adjusted, varianceRatio } = valueOf(cuped(units))
    expect(raw).toBeCloseTo(3, 12)
    expect(Math.abs(adjusted - 1)).toBeLessThan(0.2)
    expect(theta).toBeGreaterThan(1.9)
    expect(varianceRatio).toBeLessThan(0.05)
  })

  it('changes nothing where nothing varied before, and divides by no spread', () => {
    const flat = [0, 1].flatMap((of) => [1, 3].map((after) => ({ before: 7, after: after + of, arm: of as 0 | 1 })))
    expect(valueOf(cuped(flat))).toEqual({ theta: 0, raw: 1, adjusted: 1, varianceRatio: 1 })
    expect(valueOf(cuped(flat.map((unit) => ({ ...unit, after: 5 })))).varianceRatio).toBe(1)
  })
})

describe('what is refused', () => {
  const half = arm(1, 2)
  const plain = { mean: 1, sd: 1, n: 9 }
  it.each([
    [twoProportions(arm(1, 0), half), 'first.trials'],
    [twoProportions(half, arm(3, 2)), 'second.successes'],
    [equalProportions([half]), 'arms'],
    [equalProportions([half, arm(-1, 2)]), 'arms.1.successes'],
    [sampleRatio([1], [1]), 'observed'],
    [sampleRatio([1, 2], [1]), 'weights'],
    [sampleRatio([1, 2], [1, 0]), 'weights.1'],
    [sampleRatio([1, 0.5], [1, 1]), 'observed.1'],
    [sampleRatio([0, 0], [1, 1]), 'observed'],
    [sampleRatio([1, 2], [1, 1], { alarmAt: 1 }), 'alarmAt'],
    [welch(plain, { ...plain, n: 1 }), 'b.n'],
    [welch({ ...plain, sd: -1 }, plain), 'a.sd'],
    [welch({ ...plain, mean: 0 }, plain, { relative: true }), 'a.mean'],
    [welch({ ...plain, sd: 0 }, { ...plain, sd: 0 }), 'b.sd'],
    [welch(plain, plain, { level: 1 }), 'level'],
    [summarise([1]), 'values'],
    [summarise([1, Number.POSITIVE_INFINITY]), 'values.1'],
    [betaBinomial(arm(2, 1), half), 'a.successes'],
    [betaBinomial(half, arm(0, -1)), 'b.trials'],
    [betaBinomial(half, half, [-1, 1]), 'priorA.0'],
    [betaBinomial(half, half, [1, 1], [1, Number.NaN]), 'priorB.1'],
    [powerProportions({ rates: [0, 0] }, 9), 'rates.1'],
    [powerProportions({ rates: [2, 0.5] }, 9), 'rates.0'],
    [powerProportions({ rates: [0.1, 0.2] }, 0), 'perArm'],
    [powerProportions({ rates: [0.1, 0.2], alpha: 0 }, 9), 'alpha'],
    [sizeProportions({ rates: [0.1, 0.1] }), 'rates.1'],
    [sizeProportions({ rates: [0.1, 0.2] }, 1), 'power'],
    [powerMeans({ difference: 1, sd: 0 }, 9), 'sd'],
    [powerMeans({ difference: 1, sd: 1 }, 1), 'perArm'],
    [sizeMeans({ difference: 0, sd: 1 }), 'difference'],
    [sizeMeans({ difference: 1, sd: 1 }, 0), 'power'],
    [sizeMeans({ difference: 1, sd: 1, alpha: 1 }), 'alpha'],
    [correctPValues([0.1, 1.1]), 'p.1'],
    [correctPValues([0.1], 0), 'q'],
    [wilson(arm(0, 0)), 'arm.trials'],
    [wilson(half, 0), 'level'],
    [newcombe(half, arm(0, 0)), 'second.trials'],
    [newcombe(half, half, 2), 'level'],
    [cuped([{ before: 1, after: 1, arm: 0 }]), 'units'],
    [cuped([{ before: 1, after: Number.NaN, arm: 0 }]), 'units.0.after'],
    [cuped([{ before: Number.NaN, after: 1, arm: 0 }]), 'units.0.before'],
  ])('%#: %j', (answer, path) => {
    expect(answer).toMatchObject({ ok: false, issues: [{ code: 'invalid', path }] })
  })
})
