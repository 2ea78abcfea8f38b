import type { Clock, Crypto, Issue, Place, Ports, Result } from '@omokit/core'
import { createCommands, type Commands } from '@omokit/core/commands'
import type { SigningKey } from '@omokit/core/documents'
import { createCoupons, type Coupons } from '@omokit/coupons'
import { createPricingSync, type PricingSync, type PricingSyncOptions } from '@omokit/pricing-sync'
import { createQuoter, type askQuote } from '@omokit/pricing-sync/quote'
import type { Basket, Quote } from '@omokit/rules'
import { tax } from '@omokit/rules/tax'

/** Prices, rules and coupons, for presets that sell. */
export interface Shop {
  readonly pricing: PricingSync
  readonly commands: Commands
  readonly coupons: Coupons
  /** Prices a basket with the release in force. Issues: `no-release` and those of `@omokit/rules`. */
  quote(basket: Basket, instant?: number): Result<Quote>
}

/** What {@link createShop} takes from a preset. */
export interface ShopOptions {
  readonly ports: Ports
  readonly clock: Clock
  readonly hub: string
  readonly key: string
  /** Public keys that may sign the brand's releases and coupon tokens. */
  readonly keys?: readonly SigningKey[]
  readonly crypto?: Crypto
  /** The store whose overlays and pilot releases count here. */
  readonly store?: string
  /** ISO 4217, for releases that do not state theirs. */
  readonly currency?: string
  /** Hold a view of releases in place of whole ones, and a `quote` for coupons that gets what it needs first. */
  readonly view?: { readonly hold: NonNullable<PricingSyncOptions['view']>; readonly ask: typeof askQuote }
  readonly persist?: () => boolean
  readonly attempts?: number
  readonly member?: () => string | undefined
  readonly memberToken?: () => string | undefined
  readonly visitor?: () => string | undefined
  readonly place?: () => Place
  readonly onIssue?: (issue: Issue) => void
}

export function createShop(options: ShopOptions): Shop {
  const { view, keys = [] } = options
  const pricing = createPricingSync(Object.assign({}, options, { keys, view: view && view.hold }) as PricingSyncOptions)
  const { quote } = createQuoter(Object.assign({ sync: pricing, parts: [tax] }, options))
  const commands = createCommands(options)
  const coupons = createCoupons(Object.assign({}, options, { commands, quote: view ? view.ask(pricing, { quote }) : quote }))
  return { pricing, commands, coupons, quote }
}
