import type { Result } from '@omokit/core'
import type { CompiledBook } from './compile'
import { evaluate } from './evaluate'
import type { Basket, Quote } from './types'

/** The same quote as `quote()`, with every rule that did not apply in `rejected`: slower, for support and for tests. */
export function explain(book: CompiledBook, basket: Basket, instant: number): Result<Quote> {
  return evaluate(book, basket, instant, true)
}
