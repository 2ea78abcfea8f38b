import { accept, codeOf, refuse } from '@omokit/core'
import type { Refusal, Result } from '@omokit/core'
import type { HeldRelease } from '@omokit/core/documents'
import { quote } from '@omokit/rules'
import type { Basket, CompiledBook, Quote } from '@omokit/rules'
import { compileRelease } from '@omokit/rules/release'
import type { RulePart } from '@omokit/rules/tax'
import type { PricingSync } from '../create-pricing-sync'

/** Options of {@link createQuoter}. */
export interface QuoterOptions {
  readonly sync: PricingSync
  /** ISO 4217, for releases that do not state theirs in the option `currency`. */
  readonly currency?: string
  /** Kinds of rules beyond the common ones: `tax` of `@omokit/rules/tax`. Without it a release that has such rules is `unknown-rule`. */
  readonly parts?: readonly RulePart[]
}

/** Prices baskets with the release in force: prices and rules of one version, always together. */
export interface Quoter {
  /**
   * @param instant milliseconds, default: corrected time now
   * @returns the quote with the release's state in its flags: `stale-release`; `list-prices-expired` and `promotions-stopped`
   *   after expiry; `untrusted-clock`. Issues: `no-release`, `not-held` when a price is not on this device (a view, or
   *   damaged storage), those of compile and quote of `@omokit/rules`.
   */
  quote(basket: Basket, instant?: number): Result<Quote>
  /** The same, but only while `version` is in force, else `stale-release`: for a basket that was shown with that version. */
  quoteAt(version: number, basket: Basket, instant?: number): Result<Quote>
}

/** Compiles the rules of a release once, when its first basket comes. */
export function createQuoter({ sync, currency, parts }: QuoterOptions): Quoter {
  let held: HeldRelease | undefined
  let stopped = false
  let book: Result<CompiledBook> | undefined

  function bookOf(release: HeldRelease, expired: boolean): Result<CompiledBook> {
    if (!book || held !== release || stopped !== expired) {
      held = release
      stopped = expired
      book = compileRelease(release, expired, currency, parts)
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
      const result = evaluated(compiled.value, basket, instant)
      if (!result.ok) return result
      const { flags, rejected } = result.value
      return accept(
        Object.assign({}, result.value, {
          flags: flags.concat(
            expired ? ['list-prices-expired', 'promotions-stopped'] : state === 'stale' ? 'stale-release' : [],
            sync.untrusted() ? 'untrusted-clock' : [],
          ),
          // a coupon of an expired release is not unknown: it needs the hub or a lease
          rejected: rejected.map((each) => (expired && each.code === 'unknown-coupon' ? Object.assign({}, each, { code: 'expired-release' as const }) : each)),
        }),
      )
    },
    quoteAt(version, basket, instant) {
      const now = sync.version()
      return now === version ? quoter.quote(basket, instant) : (refuse('stale-release', { have: version, need: now }) as Refusal)
    },
  }
  return quoter
}

function evaluated(book: CompiledBook, basket: Basket, instant: number): Result<Quote> {
  try {
    return quote(book, basket, instant)
  } catch (fault) {
    if (codeOf(fault) !== 'not-held') throw fault
    return refuse('not-held', { have: (fault as { readonly cause: string }).cause })
  }
}
