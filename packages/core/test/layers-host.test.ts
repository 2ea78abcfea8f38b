import { fileURLToPath } from 'node:url'
import { codeOf } from '@omokit/core'
import type { Ports } from '@omokit/core'
import { createManualClock } from '@omokit/core/memory'
import { createAlipayLayer, createDouyinLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { Layer, LayerOptions, LayerServer } from '@omokit/core/testing/layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'

const code: Record<string, string> = {}
beforeAll(async () => {
  for (const name of ['wechat', 'alipay']) code[name] = await bundle({ file: fileURLToPath(new URL(`../src/${name}/index.ts`, import.meta.url)) })
})

const wechat = (layer: Layer, more: object = {}): Ports =>
  (layer.load(code['wechat'] as string) as { createWechatPorts(options: object): Ports }).createWechatPorts({ brand: 'demo', ...more })
const alipay = (layer: Layer): Ports =>
  (layer.load(code['alipay'] as string) as { createAlipayPorts(options: object): Ports }).createAlipayPorts({ brand: 'demo' })
const both: readonly [string, (options?: LayerOptions) => Layer, (layer: Layer) => Ports][] = [
  ['wechat', createWechatLayer, wechat],
  ['alipay', createAlipayLayer, alipay],
]
const status =
  (answer: number): LayerServer =>
  () =>
    Promise.resolve({ status: answer, headers: {}, text: 'text' })
const codeOfFault = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'resolved', codeOf)

