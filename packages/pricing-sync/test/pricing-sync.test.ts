import { OmoError } from '@omokit/core'
import type { Issue } from '@omokit/core'
import { deltaOf, pack } from '@omokit/core/documents'
import type { ReleaseDraft, ReleaseTexts, Row } from '@omokit/core/documents'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import type { MemoryDevice, MemoryPorts } from '@omokit/core/memory'
import { createPricingSync } from '@omokit/pricing-sync'
import type { PricingSync, PricingSyncOptions } from '@omokit/pricing-sync'
import { describe, expect, it } from 'vitest'
import { epoch, fakeHub, nodeCrypto, publisher, testClock } from './fake-hub'
import type { FakeHub, TestClock } from './fake-hub'

interface Rig {
  readonly sync: PricingSync
  readonly ports: MemoryPorts
  readonly clock: TestClock
  readonly hub: FakeHub
  readonly issues: string[]
  readonly changes: string[]
  readonly device: MemoryDevice
}

const brandKey = publisher()
const rows = (cola = 500): Row[] => [
  ['6901', cola],
  ['6902', 1200, 1500],
  ['6903', 900, 0, epoch + 300],
]

function rig(options: Partial<PricingSyncOptions> & { hub2?: FakeHub; device?: MemoryDevice; at?: number; stream?: boolean; testClock?: TestClock } = {}): Rig {
  const { hub2, device = createMemoryDevice(), at, stream, testClock: given, ...more } = options
  const clock = given || testClock(at)
  const hub = hub2 || fakeHub(stream !== false)
  const ports = createMemoryPorts({ brand: 'acme', device, net: hub, time: clock.manual.time, timer: clock.manual.timer, crypto: nodeCrypto })
  const issues: string[] = []
  const changes: string[] = []
  const sync = createPricingSync({
    ports,
    clock,
    hub: 'http://hub',
    key: 'pk_test_acme_x',
    keys: [brandKey.key],
    onIssue: (issue: Issue) => issues.push(issue.code),
    onChange: ({ version, state }) => changes.push(`${version} ${state}`),
    ...more,
  })
  return { sync, ports, clock, hub, issues, changes, device }
}

const first = (): Promise<ReleaseTexts> => brandKey.release(1, { 'price/base': rows() })
const second = (cola = 480, more: Partial<ReleaseDraft> = {}): Promise<ReleaseTexts> => brandKey.release(2, { 'price/base': rows(cola) }, more)
const settle = (r: Rig): Promise<void> => r.clock.manual.advance(0)

