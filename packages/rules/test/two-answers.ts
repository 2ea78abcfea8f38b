import { compile, explain, toRows } from '@omokit/rules'
import type { Quote } from '@omokit/rules'
import { tax } from '@omokit/rules/tax'
import type { RandomCase } from './random-book'
import { secondQuote } from './second-evaluator'
import type { Mutation, SecondAnswer } from './second-evaluator'

/** The public evaluator's answer in the second one's terms. */
export function firstAnswer({ rules, lists, basket, instant }: RandomCase): SecondAnswer {
  const compiled = compile({ release: 1, currency: 'CNY', rules: toRows({ rules }), prices: (list, sku) => lists[list]?.[sku], parts: [tax] })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues))
  const quoted = explain(compiled.value, basket, instant)
  if (!quoted.ok) throw new Error(JSON.stringify(quoted.issues))
  return answerOf(quoted.value)
}

/** A quote in the second evaluator's terms. */
export function answerOf({ lines, totals, points, applied, rejected, gifts = [], priceBasis }: Quote): SecondAnswer {
  return {
    unitPrice: lines.map((line) => line.unitPrice),
    unitNet: lines.map((line) => line.unitNet),
    orderDiscount: totals.orderDiscount ?? 0,
    shippingDiscount: totals.shippingDiscount,
    total: totals.total,
    pay: totals.pay,
    earned: points.earned,
    burned: points.burned,
    applied: applied.map(({ rule, amount }) => [rule, amount]),
    rejected: rejected.map(({ rule, code, path, have, need }): SecondAnswer['rejected'][number] => {
      if (code !== 'condition-failed') return [rule, code]
      return have === undefined ? [rule, code, String(path)] : [rule, code, String(path), Number(have), Number(need)]
    }),
    modifiers: lines.map((line) =>
      line.modifiers.map(({ rule, kind, units, funding: f }) => ({ rule, kind, units, funding: [f.brand, f.store, f.partner, f.platform] })),
    ),
    gifts: gifts.map(({ rule, sku, qty }) => [rule, sku, qty]),
    basis: priceBasis,
    taxes:
      totals.tax === undefined
        ? undefined
        : {
            unit: lines.map((line) => line.unitTax ?? []),
            percent: lines.map((line) => line.taxPercent ?? null),
            all: totals.tax,
            shipping: totals.shippingTax ?? -1,
            added: totals.taxAdded ?? -1,
          },
  }
}

/** The order of refusals means nothing. */
export const sorted = (answer: SecondAnswer): SecondAnswer => ({ ...answer, rejected: [...answer.rejected].sort((a, b) => (a.join() < b.join() ? -1 : 1)) })
/** The second evaluator's answer. */
export const secondAnswer = (c: RandomCase, mutation?: Mutation): SecondAnswer =>
  secondQuote(c.rules, (list, sku) => c.lists[list]?.[sku], c.basket, c.instant, mutation)
