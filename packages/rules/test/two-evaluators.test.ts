import { describe, expect, it } from 'vitest'
import { randomCase } from './random-book'
import { firstAnswer, secondAnswer, sorted } from './two-answers'

describe('two evaluators written apart', () => {
  it('agree on every unit, refusal and funder of random books and baskets', () => {
    for (let seed = 1; seed <= 1200; seed++) {
      const c = randomCase(seed)
      const one = JSON.stringify(sorted(firstAnswer(c)))
      const two = JSON.stringify(sorted(secondAnswer(c)))
      if (one !== two) expect(`${seed}: ${one}`).toBe(`${seed}: ${two}`)
    }
  })

  it.each(['ties-to-the-later', 'half-down', 'used-is-forgotten', 'floors-are-forgotten', 'original-basis-is-forgotten'] as const)(
    'notice the wrong idea %s',
    (mutation) => {
      const unlike = (seed: number): boolean => {
        const c = randomCase(seed)
        return JSON.stringify(sorted(firstAnswer(c))) !== JSON.stringify(sorted(secondAnswer(c, mutation)))
      }
      expect(Array.from({ length: 1200 }, (_, i) => i + 1).find(unlike)).toBeDefined()
    },
  )
})
