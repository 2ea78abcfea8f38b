import { createWechatPorts, type PrivacyState } from '@omokit/core/wechat'
import { checkOptions } from '../check-options'
import { createMini, miniNames, type MiniOmokit, type MiniOptions } from '../mini/create-mini'
import { afterPrivacy } from './after-privacy'

/** Options of {@link createOmokit} in a WeChat mini-program. */
export interface WechatOptions extends MiniOptions {
  /** Default "wechat". Douyin is taken to behave as WeChat does; nobody has verified it. */
  readonly platform?: 'wechat' | 'douyin'
  /**
   * Default true: consent is refused (`no-consent`, path `privacy`) while WeChat says that its own question about the
   * mini-program's privacy terms is still open. `false` where people agree to those terms in a dialog of the mini-program's own.
   */
  readonly privacyFirst?: boolean
}

/** One shop in a WeChat mini-program. */
export interface WechatOmokit extends MiniOmokit {
  /** Whether the holder still has to agree to the mini-program's privacy terms; undefined where WeChat does not say. Asks nobody. */
  privacy(): Promise<PrivacyState | undefined>
}

/**
 * All of omokit in a WeChat mini-program: events, member, prices, coupons. Follows releases by asking once a minute, and
 * holds a view of them: `quote` fetches what it lacks. Make it once, in `app.js`. The hub's domain must stand in the mini-program's list of request domains.
 *
 * @example
 * const shop = createOmokit({ brand: 'demo', hub: 'https://hub.example', key: 'pk_live_demo_…', keys })
 * await shop.start()
 */
export function createOmokit(options: WechatOptions): WechatOmokit {
  checkOptions(options, miniNames + ' platform privacyFirst')
  const { brand, instance, platform, privacyFirst = true } = options
  const ports = createWechatPorts({ brand, ...(instance && { instance }), ...(platform && { platform }) })
  const shop = createMini(options, ports)
  const { privacy } = ports
  if (!privacyFirst) return { ...shop, privacy }
  const consent = afterPrivacy(shop.consent, privacy)
  return { ...shop, consent, identity: { ...shop.identity, consent }, privacy }
}
