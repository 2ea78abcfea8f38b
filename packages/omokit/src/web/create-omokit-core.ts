import { createShopperOutbox, createShopperPorts, type ShopperOutbox, type ShopperOutboxOptions, type ShopperPorts } from '@omokit/core/page'
import type { IdentityOptions } from '@omokit/identity'
import { checkOptions } from '../check-options'
import { composeCore } from '../compose-core'
import type { CoreOptions, OmokitCore } from '../core'

/** Whose page it is. */
export interface WebPlace {
  readonly brand: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
}

/** Options of {@link createOmokitCore} on a page. */
export interface WebCoreOptions extends WebPlace, Omit<CoreOptions, 'limits'>, Pick<IdentityOptions, 'codes'>, Pick<ShopperOutboxOptions, 'limits'> {}

/** Names of {@link CoreOptions} and the page's own. */
export const coreNames = 'brand instance hub key place shared hold session plugins limits onIssue'

/**
 * Events and identity on a page, without prices and coupons: the small one. Loads on a server too; there it does nothing.
 * It keeps no trade but receipts of consent, and member codes only with the option `codes: createMemberCodes`.
 *
 * @example
 * const shop = createOmokitCore({ brand: 'demo', hub: 'https://hub.example', key: 'pk_live_demo_…' })
 * await shop.consent.grantAll()
 * shop.track('Product Viewed', { sku: 'cola' })
 */
export function createOmokitCore(options: WebCoreOptions): OmokitCore<ShopperPorts, ShopperOutbox> {
  checkOptions(options, coreNames + ' codes')
  const ports = createShopperPorts(options)
  return composeCore(Object.assign({}, options, { ports }), (clock) => createShopperOutbox(Object.assign({}, options, { ports, clock })))
}
