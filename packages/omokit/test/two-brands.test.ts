import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import { createPureCrypto } from '@omokit/core/ed25519'
import { createAlipayLayer, createWechatLayer, type Layer, type LayerServer } from '@omokit/core/testing/layers'
import { serve, type ServedHub } from '@omokit/hub'
import { createOmokit, type Till } from 'omokit'
import type { MiniOmokit } from 'omokit/wechat'
import { createTill } from 'omokit/node'
import type { Quote } from '@omokit/rules'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundle } from '../../../scripts/engines/bundle'
import { judgeAgain, judgeHub, judgeKept, judgeLive } from './two-brands/judge'
import { twoBrandHub, type TwoBrandHub } from './two-brands/two-brand-hub'
import { basket, twoShoppers, twoShoppersAgain, type BrandName, type BrandSeat, type OpenShop } from './two-brands/two-shoppers'

let two: TwoBrandHub
beforeEach(async () => (two = await twoBrandHub()))
afterEach(() => two.close())

describe.each(['wechat', 'alipay'] as const)('two brands in one %s mini-program', (host) => {
  let code: string
  beforeAll(async () => (code = await bundle({ file: fileURLToPath(new URL(`../src/${host}/index.ts`, import.meta.url)) })))

  const server: LayerServer = async ({ url, method, headers, body }) => {
    const answer = await two.hub.fetch(new Request(url, { method, headers, ...(body !== undefined && { body }) }))
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
  }
  /** One copy of the code for both brands, as a mini-program has it. */
  const shopsIn = (layer: Layer): OpenShop => {
    const preset = layer.load(code) as { readonly createOmokit: (options: object) => MiniOmokit }
    return ({ brand, publishable, keys }, instance) => preset.createOmokit({ brand, hub: 'http://hub', key: publishable, keys, ...(instance && { instance }) })
  }
  const keptIn = (layer: Layer): string[] => Array.from(layer.storage.entries, (entry) => JSON.stringify(entry))

  it('never meet: storage, streams, members, releases, locks, commands; nor when one goes, nor after a kill', async () => {
    const layer = (host === 'wechat' ? createWechatLayer : createAlipayLayer)({ server, taken: 4 * 1_048_576 })
    const live = await twoShoppers(shopsIn(layer), two.seats)
    judgeLive(live)
    judgeKept(keptIn(layer), live)
    layer.kill()
    await two.publish('north-brand', 1500)
    const next = layer.relaunch()
    judgeAgain(live, await twoShoppersAgain(shopsIn(next), two.seats))
    judgeKept(keptIn(next), live)
    await judgeHub(two, live)
  })
})

