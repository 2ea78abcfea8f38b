import { fileURLToPath } from 'node:url'
import { createManualClock } from '@omokit/core/memory'
import type { Layer, LayerOptions, LayerServer } from '@omokit/core/testing/layers'
import { createAlipayLayer, createDouyinLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { Basket, Quote } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { createOmokit } from 'omokit'
import type { createOmokit as createAlipay } from 'omokit/alipay'
import type { createOmokit as createWechat, WechatOmokit } from 'omokit/wechat'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'
import { oneHub, type OneHub } from './one-hub'

const hosts = ['wechat', 'alipay'] as const
const code: Record<string, string> = {}
let one: OneHub

beforeAll(async () => {
  for (const host of hosts) code[host] = await bundle({ file: fileURLToPath(new URL(`../src/${host}/index.ts`, import.meta.url)) })
  one = await oneHub()
})
afterAll(() => one.close())

const basket: Basket = {
  currency: 'CNY',
  channel: 'miniprogram',
  lines: [
    { id: '1', sku: 'soap', qty: 2 },
    { id: '2', sku: 'cola', qty: 1 },
  ],
}
const value = <T>(result: { readonly ok: boolean }): T => {
  expect(result).toMatchObject({ ok: true })
  return (result as unknown as { value: T }).value
}
const toHub = (): { readonly server: LayerServer; readonly paths: string[]; readonly bodies: string[] } => {
  const paths: string[] = []
  const bodies: string[] = []
  return {
    paths,
    bodies,
    async server({ url, method, headers, body }) {
      const address = new URL(url)
      paths.push(address.pathname)
      bodies.push(body ?? '')
      const answer = await one.hub.fetch(new Request(url, { method, headers, ...(body !== undefined && { body }) }))
      const found: Record<string, string> = {}
      answer.headers.forEach((text, name) => (found[name] = text))
      return { status: answer.status, headers: found, text: await answer.text() }
    },
  }
}
const open = (host: 'wechat' | 'alipay', options: LayerOptions): Layer => (host === 'wechat' ? createWechatLayer : createAlipayLayer)(options)
const shopIn = (layer: Layer, host: 'wechat' | 'alipay', more: object = {}): WechatOmokit => {
  const preset = layer.load(code[host] as string) as { readonly createOmokit: typeof createWechat & typeof createAlipay }
  return preset.createOmokit({ brand: 'demo', hub: 'http://hub', key: one.publishable, keys: one.keys, ...more })
}

describe.each(hosts)('the %s preset', (host) => {
  it('prices as the server does, claims, and stores nothing before a choice', async () => {
    const { server, paths } = toHub()
    const layer = open(host, { server, taken: 4_000_000 })
    const shop = shopIn(layer, host)
    await shop.start()
    await shop.pricing.waitFor(1)
    shop.track('Product Viewed', { sku: 'soap' })
    expect(layer.storage.writes).toBe(0)
    expect(paths.filter((path) => !path.startsWith('/v1/releases'))).toEqual([])
    const reference = createOmokit({ ports: one.device().ports, hub: 'http://hub', key: one.publishable, keys: one.keys })
    await reference.start()
    await reference.pricing.waitFor(1)
    const hash = (quoted: { readonly ok: boolean }): string => seal(value<Quote>(quoted)).hash
    const instant = Date.now()
    expect(hash(await shop.quote(basket, instant))).toBe(hash(reference.quote(basket, instant)))
    await reference.stop()

    await shop.consent.grantAll()
    const { token } = (await one.call('POST', '/v1/members/token', { member: `m-${host}` })).body as { token: string }
    expect(await shop.login({ member: `m-${host}`, token })).toMatchObject({ ok: true })
    await shop.track('Product Viewed', { sku: 'soap' })
    value(await shop.coupons.claim('spring'))
    expect(await shop.flush()).toMatchObject({ pending: 0, quarantined: 0 })
    await shop.stop()
  })

  it('keeps what was tracked through a kill, and prices offline after it', async () => {
    const { server, bodies } = toHub()
    const layer = open(host, { server, taken: 4_000_000 })
    const shop = shopIn(layer, host)
    await shop.consent.grantAll()
    await shop.start()
    await shop.pricing.waitFor(1)
    value<Quote>(await shop.quote(basket))
    await shop.pricing.save()
    layer.online(false)
    await shop.track('Product Viewed', { sku: 'cola' })
    const again = layer.relaunch()
    again.online(false)
    const late = shopIn(again, host)
    await late.start()
    value<Quote>(await late.quote(basket))
    again.online(true)
    const report = await late.flush()
    expect(report).toMatchObject({ pending: 0, quarantined: 0 })
    expect(bodies.filter((body) => body.includes('Product Viewed')).length).toBeGreaterThan(0)
    await late.stop()
  })

  it('keeps two brands in one mini-program apart', async () => {
    const layer = open(host, { server: toHub().server })
    const shops = ['demo', 'other'].map((brand) => shopIn(layer, host, { brand }))
    for (const shop of shops) await shop.consent.grantAll()
    const [a, b] = shops.map((shop) => shop.identity.ids().anonId)
    expect(a).toBeTruthy()
    expect(b).toBeTruthy()
    expect(a).not.toBe(b)
    for (const key of layer.storage.entries.keys()) expect(key).toMatch(/^omokit:(demo|other):main:/)
    await shops[0]?.stop()
    expect(await shops[1]?.ports.log.list()).not.toContain((await shops[0]?.ports.log.list())?.[0])
    await shops[1]?.stop()
  })

  it('refuses a misspelt option', () => {
    expect(() => shopIn(open(host, {}), host, { curency: 'CNY' })).toThrow('did you mean currency')
  })
})

describe('the wechat preset', () => {
  it('tells whether privacy terms are still to be agreed to, and leaves the question to the mini-program', async () => {
    const privacy = { needAuthorization: true, privacyContractName: '隐私保护指引' }
    expect(await shopIn(open('wechat', { privacy }), 'wechat').privacy()).toEqual({ needsAuthorization: true, contract: '隐私保护指引' })
    expect(await shopIn(open('wechat', {}), 'wechat').privacy()).toBeUndefined()
  })

  it('collects nothing while the privacy terms are not agreed to, whatever is granted meanwhile', async () => {
    const { server, paths } = toHub()
    const privacy = { needAuthorization: true, privacyContractName: '隐私保护指引' }
    const layer = open('wechat', { privacy, server })
    const shop = shopIn(layer, 'wechat')
    await shop.start()
    const refusal = { ok: false, issues: [{ code: 'no-consent', path: 'privacy', need: '隐私保护指引' }] }
    expect(await shop.consent.grantAll()).toEqual(refusal)
    expect(await shop.identity.consent.grant(['analytics'])).toEqual(refusal)
    await shop.track('Product Viewed', { sku: 'soap' })
    await shop.flush()
    expect([shop.consent.state(), layer.storage.writes]).toEqual(['unset', 0])
    expect(paths.filter((path) => !path.startsWith('/v1/releases'))).toEqual([])

    privacy.needAuthorization = false
    value(await shop.consent.grantAll())
    await shop.track('Product Viewed', { sku: 'soap' })
    expect((await shop.flush()).pending).toBe(0)
    expect(paths).toContain('/v1/facts')
    await shop.stop()
  })

  it('lets a no that comes while WeChat is asked stand', async () => {
    const layer = open('wechat', { server: toHub().server, privacy: { needAuthorization: false, privacyContractName: 'p' } })
    const shop = shopIn(layer, 'wechat')
    const [granted, denied] = await Promise.all([shop.consent.grantAll(), shop.consent.deny()])
    expect([granted.ok, denied.ok, shop.consent.state()]).toEqual([false, true, 'denied'])
    await shop.stop()
  })

  it("leaves the terms to the mini-program's own dialog where it says so", async () => {
    const layer = open('wechat', { server: toHub().server, privacy: { needAuthorization: true, privacyContractName: 'p' } })
    const shop = shopIn(layer, 'wechat', { privacyFirst: false })
    value(await shop.consent.grantAll())
    await shop.stop()
  })

  it('runs in Douyin where its calls are the same (unverified), beside a wx that is not asked', async () => {
    const { server, paths } = toHub()
    const wx = new Proxy({}, { get: (_, name) => expect.unreachable(`wx.${String(name)}`) })
    const shop = shopIn(createDouyinLayer({ server, beside: { wx } }), 'wechat', { platform: 'douyin' })
    await shop.start()
    await shop.pricing.waitFor(1)
    value<Quote>(await shop.quote(basket))
    value(await shop.consent.grantAll())
    await shop.track('Product Viewed', { sku: 'soap' })
    expect(await shop.flush()).toMatchObject({ pending: 0, quarantined: 0 })
    expect(paths).toContain('/v1/facts')
    expect(shop.ports.env.platform).toBe('douyin')
    await shop.stop()
  })

  it('runs on a clock the layer is given', async () => {
    const clock = createManualClock()
    const shop = shopIn(open('wechat', { clock }), 'wechat')
    const before = shop.ports.time.now()
    await clock.advance(60_000)
    expect(shop.ports.time.now() - before).toBe(60_000)
    await shop.stop()
  })
})
