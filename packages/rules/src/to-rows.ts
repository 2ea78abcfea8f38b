import { canonical } from './canonical'
import type { RuleBook, RuleRow } from './rule-book'

/** Writes a rule book as the rows a release signs: sorted by id, each rule in canonical JSON. */
export function toRows(book: RuleBook): RuleRow[] {
  return book.rules.map(({ id, ...rule }): RuleRow => [id, canonical(rule)]).sort((a, b) => (a[0] < b[0] ? -1 : 1))
}
