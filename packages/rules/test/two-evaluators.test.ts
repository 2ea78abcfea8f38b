import { describe, expect, it } from 'vitest'
import { compile, explain, toRows } from '@omokit/rules'
import { randomCase } from './random-book'
import type { RandomCase } from './random-book'
import { secondQuote } from './second-evaluator'
import type { Mutation, SecondAnswer } from './second-evaluator'

/** The public evaluator's answer in the second one's terms. */
export function firstQuote({ rules, lists, basket, instant }: RandomCase): SecondAnswer {
  const compiled = compile({ release: 1, currency: 'CNY', rules: toRows({ rules }), prices: (list, sku) => lists[list]?.[sku] })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  const quoted = explain(compiled.value, basket, instant)
  if (!quoted.ok) throw new Error(JSON.stringify(quoted.issues))
  const { lines, totals, points, applied, rejected, priceBasis } = quoted.value
  return {
    unitNet: lines.map((line) => line.unitNet),
    shippingDiscount: totals.shippingDiscount,
    total: totals.total,
    pay: totals.pay,
    earned: points.earned,
    burned: points.burned,
    applied: applied.map(({ rule, amount }) => [rule, amount]),
    rejected: rejected.map(({ rule, code }): [string, string] => [rule, code]),
    funding: lines.map((line) => (['brand', 'store', 'partner', 'platform'] as const).map((who) => line.modifiers.reduce((a, { funding }) => a + funding[who], 0))),
    basis: priceBasis,
  }
}

const sorted = (answer: SecondAnswer): SecondAnswer => ({ ...answer, rejected: [...answer.rejected].sort((a, b) => (a.join() < b.join() ? -1 : 1)) })
const second = (c: RandomCase, mutation?: Mutation): SecondAnswer => secondQuote(c.rules, (list, sku) => c.lists[list]?.[sku], c.basket, c.instant, mutation)

describe('two evaluators written apart', () => {
  it('agree on every unit, refusal and funder of random books and baskets', () => {
    for (let seed = 1; seed <= 2500; seed++) {
      const c = randomCase(seed)
      const one = JSON.stringify(sorted(firstQuote(c)))
      const two = JSON.stringify(sorted(second(c)))
      if (one !== two) expect(`${seed}: ${one}`).toBe(`${seed}: ${two}`)
    }
  })

  it.each(['ties-to-the-later', 'half-down', 'used-is-forgotten'] as const)('notice the wrong idea %s', (mutation) => {
    let noticed = 0
    for (let seed = 1; seed <= 600; seed++) {
      const c = randomCase(seed)
      if (JSON.stringify(firstQuote(c).unitNet) !== JSON.stringify(second(c, mutation).unitNet)) noticed++
    }
    expect(noticed).toBeGreaterThan(0)
  })
})
