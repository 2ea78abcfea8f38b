import { randomCase } from '../test/random-book'
import { firstAnswer, secondAnswer, sorted } from '../test/two-answers'
import type { Mutation } from '../test/second-evaluator'

/** The public evaluator and the second one agree on `seeds` random books and baskets; each of five wrong ideas is noticed. */
export async function prove({
  share = 1,
  seeds = Math.round(10_000 * share),
}: {
  readonly seeds?: number
  readonly share?: number
} = {}): Promise<Record<string, unknown>> {
  const noticed: Record<string, number> = {}
  for (let seed = 1; seed <= seeds; seed++) {
    const c = randomCase(seed)
    const one = JSON.stringify(sorted(firstAnswer(c)))
    if (one !== JSON.stringify(sorted(secondAnswer(c)))) throw new Error(`seed ${seed}: the two evaluators differ`)
    if (seed > 1000) continue
    for (const mutation of ['ties-to-the-later', 'half-down', 'used-is-forgotten', 'floors-are-forgotten', 'original-basis-is-forgotten'] satisfies Mutation[])
      if (one !== JSON.stringify(sorted(secondAnswer(c, mutation)))) noticed[mutation] = (noticed[mutation] ?? 0) + 1
  }
  return { seeds, differences: 0, mutationsNoticedInThousand: noticed }
}
