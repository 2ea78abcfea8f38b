import { hash } from '@omokit/core'
import { compile, quote, toRows } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { tax } from '@omokit/rules/tax'
import { randomCase } from './random-book'

/** One hash over the seals of the first `count` random books and baskets: equal exactly when every seal is. `taxed` false leaves tax rows out. */
export function sealsOfSeeds(count: number, taxed = true): string {
  let all = ''
  for (let seed = 1; seed <= count; seed++) {
    const { rules, lists, basket, instant } = randomCase(seed)
    const book = compile({
      release: seed,
      currency: 'CNY',
      rules: toRows({ rules: taxed ? rules : rules.filter(({ kind }) => kind !== 'tax') }),
      prices: (list, sku) => (lists[list] ?? {})[sku],
      parts: [tax],
    })
    const answer = book.ok ? quote(book.value, basket, instant) : book
    if (!answer.ok) throw new Error(`seed ${seed}: ${JSON.stringify(answer.issues)}`)
    all += seal(answer.value).hash
  }
  return hash('seals', all)
}