describe.each(both)('the %s adapter', (_, open, ports) => {
  it('touches nothing when made, and tells the language when asked', () => {
    const layer = open()
    const made = ports(layer)
    expect([layer.storage.writes, layer.network.sent]).toEqual([0, 0])
    expect(made.env.language).toMatch(/^zh-/)
  })

  it('says unavailable at first use where the host is missing', async () => {
    const other = open === createWechatLayer ? createAlipayLayer() : createWechatLayer()
    expect(await codeOfFault(ports(other).kv.get('k'))).toBe('unavailable')
  })

  it('keeps four requests in the air and leaves the host its own', async () => {
    let flying = 0
    const layer = open({ server: () => new Promise((resolve) => setTimeout(() => resolve({ status: 200, headers: {}, text: String(flying++) }), 5)) })
    const { net } = ports(layer)
    const answers = await Promise.all(Array.from({ length: 30 }, () => net.send({ url: 'https://hub/', method: 'GET' })))
    expect(answers).toHaveLength(30)
    expect(layer.network.most).toBe(4)
  })

  it("does not hold up the mini-program's own six requests, nor they it", async () => {
    const arrived: string[] = []
    const layer = open({ server: ({ url }) => (arrived.push(url), new Promise(() => undefined)) })
    const host = (layer.load('exports.host = typeof wx === "undefined" ? my : wx') as { host: { request(option: object): void } }).host
    const { net } = ports(layer)
    for (let i = 0; i < 6; i++) {
      void net.send({ url: 'https://hub/', method: 'GET' }).catch(() => undefined)
      host.request({ url: 'https://own/' })
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect([arrived.filter((url) => url === 'https://hub/').length, arrived.filter((url) => url === 'https://own/').length]).toEqual([4, 6])
    layer.kill()
  })

  it('tells a storage that does not answer from one that is empty, and begins nothing anew', async () => {
    const layer = open()
    const made = ports(layer)
    await made.kv.set('k', 'v')
    await made.log.open('s').append(1, ['one'])
    const later = ports(layer.relaunch())
    layer.storage.failing = true
    for (const work of [later.kv.get('k'), later.kv.set('k', 'w'), later.kv.del('k'), later.kv.keys(''), later.log.open('s').append(1, ['other'])])
      expect(await codeOfFault(work)).toBe('unavailable')
    layer.storage.failing = false
    expect(await later.kv.get('k')).toBe('v')
    expect(await codeOfFault(later.log.open('s').append(1, ['other']))).toBe('stream-fork')
  })

  it('frees the places of requests that were never answered', async () => {
    const clock = createManualClock()
    let silent = true
    const layer = open({ clock, server: () => (silent ? new Promise(() => undefined) : status(200)({ url: '', method: 'GET', headers: {}, body: undefined })) })
    const { net } = ports(layer)
    const faults = Array.from({ length: 6 }, () => codeOfFault(net.send({ url: 'https://hub/', method: 'GET', timeoutMs: 1_000 })))
    await clock.advance(2_000)
    expect(await Promise.all(faults)).toEqual(Array.from({ length: 6 }, () => 'timeout'))
    silent = false
    expect((await net.send({ url: 'https://hub/', method: 'GET' })).status).toBe(200)
  })

  it('waits at most 60 seconds, whatever is asked for', async () => {
    const clock = createManualClock()
    const fault = codeOfFault(
      ports(open({ clock, server: () => new Promise(() => undefined) })).net.send({ url: 'https://hub/', method: 'GET', timeoutMs: 900_000 }),
    )
    await clock.advance(60_000)
    expect(await fault).toBe('timeout')
  })

  it('stands still five seconds after hide; what was in flight then failed', async () => {
    const clock = createManualClock()
    const layer = open({ clock, server: () => new Promise(() => undefined) })
    const made = ports(layer)
    const heard: string[] = []
    made.life.onHide(() => heard.push('hide'))
    made.life.onShow(() => heard.push('show'))
    void codeOfFault(made.net.send({ url: 'https://hub/', method: 'GET', timeoutMs: 50_000 })).then((fault) => heard.push(String(fault)))
    made.timer.after(4_000, () => heard.push('4 s'))
    made.timer.after(6_000, () => heard.push('6 s'))
    layer.hide()
    await clock.advance(30_000)
    expect([heard, layer.frozen]).toEqual([['hide', '4 s'], true])
    layer.show()
    await clock.advance(1)
    expect(heard.slice().sort()).toEqual(['4 s', '6 s', 'hide', 'show', 'unavailable'])
  })

  it('takes a memory warning for a farewell', () => {
    const layer = open()
    let farewells = 0
    const off = ports(layer).life.onHide(() => void farewells++)
    layer.memoryWarning()
    off()
    layer.memoryWarning()
    expect(farewells).toBe(1)
  })

  it('runs nothing any more once killed', async () => {
    const clock = createManualClock()
    const layer = open({ clock, server: status(200) })
    const made = ports(layer)
    let runs = 0
    made.timer.after(10, () => void runs++)
    const answer = made.net.send({ url: 'https://hub/', method: 'GET' }).then(
      () => void runs++,
      () => void runs++,
    )
    layer.kill()
    await Promise.race([answer, clock.advance(100_000)])
    expect(await codeOfFault(made.kv.set('k', 'v'))).toBe('unavailable')
    expect([runs, layer.storage.entries.size]).toEqual([0, 0])
  })
})

describe('randomness', () => {
  it("is the host's where it has some, drawn in one call for many ids, and is called weak where it has none", async () => {
    expect(wechat(createWechatLayer()).entropy.strength).toBe('secure')
    for (const { entropy } of [wechat(createWechatLayer({ noRandom: true })), alipay(createAlipayLayer())]) {
      expect((await entropy.fill(16)).length).toBe(16)
      expect(entropy.strength).toBe('weak')
    }
  })
})

describe('an HTTP error in Alipay', () => {
  it('is an answer where the client passes it on, and no answer where it does not', async () => {
    expect((await alipay(createAlipayLayer({ server: status(503) })).net.send({ url: 'https://hub/', method: 'GET' })).status).toBe(503)
    expect(await codeOfFault(alipay(createAlipayLayer({ server: status(503), bareErrors: true })).net.send({ url: 'https://hub/', method: 'GET' }))).toBe(
      'unavailable',
    )
  })
})

describe('the platform', () => {
  /** A host that was not asked for: touching it is a mistake. */
  const stranger = new Proxy(
    {},
    {
      get: (_, name) => {
        throw new Error(`the other host was asked for ${String(name)}`)
      },
    },
  )

  it('is the one that is named: Douyin is not taken for WeChat', async () => {
    const douyin = wechat(createWechatLayer(), { platform: 'douyin' })
    expect(douyin.env.platform).toBe('douyin')
    expect(await codeOfFault(douyin.kv.get('k'))).toBe('unavailable')
  })

  it('is WeChat unless it is named', async () => {
    expect(await codeOfFault(wechat(createDouyinLayer()).kv.get('k'))).toBe('unavailable')
  })

  it.each([
    ['douyin', () => createDouyinLayer({ beside: { wx: stranger }, server: status(204) }), { platform: 'douyin' }],
    ['wechat', () => createWechatLayer({ beside: { tt: stranger }, server: status(204) }), { platform: 'wechat' }],
    ['wechat', () => createWechatLayer({ beside: { tt: stranger }, server: status(204) }), {}],
  ] as const)('is %s where wx and tt stand side by side', async (platform, open, options) => {
    const layer = open()
    const ports = wechat(layer, options)
    expect(ports.env.platform).toBe(platform)
    await ports.kv.set('k', 'v')
    await ports.log.open('s').append(1, ['one'])
    expect(layer.storage.entries.size).toBe(2)
    expect((await ports.net.send({ url: 'https://hub/', method: 'GET' })).status).toBe(204)
    expect((await ports.entropy.fill(16)).length).toBe(16)
    expect(ports.entropy.strength).toBe(platform === 'douyin' ? 'weak' : 'secure')
    ports.life.onHide(() => undefined)()
    expect(ports.env.language).toBe(platform === 'douyin' ? undefined : 'zh-CN')
  })
})
