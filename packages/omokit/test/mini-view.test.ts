import { fileURLToPath } from 'node:url'
import type { Issue } from '@omokit/core'
import { createRandom } from '@omokit/core/testing'
import { createAlipayLayer, createWechatLayer } from '@omokit/core/testing/layers'
import type { Layer, LayerServer } from '@omokit/core/testing/layers'
import { toRows, type Basket } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { createOmokit, type Omokit } from 'omokit'
import type { createOmokit as createAlipay } from 'omokit/alipay'
import type { createOmokit as createWechat, WechatOmokit } from 'omokit/wechat'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'
import { oneHub, type OneHub } from './one-hub'

const hosts = ['wechat', 'alipay'] as const
const articles = 10_000
const code: Record<string, string> = {}
let one: OneHub
let version: number
/** The same shop with whole releases, as on the web. */
let web: Omokit

const sku = (i: number): string => (i % 5 < 3 ? `69${String(10_000_000_000 + i * 7919)}` : `ST${10_000 + i}-RED-M${i % 10}`)
/** A list with a row for one article in `each`. */
const list = (each: number, off: number): [string, number, number, number, string][] =>
  Array.from({ length: articles }, (_, i) => i)
    .filter((i) => i % each === 0)
    .map((i) => [sku(i), 990 + ((i * 37) % 9000) - off, 990 + ((i * 37) % 9000) + 500, 0, `t${i % 9},season-${i % 4}`])
const books = {
  'price/base': list(1, 0),
  'price/channel-miniprogram': list(1, 7),
  'price/tier-gold': list(1, 100),
  'price/store-0042': list(2, 50),
  'price/flash': list(50, 300),
  'price/floor': list(3, 900),
  'rules/base': toRows({
    rules: [
      { id: 'spring', kind: 'coupon', effects: [{ type: 'amountOff', per: 'order', amount: 500 }] },
      { id: 'ten-off', kind: 'promotion', effects: [{ type: 'percentOff', on: 'order', percent: 10, filter: { tags: ['t1', 't2', 't3'] } }] },
      { id: 'three-for-two', kind: 'promotion', effects: [{ type: 'buyXGetY', buy: 2, get: 1, pick: 'cheapest', filter: { tags: ['season-1'] } }] },
      { id: 'full', kind: 'promotion', effects: [{ type: 'tieredOff', tiers: [{ from: 20_000, amount: 1500 }] }] },
    ],
  }).map(([id, text]): [string, string] => [id, text]),
}

beforeAll(async () => {
  for (const host of hosts) code[host] = await bundle({ file: fileURLToPath(new URL(`../src/${host}/index.ts`, import.meta.url)) })
  one = await oneHub()
  version = await one.publish(books)
  web = createOmokit({ ports: one.device().ports, hub: 'http://hub', key: one.publishable, keys: one.keys })
  await web.start()
  await web.pricing.waitFor(version)
})
afterAll(async () => {
  await web.stop()
  await one.close()
})

interface Wire {
  readonly server: LayerServer
  /** What was asked, and how many characters came back. */
  readonly asked: { readonly path: string; readonly status: number; readonly size: number }[]
  bend: (path: string, text: string) => string
}

function wire(): Wire {
  const it: Wire = {
    asked: [],
    bend: (_, text) => text,
    async server({ url, method, headers, body }) {
      const { pathname, search } = new URL(url)
      const answer = await one.hub.fetch(new Request(url, { method, headers, ...(body !== undefined && { body }) }))
      const found: Record<string, string> = {}
      answer.headers.forEach((text, name) => (found[name] = text))
      const text = it.bend(pathname, await answer.text())
      const size = [url, JSON.stringify(headers), JSON.stringify(found), text].reduce((sum, part) => sum + part.length, 0)
      it.asked.push({ path: pathname + search, status: answer.status, size })
      return { status: answer.status, headers: found, text }
    },
  }
  return it
}

const layerOf = (host: 'wechat' | 'alipay', server: LayerServer): Layer =>
  (host === 'wechat' ? createWechatLayer : createAlipayLayer)({ server, taken: 4_000_000 })

async function shopIn(layer: Layer, host: 'wechat' | 'alipay', issues: string[] = [], more: object = {}): Promise<WechatOmokit> {
  const preset = layer.load(code[host] as string) as { readonly createOmokit: typeof createWechat & typeof createAlipay }
  const onIssue = ({ code }: Issue): void => void issues.push(code)
  const shop = preset.createOmokit({ brand: 'demo', hub: 'http://hub', key: one.publishable, keys: one.keys, onIssue, ...more })
  await shop.consent.grantAll()
  await shop.start()
  return shop
}

function randomBasket(seed: number): Basket {
  const { below, chance } = createRandom(seed)
  return {
    currency: 'CNY',
    channel: 'miniprogram',
    lines: Array.from({ length: 1 + below(12) }, (_, i) => ({ id: String(i), sku: sku(below(articles)), qty: 1 + below(3) })),
    ...(chance(0.4) && { tier: 'gold' }),
    ...(chance(0.3) && { storeId: '0042' }),
  }
}
const basketOf = (...skus: string[]): Basket => ({
  currency: 'CNY',
  channel: 'miniprogram',
  lines: skus.map((each, i) => ({ id: String(i), sku: each, qty: 1 })),
})
const oursIn = (layer: Layer): number => layer.storage.used() - layer.storage.taken

