import { OmoError } from '../issues'
import { createMiniPorts } from '../mini/mini-ports'
import type { MiniPortsOptions } from '../mini/mini-ports'
import type { MiniHost } from '../mini/mini-host'
import type { Ports } from '../ports'
import type { Wx } from './wx'
import { wxHost } from './wx-host'

/** Options of {@link createWechatPorts}. */
export interface WechatPortsOptions extends MiniPortsOptions {
  /**
   * Default "wechat". Hosts may look like one another: the one named here is used, `wx` or, for Douyin, `tt`. Douyin is
   * taken to behave as WeChat does where its calls have the same names; nobody has verified it.
   */
  readonly platform?: 'wechat' | 'douyin'
}

/** Whether the holder of this device still has to agree to the mini-program's privacy terms. */
export interface PrivacyState {
  readonly needsAuthorization: boolean
  /** Name of the terms, to be shown with the question. */
  readonly contract: string
}

/** Ports of a WeChat mini-program. */
export interface WechatPorts extends Ports {
  /**
   * Reads WeChat's privacy state; undefined on clients that have none (base library below 2.32.3). Asks nobody anything:
   * the question, and the listener for it, which WeChat has only one of, stay with the mini-program.
   */
  privacy(): Promise<PrivacyState | undefined>
}

declare const wx: Wx | undefined
declare const tt: Wx | undefined

/**
 * The ports of a WeChat mini-program's logic layer: its storage (1 MB a key, 10 MB in all, shared with the mini-program),
 * `wx.request` (any status answers; four at a time of WeChat's ten), hide and show, randomness. Creating them touches
 * nothing. Load this module once per mini-program: locks and logs are shared by what one copy of it makes.
 *
 * An `append` is stored when it returns. There are no server-sent events (poll) and no `crypto`: pass `createPureCrypto()`
 * of `@omokit/core/ed25519`.
 *
 * @example
 * const ports = createWechatPorts({ brand: 'demo' })
 */
export function createWechatPorts(options: WechatPortsOptions): WechatPorts {
  const { platform = 'wechat' } = options
  let made: MiniHost | undefined
  const host = (): MiniHost => (made = made || wxHost(hostObject(platform), platform === 'douyin' ? 'string' : 'text'))
  const ports = createMiniPorts(options, platform, host)
  return {
    ...ports,
    env: ports.env,
    privacy: () =>
      new Promise((resolve) => {
        const { getPrivacySetting } = hostObject(platform)
        if (!getPrivacySetting) return resolve(undefined)
        getPrivacySetting({
          success: ({ needAuthorization, privacyContractName }) => resolve({ needsAuthorization: needAuthorization, contract: privacyContractName }),
          fail: () => resolve(undefined),
        })
      }),
  }
}

function hostObject(platform: 'wechat' | 'douyin'): Wx {
  const found = platform === 'douyin' ? (typeof tt === 'undefined' ? undefined : tt) : typeof wx === 'undefined' ? undefined : wx
  if (!found) throw new OmoError('unavailable', `this is no ${platform} mini-program`)
  return found
}
