import { refuse } from '@omokit/core'
import type { Result } from '@omokit/core'
import { bookNames, priceSource } from '@omokit/core/documents'
import type { HeldRelease, ReleaseTexts } from '@omokit/core/documents'
import { compile } from '../compile'
import type { CompiledBook, CompileOptions } from '../compile'
import type { RuleRow } from '../rule-book'
import type { RulePart } from '../rule-part'

/**
 * Compiles prices and rules of one release: what a device's quoter and the hub's parity check share, so that they cannot differ.
 * With `expired` only what a price cannot do without stays: settings, tax and rounding. Refuses what `compile` refuses, and
 * `malformed` for what is no release.
 *
 * @param currency ISO 4217, for a release that does not state its own in the option `currency`
 * @param parts kinds of rules beyond the common ones, as `compile` takes them
 */
export function compileRelease(release: HeldRelease, expired = false, currency?: string, parts: readonly RulePart[] = []): Result<CompiledBook> {
  let options: CompileOptions
  try {
    options = optionsOf(release, expired, currency, parts)
  } catch {
    return refuse('malformed', { path: 'release' })
  }
  return compile(options)
}

/** The rows of the rule books of a verified release, in the order of the books' names. Throws on texts that are no release. */
export function ruleRows({ books }: ReleaseTexts): RuleRow[] {
  const rows: RuleRow[] = []
  for (const name of bookNames(books)) {
    if (name.indexOf('rules/')) continue
    for (const bucket of books[name]?.buckets || []) rows.push(...(JSON.parse(bucket) as RuleRow[]))
  }
  return rows
}

function optionsOf(release: HeldRelease, expired: boolean, currency: string | undefined, parts: readonly RulePart[]): CompileOptions {
  const names = bookNames(release.texts.books)
  const stated = release.stated['currency']
  return {
    release: release.header.version,
    currency: typeof stated === 'string' ? stated : currency || '',
    prices: priceSource(release),
    rules: ruleRows(release.texts).filter(([, text]) => !expired || isNeeded(text)),
    lists: names.filter((name) => !name.indexOf('price/')).map((name) => name.slice(6)),
    parts,
  }
}

/** A text that is no rule is needed too: `compile` says what is wrong with it. */
function isNeeded(text: unknown): boolean {
  try {
    const { kind } = JSON.parse(text as string) as { kind?: unknown }
    return kind === 'settings' || kind === 'tax' || kind === 'tender'
  } catch {
    return true
  }
}
