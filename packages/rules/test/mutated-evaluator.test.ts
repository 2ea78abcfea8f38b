import { afterEach, describe, expect, it, vi } from 'vitest'
import { randomCase } from './random-book'
import type { RandomCase } from './random-book'
import { firstAnswer, secondAnswer, sorted } from './two-answers'

/** The wrong idea the public evaluator runs with. */
const wrong = vi.hoisted(() => ({ idea: '' }))

vi.mock(import('@omokit/core'), async (original) => {
  const core = await original()
  const reversed = (amount: number, weights: readonly number[]): number[] => core.allocate(amount, weights.slice().reverse()).reverse()
  return {
    ...core,
    mulDiv: (a, b, c, rounding) => core.mulDiv(a, b, c, wrong.idea === 'half-up is cut' && rounding === 'half-up' ? 'down' : rounding),
    allocate: (...given) => (wrong.idea === 'ties go to the later' ? reversed(...given) : core.allocate(...given)),
  }
})

const without =
  (list: string) =>
  (c: RandomCase): RandomCase => ({ ...c, lists: Object.fromEntries(Object.entries(c.lists).filter(([name]) => name !== list)) })

describe('a mutation of the public evaluator is noticed by the second one', () => {
  afterEach(() => {
    wrong.idea = ''
  })
  const same = (c: RandomCase, seen: (c: RandomCase) => RandomCase = (one) => one): boolean =>
    JSON.stringify(sorted(firstAnswer(seen(c)))) === JSON.stringify(sorted(secondAnswer(c)))
  const seeds = Array.from({ length: 200 }, (_, i) => i + 1)

  it('and none is seen without one', () => {
    expect(seeds.filter((seed) => !same(randomCase(seed)))).toEqual([])
  })
  it.each(['half-up is cut', 'ties go to the later'])('%s', (idea) => {
    wrong.idea = idea
    expect(seeds.filter((seed) => !same(randomCase(seed))).length).toBeGreaterThan(0)
  })
  it.each(['floor', 'tier-vip'])('the list %s is not looked at', (list) => {
    expect(seeds.filter((seed) => !same(randomCase(seed), without(list))).length).toBeGreaterThan(0)
  })
})
