import { compile, explain, toRows } from '@omokit/rules'
import type { RandomCase } from './random-book'
import { secondQuote } from './second-evaluator'
import type { Mutation, SecondAnswer } from './second-evaluator'

/** The public evaluator's answer in the second one's terms. */
export function firstAnswer({ rules, lists, basket, instant }: RandomCase): SecondAnswer {
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
    funding: lines.map((line) =>
      (['brand', 'store', 'partner', 'platform'] as const).map((who) => line.modifiers.reduce((a, { funding }) => a + funding[who], 0)),
    ),
    basis: priceBasis,
  }
}

/** The order of refusals means nothing. */
export const sorted = (answer: SecondAnswer): SecondAnswer => ({ ...answer, rejected: [...answer.rejected].sort((a, b) => (a.join() < b.join() ? -1 : 1)) })
/** The second evaluator's answer. */
export const secondAnswer = (c: RandomCase, mutation?: Mutation): SecondAnswer =>
  secondQuote(c.rules, (list, sku) => c.lists[list]?.[sku], c.basket, c.instant, mutation)
