import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Issue } from '@omokit/core'
import type { Basket, Quote } from '@omokit/rules'
import { seal } from '@omokit/rules/seal'
import { createOmokit, createServer, createTill, type Till } from 'omokit'
import { oneHub, type OneHub } from './one-hub'

let one: OneHub
beforeAll(async () => (one = await oneHub()))
afterAll(() => one.close())

const basket = (channel: Basket['channel'], more: Partial<Basket> = {}): Basket => ({
  currency: 'CNY',
  channel,
  lines: [
    { id: '1', sku: 'soap', qty: 2 },
    { id: '2', sku: 'cola', qty: 1 },
  ],
  ...more,
})
const value = <T>(result: { readonly ok: boolean }): T => {
  expect(result).toMatchObject({ ok: true })
  return (result as unknown as { value: T }).value
}
const code = (result: { readonly ok: boolean }): unknown => (result as { issues?: readonly Issue[] }).issues?.[0]?.code
const token = async (member: string): Promise<string> => ((await one.call('POST', '/v1/members/token', { member })).body as { token: string }).token

describe('one shop on one hub', () => {
  it('gives the same price and the same seal on web, till and server', async () => {
    const web = createOmokit({ ports: one.device().ports, hub: 'http://hub', key: one.publishable, keys: one.keys })
    const till = createTill({ ports: one.device().ports, hub: 'http://hub', key: one.terminal, keys: one.keys, storeId: '0042', workstationId: '1' })
    const server = createServer({ ports: one.device().ports, hub: 'http://hub', key: one.secret, keys: one.keys })
    const seals = new Set<string>()
    for (const shop of [web, till, server]) {
      await shop.start()
      await shop.pricing.waitFor(1)
      const quote = value<Quote>(shop.quote(basket('till', { coupons: [{ coupon: 'spring' }] })))
      expect([quote.release, quote.totals.pay]).toEqual([1, Math.round(4330 * 0.9) - 500])
      seals.add(seal(quote).hash)
      await shop.stop()
    }
    expect(seals.size).toBe(1)
  })

  it('follows prices before a choice without keeping or telling anything', async () => {
    const { ports, device, requests } = one.device()
    const web = createOmokit({ ports, hub: 'http://hub', key: one.publishable, keys: one.keys })
    await web.start()
    await web.pricing.waitFor(1)
    void web.track('Product Viewed', { sku: 'cola' })
    expect(web.quote(basket('web')).ok).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([device.kv.size, device.logs.size]).toEqual([0, 0])
    expect(requests.filter((url) => !url.includes('/v1/releases'))).toEqual([])
    await web.consent.deny()
    await web.flush()
    expect((await web.outbox.stats()).streams.map((stream) => [stream.lane, stream.acked])).toEqual([['trade', 1]])
    const before = requests.length
    void web.track('Product Viewed', { sku: 'cola' })
    await web.flush()
    expect(requests.length).toBe(before)
    await web.stop()
  })

  it('claims on the web, redeems on an offline till that is killed, and refuses the second use everywhere', async () => {
    const web = createOmokit({ ports: one.device().ports, hub: 'http://hub', key: one.publishable, keys: one.keys })
    await web.start()
    await web.consent.grantAll()
    expect(value(await web.login({ member: 'm1', token: await token('m1') }))).toEqual({ linked: true })
    void web.track('Coupon Claimed', { coupon: 'spring' })
    expect(value(await web.coupons.offered())).toEqual([{ id: 'spring', name: 'Spring', rule: 'spring', perMember: 1 }])
    const claimed = value<{ item: string }>(await web.coupons.claim('spring'))
    expect(value(await web.coupons.claim('spring'))).toEqual(claimed)
    const [wallet] = value<{ item: string; token: string; state: string }[]>(await web.coupons.list())
    expect(wallet).toMatchObject({ item: claimed.item, state: 'available' })
    const shown = value<{ code: string }>(await web.identity.memberCode())
    expect((await web.flush()).quarantined).toBe(0)

    const { ports, device } = one.device()
    const options = { hub: 'http://hub', key: one.terminal, keys: one.keys, storeId: '0042', workstationId: '1' }
    const till = createTill({ ...options, ports })
    await till.start()
    await till.pricing.waitFor(1)
    till.shift({ businessDay: '2026-06-01', operatorId: 'c7' })
    expect(value(await till.readMember(shown.code))).toMatchObject({ member: 'm1' })
    value(await till.offline.acquireLease({ kind: 'item', id: claimed.item, qty: 1 }, { coupon: 'spring' }))
    ports.host.online(false)
    const coupon = { coupon: 'spring', item: claimed.item }
    const quote = value<never>(till.quote(basket('till', { storeId: '0042', coupons: [coupon] })))
    const sale = { order: 'o1', ...coupon, token: wallet?.token as string, amount: 500, member: 'm1' }
    const redeemed = value<{ item: string; offline: boolean }>(await till.redeem(sale))
    expect(redeemed).toMatchObject({ item: claimed.item, offline: true })
    const receipt = value<{ receiptNo: string }>(
      await till.issueReceipt({ order: 'o1', quote, redemptions: [redeemed as never], member: 'm1', tender: [{ method: 'cash', amount: 3397 }] }),
    )
    expect(receipt.receiptNo).toBe('0042-1-1')
    expect(code(await till.redeem({ ...sale, order: 'o2' }))).toBe('already-redeemed')

    ports.host.kill()
    const again = one.device(device)
    again.ports.host.online(false)
    const restarted = createTill({ ...options, ports: again.ports })
    expect(await restarted.redeem(sale)).toEqual({ ok: true, value: redeemed })
    expect(await restarted.issueReceipt({ order: 'o1', quote })).toEqual({ ok: true, value: receipt })
    expect(value<{ receiptNo: string }>(await restarted.issueReceipt({ order: 'o2', quote })).receiptNo).toBe('0042-1-2')
    expect(code(await web.coupons.hold('o9', [coupon]))).toBe('already-held')

    again.ports.host.online(true)
    const report = await restarted.flush()
    expect(report).toMatchObject({ pending: 0, quarantined: 0 })
    expect(code(await web.coupons.hold('o9', [coupon], { attempt: '2' }))).toBe('already-redeemed')
    const second: Till = createTill({ ...options, ports: one.device().ports, workstationId: '2' })
    expect(code(await second.redeem({ ...sale, order: 'o3' }))).toBe('already-redeemed')
    const persons = (await one.call('GET', '/v1/reports/persons')).body
    expect(JSON.stringify(persons)).toContain('m1')
    expect((await one.call('GET', '/v1/reports/findings')).body).toMatchObject({ findings: [] })
    await web.stop()
    await restarted.stop()
  })
})
