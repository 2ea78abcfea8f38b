import type { Quote } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'

/**
 * The seal of a quote with the place of asking taken out: channels that price the same basket with the same release give the
 * same bytes. (A receipt's own seal keeps channel and store, because a rule may look at them.)
 */
export function priceSeal(quote: Quote): string {
  const { storeId: _, ...basket } = quote.basket
  return seal({ ...quote, basket: { ...basket, channel: 'server' } }).hash
}
