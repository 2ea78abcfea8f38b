import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compile, explain, toRows } from '@omokit/rules'
import type { Basket, BookRule, PriceRow } from '@omokit/rules'
import { secondQuote } from './second-evaluator'

interface Vector {
  readonly name: string
  readonly why: string
  readonly rules: readonly BookRule[]
  readonly prices: Readonly<Record<string, Readonly<Record<string, PriceRow>>>>
  readonly basket: Basket
  readonly instant: number
  readonly expected: {
    readonly unitNet: readonly (readonly number[])[]
    readonly pay: number
    readonly earned?: number
    readonly burned?: number
    readonly rejected?: readonly (readonly [string, string])[]
  }
}

const folder = join(import.meta.dirname, '../vectors')

describe('vectors for every language', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const { feature, vectors } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { feature: string; vectors: readonly Vector[] }
    it.each(vectors.map((vector) => [vector.name, vector] as const))(`${feature}: %s`, (_, { rules, prices, basket, instant, expected, why }) => {
      const book = compile({ release: 1, currency: basket.currency, rules: toRows({ rules }), prices: (list, sku) => prices[list]?.[sku] })
      if (!book.ok) throw new Error(JSON.stringify(book.issues))
      const quoted = explain(book.value, basket, instant)
      if (!quoted.ok) throw new Error(JSON.stringify(quoted.issues))
      const { lines, totals, points, rejected } = quoted.value
      const one = {
        unitNet: lines.map((line) => line.unitNet),
        pay: totals.pay,
        earned: points.earned,
        burned: points.burned,
        rejected: rejected.map(({ rule, code }) => [rule, code]),
      }
      expect(one, why).toEqual({ earned: 0, burned: 0, rejected: [], ...expected })
      const two = secondQuote(rules, (list, sku) => prices[list]?.[sku], basket, instant)
      expect({ unitNet: two.unitNet, pay: two.pay, earned: two.earned, burned: two.burned, rejected: two.rejected }).toEqual(one)
    })
    it(`${feature}: has at least five`, () => expect(vectors.length).toBeGreaterThanOrEqual(5))
  }
})
