import { createWechatPorts, type PrivacyState } from '@omokit/core/wechat'
import { checkOptions } from '../check-options'
import { createMini, miniNames, type MiniOptions } from '../mini/create-mini'
import type { Omokit } from '../omokit'

/** Options of {@link createOmokit} in a WeChat mini-program. */
export interface WechatOptions extends MiniOptions {
  /** Default "wechat". Douyin is taken to behave as WeChat does; nobody has verified it. */
  readonly platform?: 'wechat' | 'douyin'
}

/** One shop in a WeChat mini-program. */
export interface WechatOmokit extends Omokit {
  /** Whether the holder still has to agree to the mini-program's privacy terms; undefined where WeChat does not say. Asks nobody. */
  privacy(): Promise<PrivacyState | undefined>
}

/**
 * All of omokit in a WeChat mini-program: events, member, prices, coupons. Follows releases by asking once a minute. Make
 * it once, in `app.js`. The hub's domain must stand in the mini-program's list of request domains.
 *
 * @example
 * const shop = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'pk_live_demo_…', keys })
 * await shop.start()
 */
export function createOmokit(options: WechatOptions): WechatOmokit {
  checkOptions(options, miniNames + ' platform')
  const { brand, instance, platform } = options
  const ports = createWechatPorts({ brand, ...(instance && { instance }), ...(platform && { platform }) })
  return { ...createMini(options, ports), privacy: ports.privacy }
}