describe('following the hub', () => {
  it('goes from empty to the current release and takes deltas as they are pushed', async () => {
    const r = rig()
    expect(r.sync.state()).toBe('empty')
    r.hub.released.push(await first())
    await r.sync.start()
    await r.sync.waitFor(1)
    expect(r.sync.price('6901')).toEqual({ sku: '6901', price: 500, from: 'base' })
    r.hub.publish(await second())
    await r.sync.waitFor(2)
    expect(r.sync.price('6901')?.price).toBe(480)
    expect(r.sync.price('nothing')).toBeUndefined()
    expect(r.changes).toEqual(['0 empty', '1 fresh', '2 fresh'])
    expect(r.issues).toEqual([])
    expect(r.hub.requests.filter((request) => request.url.indexOf('/pack') > 0)).toHaveLength(1)
    r.sync.stop()
    expect(r.hub.streams).toHaveLength(0)
  })

  it('polls where there are no events, with one small request when current', async () => {
    const r = rig({ stream: false, pollMs: 30_000 })
    r.hub.released.push(await first())
    await r.sync.start()
    await settle(r)
    await r.sync.waitFor(1)
    r.hub.requests.length = 0
    await r.clock.manual.advance(30_000)
    expect(r.hub.requests.map(({ url, headers }) => [url, headers?.['if-none-match']])).toEqual([['http://hub/v1/releases/delta?from=1', '"1"']])
    r.hub.publish(await second())
    await r.clock.manual.advance(30_000)
    expect(r.sync.version()).toBe(2)
    r.sync.stop()
    r.hub.requests.length = 0
    await r.clock.manual.advance(300_000)
    expect(r.hub.requests).toHaveLength(0)
  })

  it('reconnects a dropped stream from the version it holds, with a growing pause', async () => {
    const r = rig()
    r.hub.released.push(await first())
    await r.sync.start()
    await r.sync.waitFor(1)
    r.hub.drop()
    r.hub.publish(await second())
    await r.clock.manual.advance(5000)
    expect(r.hub.streams.map(({ url }) => url)).toEqual(['http://hub/v1/releases/stream?since=2&key=pk_test_acme_x'])
    expect(r.sync.version()).toBe(2)
  })

  it('fetches the pack when a delta does not fit what it holds', async () => {
    const r = rig()
    const one = await first()
    r.hub.released.push(one)
    await r.sync.start()
    await r.sync.waitFor(1)
    const two = await second()
    const three = await brandKey.release(3, { 'price/base': [...rows(480), ['6904', 1]] })
    r.hub.released.push(two, three)
    const missed = deltaOf(two, three)
    r.hub.say('d', missed.ok ? missed.value : '')
    await r.sync.waitFor(3)
    expect(r.issues).toEqual(['base-lost'])
    expect(r.sync.price('6901')?.price).toBe(480)
  })

  it('keeps the last good release through errors, forgeries, empty and older answers', async () => {
    const r = rig({ stream: false })
    r.hub.released.push(await brandKey.release(5, { 'price/base': rows() }))
    expect(await r.sync.refresh()).toEqual({ ok: true, value: 5 })
    const stranger = publisher()
    const forged = await stranger.release(6, { 'price/base': rows(1) })
    const older = await brandKey.release(4, { 'price/base': rows(1) })
    const twice = await brandKey.release(5, { 'price/base': rows(1) })
    const emptied = await brandKey.release(6, { 'price/base': [['6901', 1]] })
    const ahead = await brandKey.release(2_000_000, { 'price/base': rows(1) })
    const strange = await brandKey.release(6, { 'price/base': rows(1) }, { features: ['quantum'] })
    const over = await brandKey.release(6, { 'price/base': rows(1) }, { validFrom: 1, refreshAfter: 2, expiresAt: 3 })
    const bad: [string, number, string][] = [
      ['unavailable', 500, ''],
      ['unavailable', 200, 'data: '],
      ['bad-signature', 200, pack(forged)],
      ['older-version', 200, pack(older)],
      ['equivocation', 200, pack(twice)],
      ['shrunk', 200, pack(emptied)],
      ['fast-forward', 200, pack(ahead)],
      ['unknown-feature', 200, pack(strange)],
      ['expired-release', 200, pack(over)],
      ['malformed', 200, '[]'],
      ['no-release', 404, ''],
    ]
    for (const [code, status, text] of bad) {
      r.issues.length = 0
      r.hub.lie = ({ url }) => (url.indexOf('/delta') > 0 && status === 200 ? { status: 404, text: '', headers: {} } : { status, text, headers: {} })
      const result = await r.sync.refresh()
      expect(result.ok).toBe(false)
      if (code !== 'unavailable' || status === 500) expect(r.issues).toContain(code)
      expect(r.sync.version()).toBe(5)
      expect(r.sync.price('6901')?.price).toBe(500)
    }
  })

  it('refuses a pilot of other stores and takes its own', async () => {
    const pilot = await brandKey.release(1, { 'price/base': rows() }, { stores: ['0042', '0043'] })
    for (const [store, ok] of [
      ['0042', true],
      ['0044', false],
      [undefined, false],
    ] as const) {
      const r = rig(store ? { store } : {})
      r.hub.released.push(pilot)
      expect((await r.sync.refresh()).ok).toBe(ok)
    }
  })

  it('shows stale and expired as time passes, and asks again when stale', async () => {
    const r = rig()
    r.hub.released.push(await first())
    await r.sync.start()
    await r.sync.waitFor(1)
    r.hub.requests.length = 0
    await r.clock.manual.advance(3600_000)
    expect(r.sync.state()).toBe('stale')
    expect(r.hub.requests.length).toBeGreaterThan(0)
    await r.clock.manual.advance(604_800_000)
    expect(r.sync.state()).toBe('expired')
    expect(r.sync.price('6901')?.price).toBe(500)
    expect(r.changes).toEqual(['0 empty', '1 fresh', '1 stale', '1 expired'])
  })
})

