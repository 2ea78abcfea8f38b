import { createSlimWebPorts } from '@omokit/core/web'
import { checkOptions } from '../check-options'
import { createOmokitCore as createOn, type CoreOptions, type OmokitCore } from '../core'

/** Options of {@link createOmokitCore} on a page. */
export interface WebCoreOptions extends CoreOptions {
  readonly brand: string
  /** Tells two uses by one brand apart, default "main". */
  readonly instance?: string
}

/** Names of {@link CoreOptions} and the page's own. */
export const coreNames = 'brand instance hub key place shared hold session plugins limits onIssue'

/**
 * Events and identity on a page, without prices and coupons: the small one. Loads on a server too; there it does nothing.
 *
 * @example
 * const shop = createOmokitCore({ brand: 'demo', hub: 'https://hub.example', key: 'pk_live_demo_…' })
 * await shop.consent.grantAll()
 * shop.track('Product Viewed', { sku: 'cola' })
 */
export function createOmokitCore(options: WebCoreOptions): OmokitCore {
  checkOptions(options, coreNames)
  return createOn({ ...options, ports: createSlimWebPorts(options) })
}
