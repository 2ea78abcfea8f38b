import { OmoError, type Clock, type Issue } from '@omokit/core'
import { fromGa4, fromSegment } from '@omokit/core/maps'
import { createTracker, type Tracker, type TrackerPlugin } from '@omokit/tracker'
import {
  createDestination,
  dataLayerDestination,
  ga4Destination,
  segmentDestination,
  sensorsDestination,
  youshuDestination,
} from '@omokit/tracker/destinations'
import { describe, expect, it } from 'vitest'
import { recordingOutbox } from './recording-outbox'

const clock: Clock = {
  read: () => ({ now: 1_780_000_000_000, device: 1_780_000_000_000, mono: 1, source: 'device' }),
  observe: () => undefined,
  floor: () => undefined,
}
const granted = new Set<string>()
const shop = (...plugins: TrackerPlugin[]): { readonly tracker: Tracker; readonly issues: Issue[]; readonly outbox: ReturnType<typeof recordingOutbox> } => {
  const outbox = recordingOutbox()
  const issues: Issue[] = []
  granted.clear()
  granted.add('analytics').add('marketing')
  const who = (): { anonId: string; userId: string } => ({ anonId: 'a1', userId: 'm1' })
  return {
    outbox,
    issues,
    tracker: createTracker({ outbox, clock, who, may: (purpose) => granted.has(purpose), plugins, onIssue: (issue) => issues.push(issue) }),
  }
}
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
const order = { order: 'o-1', currency: 'CNY', total: 17_600, coupons: ['WELCOME20'], products: [{ sku: 'TEA006', price: 8800, quantity: 2 }] } as const

describe('a destination', () => {
  it('gets what was stored, under the purpose it needs, and no ids of ours', async () => {
    const calls: unknown[] = []
    const { tracker, outbox } = shop(
      ga4Destination({ gtag: (...call) => calls.push(call), purpose: 'marketing', only: ['Product Viewed', 'Order Completed'], currency: 'CNY' }),
    )
    await tracker.track('Product Viewed', { sku: 'TEA006', price: 8800, currency: 'CNY' })
    await tracker.track('x:Other')
    granted.delete('marketing')
    await tracker.track('Product Viewed', { sku: 'MUG001' })
    await settled()
    expect(calls).toEqual([['event', 'view_item', { currency: 'CNY', items: [{ item_id: 'TEA006', price: 88 }] }]])
    expect(JSON.stringify(calls)).not.toMatch(/a1|m1/)
    outbox.failWith = new OmoError('quota', 'full')
    granted.add('marketing')
    await tracker.track('Order Completed', order)
    await settled()
    expect(calls).toHaveLength(1)
  })

  it('that throws, rejects, never answers or cannot say an amount harms nobody and is told by its name', async () => {
    const got: string[] = []
    const map = (event: { readonly kind: string }): { readonly ok: true; readonly value: { readonly message: string; readonly lost: readonly string[] } } => ({
      ok: true,
      value: { message: event.kind, lost: [] },
    })
    const failing = (name: string, send: () => unknown): TrackerPlugin =>
      createDestination({ name, purpose: 'analytics', only: ['Order Completed'], map, send })
    const { tracker, issues } = shop(
      failing('throws', () => {
        throw new TypeError('gtag is not defined')
      }),
      failing('rejects', () => Promise.reject(new Error('network'))),
      failing('hangs', () => new Promise(() => undefined)),
      failing('limits', () => {
        throw new OmoError('rate-limited', 'slow down')
      }),
      ga4Destination({ gtag: () => got.push('ga4'), purpose: 'analytics' }),
      createDestination({ name: 'sound', purpose: 'analytics', only: ['Order Completed'], map, send: (kind) => got.push(kind) }),
    )
    const ref = await tracker.track('Order Completed', { ...order, currency: 'yuan' })
    await settled()
    expect([ref, got]).toEqual([{ stream: 's', seq: 2 }, ['ga4', 'Order Completed']])
    expect(issues.map(({ code, path }) => `${path}: ${code}`).sort()).toEqual([
      'ga4: unknown-currency',
      'limits: rate-limited',
      'rejects: unavailable',
      'throws: unavailable',
    ])
  })
})

describe('the words of', () => {
  it('GA4 and Segment say an order that is read back as the same', async () => {
    const gtag: (readonly [string, string, object])[] = []
    const segment: (readonly [string, object])[] = []
    const { tracker } = shop(
      ga4Destination({ gtag: (...call) => gtag.push(call), purpose: 'analytics', only: ['Order Completed'] }),
      segmentDestination({ analytics: { track: (...call) => segment.push(call), page: (...call) => segment.push(['page', ...call]) }, purpose: 'analytics' }),
    )
    await tracker.track('Order Completed', order)
    await tracker.track('Page Viewed', { path: '/tea' })
    await tracker.track('Screen Viewed', { name: 'till' })
    await settled()
    expect(fromGa4({ events: gtag.map(([, name, params]) => ({ name, params })) })).toEqual({
      ok: true,
      value: { events: [{ kind: 'Order Completed', body: order }] },
    })
    const [, [event, properties] = [], page, screen] = segment
    expect(fromSegment({ type: 'track', event, properties })).toMatchObject({ ok: true, value: { events: [{ kind: 'Order Completed', body: order }] } })
    expect([page, screen]).toEqual([
      ['page', { path: '/tea' }],
      ['Screen Viewed', { name: 'till' }],
    ])
  })

  it('Tag Manager stand in the layer, items under ecommerce after it was emptied', async () => {
    const layer: object[] = []
    const { tracker } = shop(dataLayerDestination({ layer, purpose: 'analytics', only: ['Product Viewed', 'Products Searched'] }))
    await tracker.track('Product Viewed', { sku: 'TEA006' })
    await tracker.track('Products Searched', { query: '茶' })
    await settled()
    expect(layer).toEqual([{ ecommerce: null }, { event: 'view_item', ecommerce: { items: [{ item_id: 'TEA006' }] } }, { event: 'search', search_term: '茶' }])
  })

  it('神策 and 有数 go to their own SDKs; what 有数 has no name for stays here', async () => {
    const sensors: unknown[] = []
    const youshu: unknown[] = []
    const { tracker, issues } = shop(
      sensorsDestination({ sensors: { track: (...call) => sensors.push(call) }, purpose: 'analytics' }),
      youshuDestination({ sr: { track: (...call) => youshu.push(call) }, purpose: 'analytics', level: () => 3 }),
    )
    await tracker.track('Product Added', { sku: 'TEA006', quantity: 1 })
    await settled()
    expect(sensors).toEqual([
      ['SessionStarted', {}],
      ['ProductAdded', { sku: 'TEA006', quantity: 1 }],
    ])
    expect(youshu).toEqual([['add_to_cart', { sku: { sku_id: 'TEA006' }, action_type: 'append_to_cart', sku_num: 3 }]])
    expect(issues).toEqual([])
  })

  it('ids go along only where that is asked for', async () => {
    const seen: object[] = []
    const { tracker } = shop(
      createDestination({
        name: 'own',
        purpose: 'analytics',
        only: ['x:a'],
        ids: true,
        map: (event) => ({ ok: true, value: { message: event, lost: [] } }),
        send: (event) => seen.push(event),
      }),
    )
    await tracker.track('x:a', { n: 1 })
    await settled()
    expect(seen).toEqual([{ kind: 'x:a', body: { n: 1, anonId: 'a1', userId: 'm1' }, id: 's.2' }])
  })
})
