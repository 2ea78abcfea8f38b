import { OmoError } from '@omokit/core'
import { canonical } from './canonical'
import type { RuleBook, RuleRow } from './rule-book'

/** Writes a rule book as the rows a release signs: sorted by id, each rule in canonical JSON. Throws `invalid` where there is no list of rules. */
export function toRows(book: RuleBook): RuleRow[] {
  const { rules } = Object(book) as RuleBook
  if (!Array.isArray(rules) || rules.some((rule) => Object(rule) !== rule || typeof rule.id !== 'string')) throw new OmoError('invalid', 'rules')
  return (rules as RuleBook['rules']).map(({ id, ...rule }): RuleRow => [id, canonical(rule)]).sort((a, b) => (a[0] < b[0] ? -1 : 1))
}
