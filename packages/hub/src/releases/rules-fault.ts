import { type Refusal, refuse } from '@omokit/core'
import { holdRelease, type ReleaseTexts } from '@omokit/core/documents'
import type { Rule } from '@omokit/rules'
import { compileRelease, ruleRows } from '@omokit/rules/release'
import { idleKey } from '@omokit/rules/schema'
import { tax } from '@omokit/rules/tax'

/**
 * Why the rules of a verified release must not go out: a book that every till would refuse, or a key of a rule that changes
 * nothing, which its writer expects something of (`invalid`, path `<id>.effects.0.maxUnits`).
 */
export function rulesFault(texts: ReleaseTexts): Refusal | undefined {
  // a release may leave its currency to the till's own setting: XXX is ISO 4217 for none
  const book = compileRelease(holdRelease(texts, true), false, 'XXX', [tax])
  if (!book.ok) return book
  for (const [id, text] of ruleRows(texts)) {
    const key = idleKey(JSON.parse(text) as Rule)
    if (key) return refuse('invalid', { path: `${id}.${key}` })
  }
  return undefined
}
