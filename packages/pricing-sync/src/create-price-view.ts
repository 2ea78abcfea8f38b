import { accept, refuse } from '@omokit/core'
import type { NetResponse, Result } from '@omokit/core'
import { createReleaseView } from '@omokit/core/documents'
import type { HeldRelease, ReleaseView, ReleaseViewOptions } from '@omokit/core/documents'
import { priceLists } from './bind-prices'
import type { PriceContext } from './bind-prices'

/** What {@link createPriceView} gets from the one that follows releases. */
export interface PriceViewOptions extends Omit<ReleaseViewOptions, 'chunks'> {
  /** Asks the hub, by path. */
  readonly send: (path: string) => Promise<NetResponse>
  readonly active: () => HeldRelease | undefined
  readonly next: () => HeldRelease | undefined
}

/** A view, and how `prepare` of a pricing sync fills it. */
export interface PriceView extends ReleaseView {
  prepare(skus: readonly string[], context: PriceContext): Promise<Result<number>>
}

/** Holds a view of releases: for the option `view` of `createPricingSync`. */
export function createPriceView({ send, active, next, ...options }: PriceViewOptions): PriceView {
  const view = createReleaseView({
    ...options,
    chunks: (names) =>
      send(`/v1/chunks?names=${names.join()}`).then(
        ({ status, text }) => (status === 200 ? text : undefined),
        () => undefined,
      ),
  })
  return {
    ...view,
    async prepare(skus, context) {
      const held = active()
      if (!held) return refuse('no-release')
      const books = priceLists(context)
        .concat('floor')
        .map((list) => `price/${list}`)
      // the scheduled release first: what it drops for want of room the one in force gets back
      const scheduled = next()
      if (scheduled) await view.bring(scheduled, books, skus)
      const missing = await view.bring(held, books, skus)
      return missing === undefined ? accept(held.header.version) : refuse('not-held', { have: missing })
    },
  }
}
