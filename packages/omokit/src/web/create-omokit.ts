import { createWebPorts } from '@omokit/core/web'
import { checkOptions } from '../check-options'
import { createOmokit as createOn, type Omokit, type OmokitOptions } from '../omokit'
import { coreNames, type WebPlace } from './create-omokit-core'

/** Options of {@link createOmokit} on a page. */
export interface WebOptions extends OmokitOptions, WebPlace {}

/**
 * All of omokit on a page: events, member, prices, coupons.
 *
 * @example
 * const shop = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'pk_live_demo_…', keys })
 * await shop.start()
 * const quote = shop.quote({ currency: 'CNY', channel: 'web', lines: [{ id: '1', sku: 'cola', qty: 2 }] })
 */
export function createOmokit(options: WebOptions): Omokit {
  checkOptions(options, coreNames + ' keys store currency')
  return createOn({ ...options, ports: createWebPorts(options) })
}
