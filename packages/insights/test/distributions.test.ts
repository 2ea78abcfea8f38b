import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  betaLower,
  chiSquareUpper,
  gammaUpper,
  logGamma,
  normalQuantile,
  normalTwoSided,
  normalUpper,
  studentQuantile,
  studentTwoSided,
  studentUpper,
} from '@omokit/insights/distributions'

/** Equal to so many parts of the expected value. */
function near(found: number, wanted: number, parts = 1e-12): void {
  expect({ found, off: Math.abs(found / wanted - 1) <= parts }).toEqual({ found, off: true })
}

describe('tails against closed forms', () => {
  it('chi-square with an even number of degrees of freedom is a Poisson sum, down to 1e-300', () => {
    for (const x of [0.01, 1, 5, 30, 200, 1380]) {
      near(chiSquareUpper(x, 2), Math.exp(-x / 2))
      near(chiSquareUpper(x, 6), Math.exp(-x / 2) * (1 + x / 2 + (x / 2) ** 2 / 2))
    }
  })

  it('the normal tail keeps its digits where others stop at 0.002', () => {
    near(normalUpper(1.959963984540054), 0.025)
    near(normalUpper(8), 6.22096057427178e-16)
    near(normalUpper(20), 2.7536241186062337e-89)
    near(normalUpper(37), 5.7255712225245768e-300)
    near(normalUpper(-1), 0.8413447460685429)
    expect([normalUpper(0), normalUpper(Number.POSITIVE_INFINITY), normalUpper(Number.NEGATIVE_INFINITY)]).toEqual([0.5, 0, 1])
    near(normalTwoSided(4), 6.334248366623996e-5)
  })

  it('Student with 1 and 2 degrees of freedom', () => {
    for (const t of [0.001, 0.5, 3, 100, 1e6]) {
      near(studentUpper(t, 1), Math.atan2(1, t) / Math.PI)
      // 1/2 − t / (2 root(2 + t²)), without its cancellation
      near(studentTwoSided(t, 2), 2 / (2 + t * t) / (1 + t / Math.sqrt(2 + t * t)))
    }
    near(studentUpper(-0.5, 1), 1 - Math.atan2(1, 0.5) / Math.PI)
  })

  it('beta with whole parameters is a binomial sum', () => {
    for (const x of [1e-9, 0.1, 0.5, 0.93]) {
      near(betaLower(x, 1, 5), -Math.expm1(5 * Math.log1p(-x)))
      near(betaLower(x, 4, 1), x ** 4)
      near(betaLower(x, 3, 2), 4 * x ** 3 * (1 - x) + x ** 4)
    }
    expect([betaLower(0, 2, 3), betaLower(1, 2, 3)]).toEqual([0, 1])
  })

  it('large counts lose no digits to ln Γ', () => {
    near(betaLower(0.5, 1e6, 1e6), 0.5)
    near(gammaUpper(1e5, 1e5) + (1 - gammaUpper(1e5, 1e5)), 1)
    // P(X ≥ n) − P(X ≥ n + 1) of Poisson numbers is one term
    near(gammaUpper(1001, 900) - gammaUpper(1000, 900), Math.exp(1000 * Math.log(900) - 900 - logGamma(1001)), 1e-10)
  })

  it('ln Γ at whole and half numbers', () => {
    near(logGamma(11), Math.log(3_628_800))
    near(logGamma(0.5), Math.log(Math.PI) / 2)
    near(logGamma(171), 706.5730622457873)
  })
})

describe('quantiles', () => {
  it('undo their tails', () => {
    for (const p of [1e-9, 0.001, 0.2, 0.5, 0.77, 0.999]) {
      near(1 - normalUpper(normalQuantile(p)), p, 1e-6)
      for (const df of [0.7, 3, 44.4]) near(studentUpper(-studentQuantile(p, df), df), p, 1e-10)
    }
    near(normalQuantile(0.975), 1.959963984540054)
    near(studentQuantile(0.975, 10), 2.228138851986274)
  })
})

it('tails fall as their argument grows', () => {
  const positive = fc.double({ min: 0.01, max: 500, noNaN: true })
  fc.assert(
    fc.property(positive, positive, positive, (df, x, y) => {
      const [low, high] = x < y ? [x, y] : [y, x]
      expect(chiSquareUpper(low, df)).toBeGreaterThanOrEqual(chiSquareUpper(high, df) * (1 - 1e-12))
      expect(studentTwoSided(low, df)).toBeGreaterThanOrEqual(studentTwoSided(high, df) * (1 - 1e-12))
      expect(normalTwoSided(low / 20)).toBeGreaterThanOrEqual(normalTwoSided(high / 20) * (1 - 1e-12))
    }),
    { seed: 11, numRuns: 300 },
  )
})

it('what is not a number stays one, instead of looking like a p-value', () => {
  expect([logGamma(-1e308), logGamma(0), gammaUpper(-1, 2)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  expect([gammaUpper(1, Number.NaN), betaLower(Number.NaN, 1, 1), normalUpper(Number.NaN)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
})
