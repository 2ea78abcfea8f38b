import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ratio } from '../src/ratio'
import { share } from '../src/share'

describe('sharing over lines as the book says', () => {
  // 300 over 4300, 1400, 2300: exact 161.25, 52.5, 86.25
  it('largest-remainder is the default', () => {
    expect(share(300, [4300, 1400, 2300], undefined)).toEqual([161, 53, 86])
    expect(share(300, [4300, 1400, 2300], 'largest-remainder')).toEqual([161, 53, 86])
  })
  it('floor-then-first gives what is left from the first line on', () => {
    expect(share(300, [4300, 1400, 2300], 'floor-then-first')).toEqual([162, 52, 86])
    // floors 0, 0, 0, 0: three are left
    expect(share(3, [1, 1, 1, 1], 'floor-then-first')).toEqual([1, 1, 1, 0])
  })
  it('round-then-first takes the nearest, an exact half down, then gives or takes from the first line on', () => {
    expect(share(300, [4300, 1400, 2300], 'round-then-first')).toEqual([162, 52, 86])
    // exact 1.75, 1.75, 1.5: nearest 2, 2, 1
    expect(share(5, [7, 7, 6], 'round-then-first')).toEqual([2, 2, 1])
    // exact 0.75 each of four: nearest 1 each is one too many
    expect(share(3, [1, 1, 1, 1], 'round-then-first')).toEqual([0, 1, 1, 1])
    // exact 0.3, 1.6, 1.6, 1.5: nearest 0, 2, 2, 1 sums to what was given
    expect(share(5, [3, 16, 16, 15], 'round-then-first')).toEqual([0, 2, 2, 1])
    // exact 0.1, 0.975 × 4: nearest 0, 1, 1, 1, 1 is right; of 0.4, 1.8, 1.8: 0, 2, 2
    expect(share(4, [4, 18, 18], 'round-then-first')).toEqual([0, 2, 2])
  })
  it('takes nothing back from a part that has nothing', () => {
    // exact 0.32, 0.56, 0.56, 0.56: nearest 0, 1, 1, 1; the first has nothing to give back
    expect(share(2, [8, 14, 14, 14], 'round-then-first')).toEqual([0, 0, 1, 1])
  })
  it('gives nothing to a weight of 0, and nothing at all when all are 0', () => {
    expect(share(2, [0, 1, 1, 1], 'floor-then-first')).toEqual([0, 1, 1, 0])
    expect(share(5, [0, 0], 'floor-then-first')).toEqual([0, 0])
    expect(share(5, [0, 0], 'round-then-first')).toEqual([0, 0])
    expect(share(0, [3, 4], 'floor-then-first')).toEqual([0, 0])
  })
  it('always sums to the amount and is never off by more than one a part', () => {
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.array(fc.nat(1e6), { minLength: 1, maxLength: 12 }).filter((list) => list.some(Boolean)),
        fc.constantFrom('floor-then-first' as const, 'round-then-first' as const),
        (amount, weights, method) => {
          const parts = share(amount, weights, method)
          const sum = weights.reduce((a, b) => a + b, 0)
          const sound = parts.every((part, i) => part >= 0 && Math.abs(part - (amount * (weights[i] as number)) / sum) < 2)
          return sound && parts.reduce((a, b) => a + b, 0) === amount
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('a decimal as a fraction', () => {
  it('is read as it is written, in millionths where it is not whole', () => {
    expect(ratio(10.5)).toEqual({ num: 10_500_000, den: 1_000_000 })
    expect(ratio(10.5, 100)).toEqual({ num: 10_500_000, den: 100_000_000 })
    expect(ratio(7, 100)).toEqual({ num: 7, den: 100 })
    expect(ratio(7)).toEqual({ num: 7, den: 1 })
    expect(ratio(0.000001)).toEqual({ num: 1, den: 1_000_000 })
    expect(ratio(0.25, 100)).toEqual({ num: 250_000, den: 100_000_000 })
    expect(ratio(33.333333, 100)).toEqual({ num: 33_333_333, den: 100_000_000 })
  })
  it('loses no digit of any of at most six places up to a thousand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (millionths) => {
        const { num, den } = ratio(Number(`${Math.floor(millionths / 1e6)}.${String(millionths % 1e6).padStart(6, '0')}`))
        expect(num * (1e6 / den)).toBe(millionths)
      }),
      { numRuns: 2000 },
    )
  })
})
