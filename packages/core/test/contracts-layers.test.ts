import { fileURLToPath } from 'node:url'
import type { Ports } from '@omokit/core'
import type { createAlipayPorts } from '@omokit/core/alipay'
import { contractAnswer, contracts } from '@omokit/core/testing'
import type { PortHarness } from '@omokit/core/testing'
import { createAlipayLayer, createDouyinLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { Layer, LayerOptions, LayerServer } from '@omokit/core/testing/layers'
import type { createWechatPorts } from '@omokit/core/wechat'
import { beforeAll, describe, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'

const entry = (name: string): string => fileURLToPath(new URL(`../src/${name}/index.ts`, import.meta.url))
const code: Record<string, string> = {}
beforeAll(async () => {
  for (const name of ['wechat', 'alipay']) code[name] = await bundle({ file: entry(name) })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The contract server without a socket; only addresses below its own are answered. */
const server: LayerServer = async ({ url, method, headers, body = '' }) => {
  if (!url.startsWith('https://hub/')) throw new Error('connection refused')
  const answer = contractAnswer({ method, headers, body, bytes: Buffer.byteLength(body), path: url.slice('https://hub'.length) })
  if (answer.delay) await pause(answer.delay)
  if (answer.end !== 'end') throw new Error('cut')
  return {
    status: answer.status,
    headers: Object.assign({}, ...Object.entries(answer.headers).map(([name, value]) => ({ [name.toLowerCase()]: value }))),
    text: answer.pieces.join(''),
  }
}

type Adapter = { readonly createWechatPorts: typeof createWechatPorts } & { readonly createAlipayPorts: typeof createAlipayPorts }

const layerOf = { wechat: createWechatLayer, alipay: createAlipayLayer, douyin: createDouyinLayer }

function harness(host: keyof typeof layerOf, options: LayerOptions): PortHarness {
  const make = (running: Layer): ((options?: { brand?: string; instance?: string }) => Ports) => {
    const adapter = running.load(code[host === 'alipay' ? host : 'wechat'] as string) as Adapter
    if (host === 'alipay') return (options) => adapter.createAlipayPorts({ brand: 'demo', ...options })
    return (options) => adapter.createWechatPorts({ brand: 'demo', platform: host, ...options })
  }
  let layer = layerOf[host]({ server, taken: 4_000_000, ...options })
  let open = make(layer)
  return {
    url: 'https://hub',
    open: (options) => open(options),
    restart() {
      layer = layer.relaunch()
      open = make(layer)
      return open()
    },
    fill: async () => {
      const { storage } = layer
      const { taken } = storage
      storage.taken += 10_485_760 - storage.used() - 60_000
      return () => void (storage.taken = taken)
    },
    world: {
      hide: () => layer.hide(),
      show: () => layer.show(),
      online: (_, online) => layer.online(online),
    },
  }
}

const layers: readonly [string, keyof typeof layerOf, LayerOptions][] = [
  ['wechat', 'wechat', {}],
  ['wechat with text for a status and without randomness', 'wechat', { statusAsString: true, noRandom: true }],
  ['alipay', 'alipay', {}],
  ['alipay with text for a status and an error for a missing key', 'alipay', { statusAsString: true, absentIsError: true }],
  ['douyin (unverified)', 'douyin', {}],
]

for (const [name, host, options] of layers) {
  for (const [port, cases] of Object.entries(contracts)) {
    describe(`${name} ${port} in its layer`, () => {
      for (const each of cases) it(each.name, () => each.run(harness(host, options)))
    })
  }
}
