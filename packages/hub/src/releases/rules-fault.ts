import { type Refusal, refuse } from '@omokit/core'
import { bookNames, holdRelease, type ReleaseTexts } from '@omokit/core/documents'
import type { Rule, RuleRow } from '@omokit/rules'
import { compileRelease } from '@omokit/rules/release'
import { idleKey } from '@omokit/rules/schema'
import { tax } from '@omokit/rules/tax'

/**
 * Why the rules of a verified release must not go out: a book that every till would refuse, or a key of a rule that changes
 * nothing, which its writer expects something of (`invalid`, path `<id>.effects.0.maxUnits`).
 */
export function rulesFault(texts: ReleaseTexts): Refusal | undefined {
  // a release may leave its currency to the till's own setting
  const book = compileRelease(holdRelease(texts, true), false, 'XXX', [tax])
  if (!book.ok) return book
  for (const name of bookNames(texts.books)) {
    if (!name.startsWith('rules/')) continue
    for (const bucket of texts.books[name]?.buckets ?? [])
      for (const [id, text] of JSON.parse(bucket) as RuleRow[]) {
        const key = idleKey(JSON.parse(text) as Rule)
        if (key) return refuse('invalid', { path: `${id}.${key}` })
      }
  }
  return undefined
}
