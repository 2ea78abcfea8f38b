import fc from 'fast-check'
import { describe, it } from 'vitest'
import { laws } from '../prove/rules-laws'

describe('laws of pricing over random books and baskets', () => {
  it.each(Object.entries(laws))('%s', (_, law) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
        law(seed)
      }),
      { numRuns: 400, seed: 20261122 },
    )
  })
})
