import { fileURLToPath } from 'node:url'
import type { FactBody, FactDraft } from '@omokit/core'
import { createAlipayLayer, createWechatLayer, type Layer, type LayerOptions } from '@omokit/core/testing/layers'
import type { Campaign } from '@omokit/tracker'
import type { MiniCapture, MiniCaptureOptions } from '@omokit/tracker/mini'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'

type Config = Readonly<Record<string, (this: unknown, ...values: unknown[]) => unknown>>

/** A mini-program that is started: what it was made of, and what it told. */
interface Program {
  readonly told: [string, FactBody][]
  readonly mini: MiniCapture
  app(config: object): Config
  page(config: object, route: string): { call(hook: string, value?: unknown): unknown; readonly config: Config }
}

/** A tracker inside the layer, whose campaign is asked as the docs show. */
function createTrackerIn(
  open: (options: LayerOptions) => Layer,
  enter: NonNullable<LayerOptions['enter']>,
): { readonly layer: Layer; readonly stored: FactDraft[]; view(name: string): Promise<unknown> } {
  const layer = open({ enter })
  const stored: FactDraft[] = []
  const { createTracker, campaign } = layer.load(visit) as typeof import('@omokit/tracker') & { campaign(): Campaign | undefined }
  let now = Date.UTC(2026, 5, 1)
  const clock = { read: () => ({ now: (now += 2000), device: now, mono: now, source: 'device' }) as const, observe: () => undefined, floor: () => undefined }
  const outbox = {
    append: (draft: FactDraft) => Promise.resolve({ stream: 's', seq: stored.push(draft) }),
    flush: () => Promise.resolve({ sent: 0, acked: 0, pending: 0, quarantined: 0 }),
  }
  const tracker = createTracker({ outbox, clock, who: () => ({}), may: () => true, session: { campaign } })
  return { layer, stored, view: (name) => tracker.track('Screen Viewed', { name }) }
}

let code = ''
let visit = ''
beforeAll(async () => {
  const text = `export { createTracker } from '@omokit/tracker'
    import { campaignFrom } from '@omokit/tracker/campaign'
    export const campaign = () => campaignFrom((typeof wx === 'undefined' ? my : wx).getEnterOptionsSync())`
  visit = await bundle({ text, dir: fileURLToPath(new URL('.', import.meta.url)) })
  code = await bundle({ file: fileURLToPath(new URL('../src/mini/index.ts', import.meta.url)) })
})

describe.each([
  ['wechat', createWechatLayer],
  ['alipay', createAlipayLayer],
] as const)('a mini-program in the layer of %s', (_, open: (options?: LayerOptions) => Layer) => {
  function start(more: Partial<MiniCaptureOptions> = {}): Program {
    const { trackMini } = open().load(code) as { trackMini(options: MiniCaptureOptions): MiniCapture }
    const told: [string, FactBody][] = []
    const track = (event: string, body: FactBody): Promise<undefined> => {
      told.push([event, body])
      return Promise.resolve(undefined)
    }
    const mini = trackMini({ tracker: { track }, ...more })
    return {
      told,
      mini,
      app: (config) => mini.app(config) as Config,
      page(config, route) {
        const made = mini.page(config) as Config
        return { config: made, call: (hook, value) => made[hook]?.call({ route, data: 1 }, value) }
      },
    }
  }

  it('tells of screens as they are shown, and of codes it was entered by', () => {
    const { told, app, page } = start()
    const launched: unknown[] = []
    const config = app({ globalData: 1, onLaunch: (entry: unknown) => launched.push(entry), onShow: (entry: unknown) => launched.push(entry) })
    config['onLaunch']?.({ scene: 1047 })
    config['onShow']?.({ scene: 1047, query: { scene: encodeURIComponent('c=9&s=0042') } })
    config['onShow']?.({ scene: 1089, query: {} })
    const product = page({ onShow: () => launched.push('own') }, 'pages/product')
    product.call('onShow')
    product.call('onShow')
    expect(launched).toHaveLength(5)
    expect(config).toMatchObject({ globalData: 1 })
    expect(told).toEqual([
      ['QR Scanned', { code: '9', scene: '1047', storeId: '0042' }],
      ['Screen Viewed', { name: 'pages/product' }],
      ['Screen Viewed', { name: 'pages/product' }],
    ])
  })

  it('tells of shares with what the page answers, and gives no page a share it does not have', () => {
    const { told, page } = start()
    const own = { title: '茶', path: '/pages/product?sku=1' }
    const product = page({ onShareAppMessage: () => own, onShareTimeline: () => ({ title: '茶' }) }, 'pages/product')
    expect(product.call('onShareAppMessage', { from: 'menu' })).toBe(own)
    product.call('onShareTimeline')
    expect(Object.keys(page({}, 'pages/plain').config)).toEqual(['onShow'])
    expect(told).toEqual([
      ['Content Shared', { content: 'pages/product', to: 'friend' }],
      ['Content Shared', { content: 'pages/product', to: 'timeline' }],
    ])
  })

  it('takes the brand’s names of screens and shares', () => {
    const { told, page } = start({
      screen: ({ route }) => (route === 'pages/secret' ? undefined : `screen ${route}`),
      shared: (_page, share) => (share ? { event: 'Product Shared', body: { sku: String(share.title) } } : undefined),
    })
    page({}, 'pages/secret').call('onShow')
    page({}, 'pages/open').call('onShow')
    const shared = page({ onShareAppMessage: () => ({ title: 'TEA006' }), onShareTimeline: () => undefined }, 'pages/open')
    shared.call('onShareAppMessage')
    shared.call('onShareTimeline')
    expect(told).toEqual([
      ['Screen Viewed', { name: 'screen pages/open' }],
      ['Product Shared', { sku: 'TEA006', to: 'friend' }],
    ])
  })

  it('begins a visit where it was entered, and another at another code', async () => {
    const track = createTrackerIn(open, { scene: 1058, query: { utm_source: 'post' } })
    await track.view('a')
    track.layer.hide()
    track.layer.show({ scene: 1089, query: {} })
    await track.view('b')
    track.layer.hide()
    track.layer.show({ scene: 1047, query: { scene: encodeURIComponent('p=door') } })
    await track.view('c')
    expect(track.stored.map(({ kind, body }) => (kind === 'Session Started' ? body['campaign'] : body['name']))).toEqual([
      { source: 'post', scene: '1058' },
      'a',
      'b',
      { placement: 'door', scene: '1047' },
      'c',
    ])
  })

  it('keeps to itself what goes wrong in it, leaves what the page throws, and ends', () => {
    const angry = (): never => {
      throw new Error('host')
    }
    const broken = start({ screen: angry, shared: angry, tracker: { track: angry } })
    const page = broken.page({ onShareAppMessage: () => 'mine' }, 'pages/a')
    expect(page.call('onShow')).toBeUndefined()
    expect(page.call('onShareAppMessage')).toBe('mine')
    expect(() => broken.app({ onShow: () => undefined })['onShow']?.({ query: { scene: 'x' } })).not.toThrow()
    const sound = start()
    expect(() => sound.page({ onShow: angry }, 'pages/a').call('onShow')).toThrow('host')
    const plain = sound.page({ onShow: () => 'own' }, 'pages/a')
    sound.mini.off()
    expect(plain.call('onShow')).toBe('own')
    expect(sound.told).toEqual([])
  })
})