describe('prices', () => {
  const lists = {
    'price/base': [
      ['6901', 500],
      ['6902', 1200],
      ['6903', 900],
    ] as Row[],
    'price/channel-web': [['6901', 490]] as Row[],
    'price/store-0042': [
      ['6901', 470],
      ['6903', 1000],
    ] as Row[],
    'price/tier-gold': [
      ['6901', 480],
      ['6902', 1100, 1200],
    ] as Row[],
    'price/flash': [['6902', 800, 0, epoch + 120, 'flash,drinks']] as Row[],
  }

  it('come from flash, store, channel, base in this order, or from a lower member price', async () => {
    const r = rig()
    r.hub.released.push(await brandKey.release(1, lists))
    await r.sync.refresh()
    const found = (sku: string, context: Parameters<PricingSync['price']>[1]): unknown => {
      const price = r.sync.price(sku, context)
      return price && [price.price, price.from]
    }
    expect(found('6901', {})).toEqual([500, 'base'])
    expect(found('6901', { channel: 'web' })).toEqual([490, 'channel-web'])
    expect(found('6901', { channel: 'web', store: '0042' })).toEqual([470, 'store-0042'])
    expect(found('6901', { channel: 'web', store: '0042', tier: 'gold' })).toEqual([470, 'store-0042'])
    expect(found('6901', { tier: 'gold' })).toEqual([480, 'tier-gold'])
    expect(found('6903', { store: '0042' })).toEqual([1000, 'store-0042'])
    expect(found('6902', { tier: 'gold' })).toEqual([800, 'flash'])
    await r.clock.manual.advance(60_000)
    expect(found('6902', { tier: 'gold' })).toEqual([1100, 'tier-gold'])
    expect(r.sync.rows('price/flash')).toEqual([['6902', 800, 0, epoch + 120, 'flash,drinks']])
  })

  it('stay right beyond the thousand hot articles and across releases', async () => {
    const many = (add: number): Row[] => Array.from({ length: 2500 }, (_, i): Row => [`sku${i}`, 1000 + i + add])
    const r = rig()
    r.hub.released.push(await brandKey.release(1, { 'price/base': many(0) }))
    await r.sync.refresh()
    const look = r.sync.bind({ channel: 'web' })
    for (let round = 0; round < 2; round++) for (let i = 0; i < 2500; i++) expect(look(`sku${i}`)?.price).toBe(1000 + i)
    r.hub.released.push(await brandKey.release(2, { 'price/base': many(7) }))
    await r.sync.refresh()
    for (let i = 0; i < 2500; i += 3) expect(look(`sku${i}`)?.price).toBe(1007 + i)
  })
})

describe('scheduled releases', () => {
  it('come into force at their time on a trusted clock', async () => {
    const r = rig()
    r.hub.released.push(await first())
    await r.sync.start()
    await r.sync.waitFor(1)
    r.hub.publish(await second(600, { validFrom: epoch + 1000 }))
    await settle(r)
    expect([r.sync.version(), r.sync.scheduled()?.version]).toEqual([1, 2])
    await r.clock.manual.advance(939_000)
    expect(r.sync.version()).toBe(1)
    await r.clock.manual.advance(1001)
    expect(r.sync.version()).toBe(2)
    expect(r.changes).toEqual(['0 empty', '1 fresh', '2 fresh'])
  })

  it('lower prices at device time, raise them only when time is trusted or the limit has passed', async () => {
    for (const [cola, versions] of [
      [480, [1, 2, 2]],
      [600, [1, 1, 2]],
    ] as const) {
      const r = rig()
      r.hub.released.push(await first())
      await r.sync.refresh()
      r.hub.released.push(await second(cola, { validFrom: epoch + 1000, increaseWait: 7200 }))
      await r.sync.refresh()
      r.clock.source = 'device'
      const seen = [r.sync.version()]
      for (const ms of [941_000, 7_200_000]) {
        await r.clock.manual.advance(ms)
        seen.push(r.sync.version())
      }
      expect(seen).toEqual(versions)
      expect(r.sync.untrusted()).toBe(true)
      r.clock.source = 'server'
      expect(r.sync.untrusted()).toBe(false)
    }
  })

  it('a device that starts between publication and start takes the release before, proven by its successor', async () => {
    const one = await first()
    const two = await second(600, { validFrom: epoch + 1000, previous: one })
    const r = rig()
    r.hub.released.push(one, two)
    await r.sync.refresh()
    expect([r.sync.version(), r.sync.scheduled()?.version]).toEqual([1, 2])
    const again = rig({ device: r.device, hub2: fakeHub() })
    await again.sync.start()
    expect([again.sync.version(), again.sync.scheduled()?.version]).toEqual([1, 2])
    const other = await brandKey.release(1, { 'price/base': rows(1) })
    const s = rig()
    s.hub.released.push(other, two)
    await s.sync.refresh()
    expect(s.sync.version()).toBe(0)
  })
})

