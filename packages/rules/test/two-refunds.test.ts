import { describe, expect, it } from 'vitest'
import { compile, quote, toRows } from '@omokit/rules'
import type { BookRule, PriceRow } from '@omokit/rules'
import { refund } from '@omokit/rules/refund'
import type { Refunded } from '@omokit/rules/refund'
import { tax } from '@omokit/rules/tax'
import { randomCase, seeded } from './random-book'
import { secondRefund } from './second-after-sale'

interface Return {
  readonly units: Readonly<Record<string, number>>
  readonly shipping: boolean
}

/** Both answers to three returns of a random sale, the last of which brings everything back; undefined where the second one cannot follow. */
function bothAnswers(seed: number, policy: 'keep' | 'clawback'): { readonly one: readonly unknown[]; readonly two: readonly unknown[] } | undefined {
  const c = randomCase(seed)
  // The second one knows earn rows that count the order; which of them stands is the quote's affair.
  const earn = { id: 'earn', kind: 'earn', per: 1 + (seed % 200), points: 1 + (seed % 3), mode: 'order' } as const
  const rules: readonly BookRule[] = [...c.rules.filter(({ kind }) => kind !== 'earn'), earn]
  const find = (list: string, sku: string): PriceRow | undefined => c.lists[list]?.[sku]
  const book = compile({ release: 1, currency: 'CNY', rules: toRows({ rules }), prices: find, parts: [tax] })
  if (!book.ok) throw new Error(JSON.stringify(book.issues))
  const sold = quote(book.value, c.basket, c.instant)
  if (!sold.ok) throw new Error(JSON.stringify(sold.issues))
  const sale = sold.value
  if (sale.priceBasis) return undefined
  const random = seeded(seed + 3)
  const left = sale.lines.map(({ qty }) => qty)
  const returns = [1, 2, 3].map((turn): Return => {
    const units = sale.lines.map(({ id }, l): [string, number] => {
      const most = left[l] as number
      const qty = turn === 3 ? most : Math.floor(random() * (most + 1))
      left[l] = most - qty
      return [id, qty]
    })
    return { units: Object.fromEntries(units), shipping: random() < 0.5 }
  })
  let before: Refunded | undefined
  const one = returns.map(({ units, shipping }): unknown => {
    const back = Object.entries(units).map(([line, qty]) => ({ line, qty }))
    const answer = refund({ book: book.value, sale, policy, units: back, shipping, ...(before ? { before } : {}) })
    if (!answer.ok) return answer
    const { cash, pointsBack, pointsClawed, coupons, after } = answer.value
    before = after
    return { cash, pointsBack, pointsClawed, coupons: coupons.map(({ coupon }) => coupon) }
  })
  return { one, two: secondRefund(rules, find, c.basket, c.instant, policy, returns) }
}

describe('two programs that take goods back', () => {
  it.each(['keep', 'clawback'] as const)('agree on random sales and returns: %s', (policy) => {
    let compared = 0
    for (let seed = 1; seed <= 400; seed++) {
      const both = bothAnswers(seed, policy)
      if (!both) continue
      compared++
      expect(both.one, `seed ${seed}`).toEqual(both.two)
    }
    expect(compared).toBeGreaterThan(200)
  })
})
