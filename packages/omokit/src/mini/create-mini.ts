import type { Ports, Result } from '@omokit/core'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createPriceView } from '@omokit/pricing-sync'
import { askQuote } from '@omokit/pricing-sync/quote'
import type { Basket, Quote } from '@omokit/rules'
import { createOmokit, type Omokit, type OmokitOptions } from '../omokit'

/** Options of both mini-program presets. */
export interface MiniOptions extends OmokitOptions {
  readonly brand: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
  /**
   * `view` (default): rules and the price lists' index, and of the prices those that were asked for, in at most 1 MB.
   * `whole`: everything, for small assortments that must be priced offline to the last article.
   */
  readonly releases?: 'view' | 'whole'
}

/** One shop in a mini-program. */
export interface MiniOmokit extends Omit<Omokit, 'quote'> {
  /**
   * Prices a basket with the release in force, after fetching the prices of it that are not on this device. Issues:
   * `no-release`, `not-held` (offline, and this article was never asked for), those of `@omokit/rules`. Before
   * `pricing.price(sku)` call `await pricing.prepare([sku])`.
   */
  quote(basket: Basket, instant?: number): Promise<Result<Quote>>
}

/** Names of {@link MiniOptions}. */
export const miniNames = 'brand instance releases hub key keys store currency place shared hold session plugins limits onIssue'

/** What leaves room for the mini-program's own data in the 10 MB it shares with us. */
const limits = { observeFacts: 10_000, observeBytes: 3_000_000 }

/** All of omokit on the ports of a mini-program: its channel, a verifier in plain arithmetic, and an outbox its storage can hold. */
export function createMini(options: MiniOptions, ports: Ports): MiniOmokit {
  const omokit = createOmokit({
    place: { channel: 'miniprogram' },
    ...options,
    limits: { ...limits, ...options.limits },
    ports: { ...ports, crypto: createPureCrypto() },
    ...(options.releases !== 'whole' && { view: { hold: createPriceView, ask: askQuote } }),
  })
  return { ...omokit, quote: askQuote(omokit.pricing, omokit) }
}