describe('what is kept on the device', () => {
  it('serves offline after a restart, without asking, at any age and with a clock set back', async () => {
    const r = rig()
    r.hub.released.push(await first())
    await r.sync.start()
    await r.sync.waitFor(1)
    r.hub.publish(await second())
    await r.sync.waitFor(2)
    await r.sync.save()
    for (const at of [epoch + 60, epoch - 86_400, epoch + 30 * 86_400]) {
      const clock = testClock(at, 'device')
      const dead = fakeHub()
      dead.lie = () => ({ status: 503, text: '', headers: {} })
      const again = rig({ device: r.device, hub2: dead, testClock: clock })
      await again.sync.start()
      expect([again.sync.version(), again.sync.price('6901')?.price]).toEqual([2, 480])
      expect(again.sync.state()).toBe(at > epoch + 604_800 ? 'expired' : 'fresh')
      again.sync.stop()
    }
  })

  it('writes nothing before it may, and then what it holds', async () => {
    let may = false
    const r = rig({ persist: () => may })
    r.hub.released.push(await first())
    await r.sync.start()
    await r.sync.waitFor(1)
    r.hub.publish(await second())
    await r.sync.waitFor(2)
    expect(r.device.used()).toBe(0)
    may = true
    await r.sync.save()
    const again = rig({ device: r.device, hub2: fakeHub() })
    await again.sync.start()
    expect(again.sync.version()).toBe(2)
  })

  it('refuses after a restart and in a second tab what was refused before', async () => {
    const r = rig()
    r.hub.released.push(await first(), await second())
    await r.sync.refresh()
    const old = fakeHub()
    old.released.push(await first())
    const tab = rig({ device: r.device, hub2: old })
    expect((await tab.sync.refresh()).ok).toBe(false)
    expect(tab.issues).toContain('older-version')
    await tab.sync.start()
    expect(tab.sync.version()).toBe(2)
  })

  it('does not take a storage that does not answer for an empty one', async () => {
    const before = rig()
    before.hub.released.push(await first())
    await before.sync.start()
    await before.sync.waitFor(1)
    before.sync.stop()
    await settle(before)
    const r = rig({ device: before.device, stream: false })
    r.hub.lie = () => ({ status: 503, headers: {}, text: '' })
    const { get } = r.ports.kv
    Object.assign(r.ports.kv, { get: () => Promise.reject(new OmoError('unavailable', 'storage')) })
    await r.sync.start()
    expect([r.sync.state(), r.issues]).toEqual(['empty', ['unavailable']])
    Object.assign(r.ports.kv, { get })
    // asked again before the hub is: the network is still away
    await r.sync.refresh()
    expect([r.sync.version(), r.sync.price('6901')?.price]).toEqual([1, 500])
    r.sync.stop()
  })

  it('finds a damaged bucket when it is touched, does not use it, and fetches the pack', async () => {
    const r = rig()
    r.hub.released.push(await first())
    await r.sync.refresh()
    for (const [key, value] of r.device.kv) if (/release\/[ab]\/0$/.test(key)) r.device.kv.set(key, value.replace('["6901",500]', '["6901",100]'))
    const again = rig({ device: r.device, hub2: r.hub })
    await again.sync.start()
    expect(again.sync.version()).toBe(1)
    expect(again.sync.price('6901')).toBeUndefined()
    expect(again.issues).toContain('bad-hash')
    await settle(again)
    expect(again.sync.price('6901')?.price).toBe(500)
    const third = rig({ device: r.device, hub2: fakeHub() })
    await third.sync.start()
    expect(third.sync.price('6901')?.price).toBe(500)
  })
})
