import { refuse } from '@omokit/core'
import type { Refusal, Result } from '@omokit/core'
import { bookNames } from '@omokit/core/documents'
import type { HeldRelease, Row } from '@omokit/core/documents'
import { compile, quote } from '@omokit/rules'
import type { Basket, CompiledBook, Quote, RuleRow } from '@omokit/rules'
import type { PricingSync } from '../create-pricing-sync'
import { priceSource } from '../price-source'

/** Options of {@link createQuoter}. */
export interface QuoterOptions {
  readonly sync: PricingSync
  /** ISO 4217, for releases that do not state theirs in the option `currency`. */
  readonly currency?: string
}

/** Prices baskets with the release in force: prices and rules of one version, always together. */
export interface Quoter {
  /**
   * @param instant milliseconds, default: corrected time now
   * @returns the quote with the release's state in its flags: `stale-release`; `list-prices-expired` and `promotions-stopped`
   *   after expiry; `untrusted-clock`. Issues: `no-release`, those of compile and quote of `@omokit/rules`.
   */
  quote(basket: Basket, instant?: number): Result<Quote>
  /** The same, but only while `version` is in force, else `stale-release`: for a basket that was shown with that version. */
  quoteAt(version: number, basket: Basket, instant?: number): Result<Quote>
}

/** Compiles the rules of a release once, when its first basket comes. */
export function createQuoter({ sync, currency }: QuoterOptions): Quoter {
  let held: HeldRelease | undefined
  let stopped = false
  let book: Result<CompiledBook> | undefined

  function bookOf(release: HeldRelease, expired: boolean): Result<CompiledBook> {
    if (!book || held !== release || stopped !== expired) {
      held = release
      stopped = expired
      book = compileRelease(release, expired, currency)
    }
    return book
  }

  const quoter: Quoter = {
    quote(basket, instant = sync.now()) {
      const release = sync.release()
      if (!release) return refuse('no-release')
      const state = sync.state()
      const expired = state === 'expired'
      const compiled = bookOf(release, expired)
      if (!compiled.ok) return compiled
      const result = quote(compiled.value, basket, instant)
      if (!result.ok) return result
      const flags = result.value.flags.concat(
        expired ? ['list-prices-expired', 'promotions-stopped'] : state === 'stale' ? 'stale-release' : [],
        sync.untrusted() ? 'untrusted-clock' : [],
      )
      const { rejected } = result.value
      return {
        ok: true,
        // a coupon of an expired release is not unknown: it needs the hub or a lease
        value: {
          ...result.value,
          flags,
          rejected: expired ? rejected.map((each) => (each.code === 'unknown-coupon' ? { ...each, code: 'expired-release' } : each)) : rejected,
        },
      }
    },
    quoteAt(version, basket, instant) {
      const now = sync.version()
      return now === version ? quoter.quote(basket, instant) : (refuse('stale-release', { have: version, need: now }) as Refusal)
    },
  }
  return quoter
}

/**
 * Compiles prices and rules of one release: what a quoter and the hub's parity check share. With `expired` only what a price
 * cannot do without stays: settings and rounding.
 */
export function compileRelease(release: HeldRelease, expired = false, currency?: string): Result<CompiledBook> {
  const names = bookNames(release.texts.books)
  const rules: RuleRow[] = []
  for (const name of names) {
    if (name.indexOf('rules/')) continue
    for (const bucket of release.texts.books[name]?.buckets || []) {
      for (const row of JSON.parse(bucket) as Row[]) if (!expired || isNeeded(row[1])) rules.push(row as unknown as RuleRow)
    }
  }
  const stated = release.stated['currency']
  return compile({
    release: release.header.version,
    currency: typeof stated === 'string' ? stated : currency || '',
    prices: priceSource(release),
    rules,
    lists: names.filter((name) => !name.indexOf('price/')).map((name) => name.slice(6)),
  })
}

function isNeeded(text: unknown): boolean {
  const { kind } = JSON.parse(text as string) as { kind?: unknown }
  return kind === 'settings' || kind === 'tender'
}
