import { hash } from '@omokit/core'
import { compile, quote, toRows } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { randomCase } from './random-book'

/** One hash over the seals of the first `count` random books and baskets: equal exactly when every seal is. */
export function sealsOfSeeds(count: number): string {
  let all = ''
  for (let seed = 1; seed <= count; seed++) {
    const { rules, lists, basket, instant } = randomCase(seed)
    const book = compile({ release: seed, currency: 'CNY', rules: toRows({ rules }), prices: (list, sku) => (lists[list] ?? {})[sku] })
    const answer = book.ok ? quote(book.value, basket, instant) : book
    if (!answer.ok) throw new Error(`seed ${seed}: ${JSON.stringify(answer.issues)}`)
    all += seal(answer.value).hash
  }
  return hash('seals', all)
}
