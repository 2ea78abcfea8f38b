import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BgNbd,
  bgNbdAlive,
  bgNbdChance,
  bgNbdExpected,
  bgNbdFuture,
  expectedSpend,
  fitBgNbd,
  type ParetoNbd,
  paretoNbdAlive,
  paretoNbdExpected,
  paretoNbdFuture,
  type PurchaseHistory,
  repeatRate,
} from '@omokit/insights/clv'
import { valueOf } from './value-of'

const cdnow: BgNbd = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }
const pareto: ParetoNbd = { r: 0.5534, alpha: 10.5802, s: 0.6061, beta: 11.6562 }
const parameter = fc.double({ min: 0.1, max: 8, noNaN: true })

describe('BG/NBD', () => {
  it('expects what its chances expect', () => {
    fc.assert(
      fc.property(parameter, parameter, parameter, parameter, fc.double({ min: 0.1, max: 3, noNaN: true }), (r, alpha, a, b, time) => {
        const model = { r, alpha: alpha + 3, a, b }
        let all = 0
        let mean = 0
        for (let n = 0; n < 400; n++) {
          const chance = valueOf(bgNbdChance(model, time, n))
          all += chance
          mean += n * chance
        }
        expect(all).toBeCloseTo(1, 7)
        expect(valueOf(bgNbdExpected(model, time))).toBeCloseTo(mean, 5)
      }),
      { seed: 13, numRuns: 40 },
    )
  })

  it('has no hole at a = 1, where the published form is 0/0, and none for very long times', () => {
    const at = (a: number, time: number): number => valueOf(bgNbdExpected({ ...cdnow, a }, time))
    expect(at(1, 39)).toBeCloseTo((at(1 - 1e-6, 39) + at(1 + 1e-6, 39)) / 2, 9)
    // everybody leaves in the end: the mean of 1/p is (a + b − 1)/(a − 1)
    expect(at(3, 1e60)).toBeCloseTo((3 + cdnow.b - 1) / 2, 9)
  })

  it('lets nobody leave who never came back, and lets doubt grow with silence', () => {
    expect(valueOf(bgNbdAlive(cdnow, { repeats: 0, last: 0, age: 500 }))).toBe(1)
    const alive = [10, 20, 60, 200].map((age) => valueOf(bgNbdAlive(cdnow, { repeats: 4, last: 10, age })))
    expect(alive).toEqual([...alive].sort((one, other) => other - one))
    expect(alive.every((chance) => chance > 0 && chance < 1)).toBe(true)
    expect(valueOf(bgNbdFuture(cdnow, { repeats: 4, last: 10, age: 20 }, 0))).toBe(0)
  })

  it('finds the parameters customers were made with', () => {
    const model: BgNbd = { r: 1.5, alpha: 6, a: 1.2, b: 3 }
    const fit = valueOf(fitBgNbd(histories(model, 4000)))
    const parameters = [fit.r / model.r, fit.alpha / model.alpha, fit.a / fit.b / (model.a / model.b)]
    for (const ratio of parameters) expect(Math.abs(ratio - 1)).toBeLessThan(0.15)
    expect(valueOf(fitBgNbd(histories(model, 4000)))).toEqual(fit)
  })

  it('stands on top: no step to any side is more likely', () => {
    const rows = histories({ r: 0.8, alpha: 4, a: 0.9, b: 2 }, 500)
    const fit = valueOf(fitBgNbd(rows))
    // the likelihood of the histories, by the chances of their parts
    const likelihood = (model: BgNbd): number => rows.reduce((sum, row) => sum + Math.log(density(model, row)), 0)
    expect(likelihood(fit)).toBeCloseTo(fit.logLikelihood, 6)
    for (const name of ['r', 'alpha', 'a', 'b'] as const)
      for (const step of [0.999, 1.001]) expect(likelihood({ ...fit, [name]: fit[name] * step })).toBeLessThan(fit.logLikelihood)
  })

  it('does not depend on the unit of time', () => {
    const rows = histories({ r: 0.8, alpha: 4, a: 0.9, b: 2 }, 500)
    const weeks = valueOf(fitBgNbd(rows))
    const days = valueOf(fitBgNbd(rows.map(({ repeats, last, age }) => ({ repeats, last: last * 7, age: age * 7 }))))
    expect(days.alpha / weeks.alpha).toBeCloseTo(7, 3)
    expect(days.r).toBeCloseTo(weeks.r, 4)
  })
})

describe('Pareto/NBD', () => {
  it('has no hole at s = 1', () => {
    const at = (s: number): number => valueOf(paretoNbdExpected({ ...pareto, s }, 52))
    expect(at(1)).toBeCloseTo((at(1 - 1e-7) + at(1 + 1e-7)) / 2, 9)
  })

  it('without repeats agrees with its closed form', () => {
    // r = s = alpha = beta = 1: the integral is that of (1 + u)^-3
    const alive = valueOf(paretoNbdAlive({ r: 1, alpha: 1, s: 1, beta: 1 }, { repeats: 0, last: 0, age: 3 }))
    expect(alive).toBeCloseTo(1 / (1 + 16 * ((1 - 1 / 16) / 2)), 12)
  })

  it('lets doubt grow with silence, and expects nothing of no time', () => {
    const alive = [10, 20, 60, 200].map((age) => valueOf(paretoNbdAlive(pareto, { repeats: 4, last: 10, age })))
    expect(alive[0]).toBe(1)
    expect(alive).toEqual([...alive].sort((one, other) => other - one))
    expect(valueOf(paretoNbdFuture(pareto, { repeats: 4, last: 10, age: 20 }, 0)) + 0).toBe(0)
  })
})