describe('two brands in one till process', () => {
  let dir: string
  let served: ServedHub
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'omokit-two-brands-'))
    served = await serve(two.hub)
  })
  afterEach(async () => {
    await served.close()
    rmSync(dir, { recursive: true, force: true })
  })

  const value = <T>(result: { readonly ok: boolean }): T => {
    expect(result).toMatchObject({ ok: true })
    return (result as unknown as { value: T }).value
  }
  const code = (result: { readonly ok: boolean }): unknown => (result as unknown as { issues?: readonly { code: string }[] }).issues?.[0]?.code
  const tillOf = ({ brand, terminal, keys }: BrandSeat): Till =>
    createTill({ brand, dir, hub: served.url, key: terminal, keys, storeId: '0001', workstationId: '1' })
  /** A coupon of that brand in its member's wallet. */
  const claimed = async ({ brand, publishable, keys, token }: BrandSeat): Promise<{ item: string; token: string }> => {
    const ports = createMemoryPorts({
      brand,
      device: createMemoryDevice(),
      crypto: createPureCrypto(),
      net: (url, init) => two.hub.fetch(new Request(url, init)),
    })
    const shopper = createOmokit({ ports, hub: 'http://hub', key: publishable, keys })
    value(await shopper.consent.grantAll())
    value(await shopper.login({ member: 'm-1', token }))
    value(await shopper.coupons.claim('spring'))
    const [coupon] = value<readonly { item: string; token: string }[]>(await shopper.coupons.list())
    await shopper.flush()
    await shopper.stop()
    return coupon as { item: string; token: string }
  }
  const names: readonly BrandName[] = ['north-brand', 'south-brand']
  const files = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? files(join(folder, name)) : [join(folder, name)]))

  it('never meet: files, journals, releases, coupons, leases, receipts, locks; nor when the folder of one is thrown away', async () => {
    const coupons = { 'north-brand': await claimed(two.seats['north-brand']), 'south-brand': await claimed(two.seats['south-brand']) }
    const tills = names.map((brand) => ({ brand, till: tillOf(two.seats[brand]), coupon: coupons[brand] }))
    const [north, south] = tills as [(typeof tills)[0], (typeof tills)[0]]
    for (const { till } of tills) await till.start()
    for (const { till } of tills) await till.pricing.waitFor(1)
    const quoteOf = (till: Till, item: string): Quote =>
      value<Quote>(till.quote({ ...basket, channel: 'till', storeId: '0001', coupons: [{ coupon: 'spring', item }] }))
    expect(tills.map(({ till, coupon }) => quoteOf(till, coupon.item).totals.pay)).toEqual([900, 6900])
    for (const { till, brand } of tills) await till.track('Product Viewed', { sku: `${brand}-sku` })
    for (const { till, coupon } of tills) value(await till.offline.acquireLease({ kind: 'item', id: coupon.item, qty: 1 }, { coupon: 'spring' }))

    const sale = ({ item, token }: { item: string; token: string }, order = 'o-1') => ({ order, coupon: 'spring', item, token, amount: 100, member: 'm-1' })
    expect(code(await north.till.redeem(sale(south.coupon, 'o-0')))).toMatch(/brand-mismatch|bad-token|not-found|not-available/)
    expect(code(await south.till.redeem(sale(north.coupon, 'o-0')))).toMatch(/brand-mismatch|bad-token|not-found|not-available/)
    const receipts: { receiptNo: string }[] = []
    for (const { till, coupon } of tills) {
      const redeemed = value<never>(await till.redeem(sale(coupon)))
      receipts.push(value(await till.issueReceipt({ order: 'o-1', quote: quoteOf(till, coupon.item), redemptions: [redeemed], member: 'm-1' })))
    }
    expect(receipts.map(({ receiptNo }) => receiptNo)).toEqual(['0001-1-1', '0001-1-1'])
    const lock = await north.till.ports.locks.hold('same name', async () => south.till.ports.locks.ifFree('same name', async () => true))
    expect(lock).toBe(true)
    await north.till.ports.kv.set('same name', 'north wrote this')
    expect(await south.till.ports.kv.get('same name')).toBeNull()
    const lists = await Promise.all(tills.map(({ till }) => till.ports.log.list()))
    expect(lists[0]?.filter((stream) => lists[1]?.includes(stream))).toEqual([])
    for (const { till } of tills) expect(await till.flush()).toMatchObject({ pending: 0, quarantined: 0 })
    for (const { till } of tills) await till.stop()

    const own = (brand: BrandName): string[] => files(dir).filter((file) => file.includes(brand))
    expect(own('north-brand').length).toBeGreaterThan(2)
    expect(files(dir).filter((file) => file.includes('north-brand') === file.includes('south-brand'))).toEqual([])
    for (const [brand, other] of [names, [...names].reverse()] as [BrandName, BrandName][])
      for (const file of own(brand)) for (const mark of [other, coupons[other].item]) expect(readFileSync(file, 'latin1')).not.toContain(mark)

    for (const name of readdirSync(dir)) if (name.includes('north-brand')) rmSync(join(dir, name), { recursive: true })
    await two.publish('north-brand', 1500)
    const again = names.map((brand) => tillOf(two.seats[brand]))
    const [newNorth, sameSouth] = again as [Till, Till]
    for (const till of again) await till.start()
    for (const till of again) await till.pricing.refresh()
    expect(again.map((till) => till.pricing.version())).toEqual([2, 1])
    const quote = quoteOf(sameSouth, coupons['south-brand'].item)
    expect(quote.totals.pay).toBe(6900)
    expect(value<{ receiptNo: string }>(await sameSouth.issueReceipt({ order: 'o-1', quote })).receiptNo).toBe('0001-1-1')
    expect(value<{ receiptNo: string }>(await sameSouth.issueReceipt({ order: 'o-2', quote })).receiptNo).toBe('0001-1-2')
    expect(code(await sameSouth.redeem(sale(coupons['south-brand'], 'o-3')))).toBe('already-redeemed')
    expect((await newNorth.outbox.stats()).streams.filter(({ stream }) => lists[0]?.includes(stream))).toEqual([])
    for (const till of again) expect(await till.flush()).toMatchObject({ pending: 0, quarantined: 0 })
    for (const till of again) await till.stop()

    for (const [brand, other] of [names, [...names].reverse()] as [BrandName, BrandName][]) {
      const [facts, printed] = await two.store.tx(brand, async (trx) => [
        await trx.selectFrom('facts').select(['stream', 'text']).where('brand', '=', brand).execute(),
        await trx.selectFrom('receipts').select('order_id').where('brand', '=', brand).execute(),
      ])
      const text = facts.map((fact) => fact.text).join('\n')
      expect(text.match(new RegExp(`${brand}-sku`, 'g'))).toHaveLength(1)
      for (const mark of [other, coupons[other].item]) expect(text).not.toContain(mark)
      expect(printed.map(({ order_id }) => order_id).sort()).toEqual(brand === 'north-brand' ? ['o-1'] : ['o-1', 'o-2'])
    }
  })
})
