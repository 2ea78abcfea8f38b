import type { Result } from '@omokit/core'
import type { Basket, Quote } from '@omokit/rules'
import type { PricingSync } from '../create-pricing-sync'
import type { Quoter } from './create-quoter'

/**
 * A `quote` that gets what it needs first: for devices that hold a view of releases. The same bytes are evaluated as where
 * whole releases are held, so the quote and its seal are the same. Refuses `not-held`, naming the article, when its price
 * is neither on this device nor to be had now; a price is never guessed from the lists that happen to be here.
 */
export function askQuote(sync: PricingSync, { quote }: Pick<Quoter, 'quote'>): (basket: Basket, instant?: number) => Promise<Result<Quote>> {
  return async (basket, instant) => {
    const { storeId, channel, tier, audience, lines } = (basket || {}) as Basket
    const skus = Array.isArray(lines) ? (lines as Basket['lines']).map((line) => String(line && line.sku)) : []
    const context = { channel, ...(storeId !== undefined && { store: storeId }), ...(tier !== undefined && { tier }), ...(audience && { audience }) }
    let answer: Result<Quote>
    let left = 3
    do {
      const prepared = await sync.prepare(skus, context)
      answer = quote(basket, instant)
      if (!prepared.ok) break
      // a release that came into force meanwhile asks for buckets of its own
    } while (!answer.ok && answer.issues[0]?.code === 'not-held' && --left)
    return answer
  }
}
