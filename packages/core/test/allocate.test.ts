import { describe, expect, it } from 'vitest'
import { allocate, mulDiv } from '@omokit/core'

/** The definition, by BigInt: floors, then one more to the largest fractions, a tie to the earlier. */
function byDefinition(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + BigInt(b), 0n)
  if (!sum) return weights.map(() => 0)
  const parts = weights.map((weight, i) => ({ i, share: (BigInt(amount) * BigInt(weight)) / sum, rest: (BigInt(amount) * BigInt(weight)) % sum }))
  let left = BigInt(amount) - parts.reduce((a, { share }) => a + share, 0n)
  for (const part of parts.slice().sort((a, b) => (b.rest > a.rest ? 1 : b.rest < a.rest ? -1 : a.i - b.i))) {
    if (left <= 0n) break
    part.share += 1n
    left -= 1n
  }
  return parts.map(({ share }) => Number(share))
}

/** A seeded generator (mulberry32). */
function seeded(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

describe('allocate', () => {
  it('shares over two parts: the larger fraction, a tie to the earlier', () => {
    expect(allocate(5, [1, 1])).toEqual([3, 2])
    expect(allocate(10, [1, 2])).toEqual([3, 7])
    expect(allocate(10, [2, 1])).toEqual([7, 3])
    expect(allocate(7, [0, 3])).toEqual([0, 7])
    expect(allocate(7, [3, 0])).toEqual([7, 0])
    expect(allocate(0, [3, 4])).toEqual([0, 0])
    expect(allocate(9, [0, 0])).toEqual([0, 0])
    expect(allocate(6, [2, 1])).toEqual([4, 2])
  })
  it('stays exact where the product of amount and weights is above the safe integers', () => {
    // floats would give 4999999999999.5 and the like
    expect(allocate(9_999_999_999_999, [9_999_999_999_998, 9_999_999_999_999])).toEqual(byDefinition(9_999_999_999_999, [9_999_999_999_998, 9_999_999_999_999]))
    expect(allocate(94_906_267, [94_906_267, 1])).toEqual(byDefinition(94_906_267, [94_906_267, 1]))
    expect(allocate(7_760_804_937_917, [4_673_341_802_143, 4_371_841_424_338])).toEqual([4_009_746_759_851, 3_751_058_178_066])
    expect(allocate(7_379_838_029_873, [1_632_689_450_860, 1_863_144_720_616, 2_022_207_197_121])).toEqual([
      2_183_561_683_499, 2_491_772_958_174, 2_704_503_388_200,
    ])
    const many = [9_007_199_254_740, 1, 9_007_199_254_741, 33]
    expect(allocate(9_999_999_999_999, many)).toEqual(byDefinition(9_999_999_999_999, many))
  })
  it('leaves the weights as they were and keeps nothing from call to call', () => {
    const weights = [3, 5, 7]
    expect(allocate(4, weights)).toEqual([1, 1, 2])
    expect(weights).toEqual([3, 5, 7])
    expect(allocate(20, [1, 1, 1])).toEqual([7, 7, 6])
    expect(allocate(1, [1, 1, 1, 1])).toEqual([1, 0, 0, 0])
  })
  it('takes back from the smallest fractions, the later first, where that is less work', () => {
    // exact 0.8 each: four of five are left
    expect(allocate(4, [1, 1, 1, 1, 1])).toEqual([1, 1, 1, 1, 0])
    expect(allocate(3, [1, 1, 1, 1, 1])).toEqual([1, 1, 1, 0, 0])
    expect(allocate(2, [1, 1, 1, 1])).toEqual([1, 1, 0, 0])
    // exact 0, 1.5, 1.5, 0, 2: the halves tie, weight 0 stays at 0
    expect(allocate(5, [0, 3, 3, 0, 4])).toEqual([0, 2, 1, 0, 2])
  })
  it('is the definition on random parts of every number up to 100', () => {
    const random = seeded(7)
    const wrong: string[] = []
    for (let round = 0; round < 400; round++) {
      const size = 1 + Math.floor(random() * (round % 3 ? 9 : 100))
      const top = [4, 1000, 1e6, 9e12][Math.floor(random() * 4)] as number
      const weights = Array.from({ length: size }, () => Math.floor(random() * (top / size > 1 ? top / size : 2)))
      const amount = Math.floor(random() * ([3, 60, 1e5, 1e13][Math.floor(random() * 4)] as number))
      if (allocate(amount, weights).join() !== byDefinition(amount, weights).join()) wrong.push(`${amount} over ${weights.join()}`)
    }
    expect(wrong).toEqual([])
  })
  it('is the definition around the sizes at which it works differently', () => {
    for (const size of [2, 39, 40, 41, 42, 60])
      for (const left of [0, 1, 8, 9, 10, 11, 19, 20, 21, 30, 39]) {
        const flat = Array.from({ length: size }, () => 3)
        expect(allocate(size + left, flat), `${size}, ${left}`).toEqual(byDefinition(size + left, flat))
        const slope = Array.from({ length: size }, (_, i) => 1 + ((i * 7) % size))
        expect(allocate(size + left, slope), `${size}, ${left}, slope`).toEqual(byDefinition(size + left, slope))
      }
  })
})

describe('mulDiv at its edges', () => {
  const most = Number.MAX_SAFE_INTEGER
  it('is exact one below, at and one above the largest safe product', () => {
    expect(mulDiv(most, 1, 1)).toBe(most)
    expect(mulDiv(most, 1, 2, 'half-up')).toBe(4503599627370496)
    expect(mulDiv(most, 1, 2, 'half-down')).toBe(4503599627370495)
    expect(mulDiv(most, 2, 2)).toBe(most)
    expect(mulDiv(most, most, most)).toBe(most)
    expect(mulDiv(94906265, 94906265, 1)).toBe(9007199136250225)
    expect(() => mulDiv(94906266, 94906266, 1)).toThrowError('not-an-amount')
    expect(mulDiv(94906266, 94906266, 94906266)).toBe(94906266)
    expect(mulDiv(3002399751580331, 3, 2, 'half-even')).toBe(4503599627370496)
  })
  it('rounds a half of a product above the safe integers by its mode', () => {
    // 9007199254740991 × 3 ÷ 6 = 4503599627370495.5
    for (const [mode, want] of [
      ['down', 4503599627370495],
      ['up', 4503599627370496],
      ['half-up', 4503599627370496],
      ['half-down', 4503599627370495],
      ['half-even', 4503599627370496],
    ] as const)
      expect(mulDiv(most, 3, 6, mode), mode).toBe(want)
    // 9007199254740989 × 5 ÷ 10 = 4503599627370494.5
    expect(mulDiv(9007199254740989, 5, 10, 'half-even')).toBe(4503599627370494)
  })
  it('refuses an answer above the largest safe integer, also when only rounding makes it so', () => {
    expect(() => mulDiv(most, 2, 1)).toThrowError('not-an-amount')
    // 9007199254740991 + ½
    expect(mulDiv(most, 3, 3, 'up')).toBe(most)
    expect(() => mulDiv(6004799503160661, 3, 2, 'up')).toThrowError('9007199254740992')
    expect(mulDiv(6004799503160661, 3, 2)).toBe(most)
  })
  it('takes 0 from both sides', () => {
    expect(mulDiv(0, most, 7, 'up')).toBe(0)
    expect(mulDiv(most, 0, 7, 'up')).toBe(0)
    expect(mulDiv(0, 0, 1)).toBe(0)
  })
})
