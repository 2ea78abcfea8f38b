import { createAlipayPorts } from '@omokit/core/alipay'
import { checkOptions } from '../check-options'
import { createMini, miniNames, type MiniOmokit, type MiniOptions } from '../mini/create-mini'

/** Options of {@link createOmokit} in an Alipay mini-program. */
export interface AlipayOptions extends MiniOptions {}

/**
 * All of omokit in an Alipay mini-program: events, member, prices, coupons. Follows releases by asking once a minute, and
 * holds a view of them: `quote` fetches what it lacks. Make it once, in `app.js`. The hub's domain must stand in the mini-program's white list.
 *
 * @example
 * const shop = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'pk_live_demo_…', keys })
 * await shop.start()
 */
export function createOmokit(options: AlipayOptions): MiniOmokit {
  checkOptions(options, miniNames)
  const { brand, instance } = options
  return createMini(options, createAlipayPorts({ brand, ...(instance && { instance }) }))
}
