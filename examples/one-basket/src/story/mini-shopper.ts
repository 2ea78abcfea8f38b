import type { Net } from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import { createAlipayLayer, createWechatLayer, type Layer, type LayerServer } from '@omokit/core/testing/layers'
import type { MiniOmokit } from 'omokit/wechat'
import { bundle } from '../../../../scripts/engines/bundle'
import { brand } from '../brand/brand'
import type { OwnStream } from './tally'

/** The mini-program hosts of the story. */
export type MiniHost = 'wechat' | 'alipay'

/** Options of {@link startMini}. */
export interface MiniOptions {
  readonly host: MiniHost
  /** Base URL of the hub and the network that leads there. */
  readonly hub: string
  readonly net: Net
  readonly key: string
  readonly keys: readonly SigningKey[]
}

/** A shopper's mini-program in a simulated logic layer, with 4 MB of its storage taken by its own data. */
export interface MiniShopper {
  readonly host: MiniHost
  /** The running layer: another one after each kill. */
  layer(): Layer
  /** omokit in that layer. */
  shop(): MiniOmokit
  /** The host ends it at once; the shopper opens it again, on what storage holds. */
  killAndReopen(): Promise<void>
  readonly kills: () => number
  /** To the background for longer than the host lets its code run, and back. */
  away(): Promise<void>
  /** Its streams, read from storage by a fresh start. */
  ownStreams(): Promise<readonly OwnStream[]>
}

/** Milliseconds from hide to freeze: five seconds on a phone, which nobody waits for in a story. */
const freezeAfter = 100

/** Opens the mini-program: the very file that a build would put into it, bundled for ES2017, in a layer without anything a phone lacks. */
export async function startMini({ host, hub, net, key, keys }: MiniOptions): Promise<MiniShopper> {
  const code = await bundle({ text: `export { createOmokit } from 'omokit/${host}'`, dir: import.meta.dirname })
  const server: LayerServer = ({ url, method, headers, body }) =>
    net.send({ url, method: method as 'GET', headers, timeoutMs: 60_000, ...(body !== undefined && { body }) })
  let kills = 0
  let layer = (host === 'wechat' ? createWechatLayer : createAlipayLayer)({ server, taken: 4 * 1_048_576, freezeAfter })
  const open = (): MiniOmokit =>
    (layer.load(code) as { readonly createOmokit: (options: object) => MiniOmokit }).createOmokit({ brand, hub, key, keys, currency: 'CNY' })
  let shop = open()
  const reopen = (): void => {
    kills++
    layer = layer.relaunch()
    shop = open()
  }
  await shop.start()
  return {
    host,
    layer: () => layer,
    shop: () => shop,
    async killAndReopen() {
      reopen()
      await shop.start()
    },
    async away() {
      layer.hide()
      await new Promise((resolve) => setTimeout(resolve, freezeAfter * 2))
      if (!layer.frozen) throw new Error(`${host} did not freeze in the background`)
      layer.show()
    },
    kills: () => kills,
    async ownStreams() {
      await shop.stop()
      reopen()
      kills--
      const { streams } = await shop.outbox.stats()
      await shop.stop()
      return streams.map(({ stream, head }) => ({ stream, head }))
    },
  }
}