describe.each(hosts)('a view in the %s layer', (host) => {
  it('gives 200 random baskets over 10,000 articles the seals of the web, in at most 1 MB', async () => {
    const { server, asked } = wire()
    const layer = layerOf(host, server)
    const issues: string[] = []
    const shop = await shopIn(layer, host, issues)
    await shop.pricing.waitFor(version)
    const instant = Date.now()
    let equal = 0
    let most = 0
    for (let seed = 1; seed <= 200; seed++) {
      const basket = randomBasket(seed)
      const [here, there] = [await shop.quote(basket, instant), web.quote(basket, instant)]
      if (here.ok && there.ok && seal(here.value).hash === seal(there.value).hash) equal++
      most = Math.max(most, oursIn(layer))
    }
    expect([equal, issues]).toEqual([200, []])
    expect(layer.storage.peak).toBeLessThan(1_000_000)
    expect(most).toBeGreaterThan(600_000)
    expect(asked.some(({ path }) => path.indexOf('/pack') > 0)).toBe(false)
    const names = asked.filter(({ path }) => path.startsWith('/v1/chunks')).flatMap(({ path }) => path.slice('/v1/chunks?names='.length).split(','))
    // more was asked for than fits: some were dropped, and fetched again
    expect(names.length).toBeGreaterThan(new Set(names).size)
    await shop.stop()
  })

  it('prices offline what it holds, also after a relaunch, and says which article it does not', async () => {
    const { server } = wire()
    const layer = layerOf(host, server)
    const shop = await shopIn(layer, host)
    await shop.pricing.waitFor(version)
    const held = basketOf(sku(3), sku(4444))
    const instant = Date.now()
    const online = await shop.quote(held, instant)
    expect(shop.pricing.price(sku(3), { channel: 'miniprogram' })).toEqual(web.pricing.price(sku(3), { channel: 'miniprogram' }))
    const again = layer.relaunch()
    again.online(false)
    const late = await shopIn(again, host)
    const offline = await late.quote(held, instant)
    expect(online.ok && offline.ok && [seal(offline.value).hash, offline.value.release]).toEqual([online.ok && seal(online.value).hash, version])
    const other = sku(7123)
    expect(await late.quote(basketOf(sku(3), other))).toMatchObject({ ok: false, issues: [{ code: 'not-held', have: other }] })
    expect(await late.pricing.prepare([other])).toMatchObject({ ok: false, issues: [{ code: 'not-held', have: other }] })
    expect(late.pricing.price(other)).toBeUndefined()
    again.online(true)
    expect(await late.quote(basketOf(sku(3), other), instant)).toMatchObject({ ok: true })
    await late.stop()
  })

  it('asks for at most a kilobyte when it is current, and for little when one price changed', async () => {
    const { server, asked } = wire()
    const layer = layerOf(host, server)
    const shop = await shopIn(layer, host)
    await shop.pricing.waitFor(version)
    await shop.quote(basketOf(sku(5)))
    asked.length = 0
    expect(await shop.pricing.refresh()).toMatchObject({ ok: true, value: version })
    expect(asked.map(({ status }) => status)).toEqual([304])
    expect(asked[0]?.size).toBeLessThan(1000)
    asked.length = 0
    const changed = books['price/base'].map((row): [string, number, number, number, string] => (row[0] === sku(5) ? [row[0], 1, row[2], row[3], row[4]] : row))
    version = await one.publish({ ...books, 'price/base': changed, 'price/channel-miniprogram': books['price/channel-miniprogram'].slice(1) })
    expect(await shop.pricing.refresh()).toMatchObject({ ok: true, value: version })
    expect(asked.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(20_000)
    await web.pricing.refresh()
    layer.online(false)
    // what was shown before can be shown now, at the new price
    const instant = Date.now()
    const [here, there] = [await shop.quote(basketOf(sku(5)), instant), web.quote(basketOf(sku(5)), instant)]
    expect(here.ok && there.ok && seal(here.value).hash).toBe(there.ok && seal(there.value).hash)
    await shop.stop()
  })

  it('keeps its release through forged answers, and refuses rather than prices from a forged bucket', async () => {
    const w = wire()
    const layer = layerOf(host, w.server)
    const issues: string[] = []
    const shop = await shopIn(layer, host, issues)
    await shop.pricing.waitFor(version)
    w.bend = (path, text) => (path === '/v1/chunks' ? text.replace(/",\d{4},/g, '",1000,') : text)
    expect(await shop.quote(basketOf(sku(6)))).toMatchObject({ ok: false, issues: [{ code: 'not-held', have: sku(6) }] })
    expect(issues).toContain('bad-hash')
    w.bend = (_, text) => text
    expect(await shop.quote(basketOf(sku(6)))).toMatchObject({ ok: true })
    w.bend = (path, text) => (path === '/v1/releases/view' ? text.replace('"release","all",', '"release","all",1') : text)
    version = await one.publish(books)
    expect(await shop.pricing.refresh()).toMatchObject({ ok: false })
    expect(shop.pricing.version()).toBe(version - 1)
    w.bend = (_, text) => text
    expect(await shop.pricing.refresh()).toMatchObject({ ok: true, value: version })
    await web.pricing.refresh()
    await shop.stop()
  })

  it('holds whole releases when it is told to', async () => {
    const { server, asked } = wire()
    const layer = layerOf(host, server)
    const shop = await shopIn(layer, host, [], { releases: 'whole' })
    await shop.pricing.waitFor(version)
    layer.online(false)
    const instant = Date.now()
    const basket = randomBasket(1)
    const [here, there] = [await shop.quote(basket, instant), web.quote(basket, instant)]
    expect(here.ok && there.ok && seal(here.value).hash).toBe(there.ok && seal(there.value).hash)
    expect(asked.some(({ path }) => path.startsWith('/v1/releases/view') || path.startsWith('/v1/chunks'))).toBe(false)
    await shop.stop()
  })
})
