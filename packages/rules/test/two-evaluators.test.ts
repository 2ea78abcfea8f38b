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

  it.each(['ties-to-the-later', 'half-down', 'used-is-forgotten'] as const)('notice the wrong idea %s', (mutation) => {
    let noticed = 0
    for (let seed = 1; seed <= 120; seed++) {
      const c = randomCase(seed)
      if (JSON.stringify(firstAnswer(c).unitNet) !== JSON.stringify(secondAnswer(c, mutation).unitNet)) noticed++
    }
    expect(noticed).toBeGreaterThan(0)
  })
})