describe('spend and repeats', () => {
  it('draws a mean to that of all customers the less is known of it', () => {
    const model = { p: 6.25, q: 3.74, v: 15.44 }
    const all = valueOf(expectedSpend(model, 0, 0))
    const spends = [1, 5, 500].map((repeats) => valueOf(expectedSpend(model, repeats, 100)))
    expect(spends[0]).toBeGreaterThan(all)
    expect(spends).toEqual([...spends].sort((one, other) => one - other))
    expect(spends[2]).toBeCloseTo(100, 0)
  })

  it('counts who came back', () => {
    expect(valueOf(repeatRate([0, 3, 0, 1]))).toEqual({ customers: 4, noRepeat: 2, rate: 0.5 })
  })
})

describe('what is refused', () => {
  const history: PurchaseHistory = { repeats: 1, last: 1, age: 2 }
  it.each([
    [bgNbdAlive({ ...cdnow, r: 0 }, history), 'model.r'],
    [bgNbdAlive({ ...cdnow, alpha: -1 }, history), 'model.alpha'],
    [bgNbdExpected({ ...cdnow, a: Number.NaN }, 1), 'model.a'],
    [bgNbdFuture({ ...cdnow, b: 0 }, history, 1), 'model.b'],
    [bgNbdExpected(cdnow, -1), 'time'],
    [bgNbdFuture(cdnow, history, Number.NaN), 'time'],
    [bgNbdChance(cdnow, 1, 0.5), 'repeats'],
    [bgNbdChance(cdnow, -1, 1), 'time'],
    [bgNbdAlive(cdnow, { ...history, last: 3 }), 'history.last'],
    [bgNbdAlive(cdnow, { ...history, repeats: 1.5 }), 'history.repeats'],
    [paretoNbdAlive({ ...pareto, s: 0 }, history), 'model.s'],
    [paretoNbdExpected({ ...pareto, beta: 0 }, 1), 'model.beta'],
    [paretoNbdFuture({ ...pareto, r: 0 }, history, 1), 'model.r'],
    [paretoNbdFuture({ ...pareto, alpha: 0 }, history, 1), 'model.alpha'],
    [paretoNbdFuture(pareto, { ...history, age: -1 }, 1), 'history.age'],
    [paretoNbdExpected(pareto, -1), 'time'],
    [fitBgNbd([history, { ...history, age: Number.NaN }]), 'histories.1.age'],
    [fitBgNbd([{ repeats: 0, last: 0, age: 3 }]), 'histories'],
    // nobody who left: no maximum
    [fitBgNbd([{ repeats: 3, last: 6, age: 6 }]), 'histories'],
    [expectedSpend({ p: 6, q: 0.5, v: 15 }, 0, 0), 'model.q'],
    [expectedSpend({ p: 0, q: 4, v: 15 }, 0, 0), 'model.p'],
    [expectedSpend({ p: 6, q: 4, v: 0 }, 0, 0), 'model.v'],
    [expectedSpend({ p: 6, q: 4, v: 1 }, -1, 0), 'repeats'],
    [expectedSpend({ p: 6, q: 4, v: 1 }, 1, -1), 'mean'],
    [repeatRate([]), 'repeats'],
    [repeatRate([1, -1]), 'repeats.1'],
  ])('%#: %j', (answer, path) => {
    expect(answer).toMatchObject({ ok: false, issues: [{ code: 'invalid', path }] })
  })
})

/** What the paper's density gives for one history, term by term. */
function density({ r, alpha, a, b }: BgNbd, { repeats: x, last, age }: PurchaseHistory): number {
  // B(a, b + x) / B(a, b) and Γ(r + x) / Γ(r) as products
  let stay = 1
  let rate = alpha ** r
  for (let i = 0; i < x; i++) {
    stay *= (b + i) / (a + b + i)
    rate *= r + i
  }
  return stay * rate * ((alpha + age) ** -(r + x) + (x ? (a / (b + x - 1)) * (alpha + last) ** -(r + x) : 0))
}

/** Customers as the model says they behave, each watched for 40 weeks at most; seeded. */
function histories({ r, alpha, a, b }: BgNbd, count: number): readonly PurchaseHistory[] {
  let state = 12_345
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 4_294_967_296
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
  // Marsaglia and Tsang
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * random() ** (1 / shape)
    const d = shape - 1 / 3
    for (;;) {
      const x = normal()
      const v = (1 + x / Math.sqrt(9 * d)) ** 3
      if (v > 0 && Math.log(random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v
    }
  }
  return Array.from({ length: count }, () => {
    const rate = gamma(r) / alpha
    const [one, other] = [gamma(a), gamma(b)]
    const leaves = one / (one + other)
    const age = 20 + Math.floor(random() * 20)
    let repeats = 0
    let last = 0
    for (let at = 0; ; ) {
      at -= Math.log(random()) / rate
      if (at > age) break
      repeats++
      last = at
      if (random() < leaves) break
    }
    return { repeats, last, age }
  })
}
