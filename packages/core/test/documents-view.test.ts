import type { Clock, ClockSource, Issue, Kv, Ports, Result } from '@omokit/core'
import { buildRelease, chunksText, createReleaseStore, createReleaseView, pack, priceSource, readView, viewText } from '@omokit/core/documents'
import type { Book, HeldRelease, ReleaseDraft, ReleaseStore, ReleaseTexts, ReleaseView, ReleaseViewOptions, Row } from '@omokit/core/documents'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import type { MemoryDevice } from '@omokit/core/memory'
import { describe, expect, it } from 'vitest'
import { asciiHash } from '../src/documents/ascii-hash'
import { nodeCrypto, signingKey } from './documents-signing-key'

const epoch = 1_795_334_400
const { key, signer } = signingKey('k7')
const stranger = signingKey('k7')

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}
const code = (result: Result<unknown>): string | undefined => (result.ok ? undefined : result.issues[0]?.code)
const sku = (i: number): string => `690${String(i * 7919).padStart(10, '0')}`
const rows = (count: number, changed: Readonly<Record<number, number>> = {}): Row[] =>
  Array.from({ length: count }, (_, i): Row => [sku(i), changed[i] ?? 1000 + i])
const rules = (word: string): Row[] => [['r1', `{"kind":"promotion","note":"${word}"}`]]
const build = async (version: number, books: ReleaseDraft['books'], more: Partial<ReleaseDraft> = {}, by = signer): Promise<ReleaseTexts> =>
  value(await buildRelease({ brand: 'acme', version, kid: 'k7', books, validFrom: epoch, refreshAfter: epoch + 3600, expiresAt: epoch + 604_800, ...more }, by))
const shopOf = (version: number, changed: Readonly<Record<number, number>> = {}, more: Partial<ReleaseDraft> = {}, by = signer): Promise<ReleaseTexts> =>
  build(version, { 'price/base': rows(2000, changed), 'rules/base': rules('a') }, more, by)

interface Device {
  readonly store: ReleaseStore
  readonly view: ReleaseView
  readonly issues: string[]
  /** Names asked of the hub, request by request. */
  readonly asked: (readonly string[])[]
  time: { seconds: number; source: ClockSource }
  /** What the hub serves; a test may bend it. */
  serve: (names: readonly string[]) => string | undefined
  /** Brings the prices of these articles and reads them. */
  prices(...skus: string[]): Promise<(number | string)[]>
}

/** A device with a view, in front of a hub that serves the buckets of `releases`. */
function open(
  releases: readonly ReleaseTexts[],
  device: MemoryDevice = createMemoryDevice(),
  more: Partial<ReleaseViewOptions> & { readonly wrap?: (kv: Kv, kill: () => void) => Kv; readonly persist?: () => boolean } = {},
): Device {
  const chunks = new Map<string, string>()
  for (const { books } of releases) for (const book of Object.values(books)) for (const bucket of book.buckets) chunks.set(asciiHash('bucket', bucket), bucket)
  const { wrap = (kv) => kv, ...options } = more
  const made = createMemoryPorts({ brand: 'acme', device, crypto: nodeCrypto })
  const ports: Ports = { ...made, kv: wrap(made.kv, () => made.host.kill()) }
  const issues: string[] = []
  const onIssue = (issue: Issue): void => void issues.push(issue.code)
  const clock: Clock = {
    read: () => ({ now: it.time.seconds * 1000, device: it.time.seconds * 1000, mono: 0, source: it.time.source }),
    observe: () => undefined,
    floor: () => undefined,
  }
  const view = createReleaseView({
    ports,
    onIssue,
    chunks: (names) => {
      it.asked.push(names)
      return Promise.resolve(it.serve(names))
    },
    ...options,
  })
  const it: Device = {
    view,
    issues,
    asked: [],
    time: { seconds: epoch, source: 'server' },
    serve: (names) => (names.every((name) => chunks.has(name)) ? chunksText(names.map((name) => chunks.get(name) as string)) : undefined),
    store: createReleaseStore({ ports, clock, keys: [key], view, onIssue, ...(more.persist && { persist: more.persist }) }),
    async prices(...skus) {
      const held = it.store.active() as HeldRelease
      await view.bring(held, ['price/base'], skus)
      return skus.map((each) => {
        const row = held.find('price/base', each)
        return row === null ? 'not-held' : row === undefined ? 'none' : (JSON.parse(row) as [string, number])[1]
      })
    },
  }
  return it
}

async function started(releases: readonly ReleaseTexts[], device?: MemoryDevice, more: Parameters<typeof open>[2] = {}): Promise<Device> {
  const opened = open(releases, device, more)
  await opened.store.load()
  return opened
}

describe('the text of a view', () => {
  it('leads to the outlines of the release, in full or on top of the one before', async () => {
    const one = await shopOf(1)
    const two = await shopOf(2, { 7: 5 })
    const whole = value(readView(viewText(one)))
    expect(whole.books['price/base']).toEqual({ ...one.books['price/base'], buckets: [] })
    expect([whole.release, whole.books['rules/base']]).toEqual([one.release, one.books['rules/base']])
    const step = viewText(two, one)
    expect(step.length).toBeLessThan(1500)
    expect(value(readView(step, whole))).toEqual(value(readView(viewText(two))))
    expect(code(readView(step))).toBe('base-lost')
  })

  it('is refused with any bit flipped', async () => {
    const small = await build(1, { 'price/base': rows(3), 'rules/base': rules('a') })
    const text = viewText(small)
    let [tried, taken] = [0, 0]
    for (let i = 0; i < text.length; i++) {
      for (let bit = 0; bit < 7; bit++) {
        const bent = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << bit)) + text.slice(i + 1)
        const read = readView(bent)
        tried++
        if (!read.ok) continue
        const { store } = open([])
        if ((await store.take(bent)).ok && pack(store.active()?.texts as ReleaseTexts) !== pack(read.value)) taken++
        else if (store.active()) taken++
      }
    }
    expect([tried, taken]).toEqual([text.length * 7, 0])
  })
})

describe('a view', () => {
  it('answers for what was asked for, and never takes what it does not hold for absent', async () => {
    const one = await shopOf(1)
    const device = await started([one])
    value(await device.store.take(viewText(one)))
    const held = device.store.active() as HeldRelease
    expect([held.find('price/base', sku(1)), held.find('price/base', 'nothing')]).toEqual([null, null])
    expect(() => priceSource(held)('base', 'nothing')).toThrow('not-held')
    expect(held.find('price/other', sku(1))).toBeUndefined()
    expect(await device.prices(sku(1), 'nothing', sku(1999))).toEqual([1001, 'none', 2999])
    expect(device.asked).toHaveLength(1)
    expect(await device.prices(sku(1))).toEqual([1001])
    expect(device.asked).toHaveLength(1)
    device.serve = () => undefined
    const far = Array.from({ length: 2000 }, (_, i) => sku(i)).filter((each) => held.find('price/base', each) === null)
    expect(await device.view.bring(held, ['price/base'], [sku(1), far[0] as string])).toBe(far[0])
    expect(device.issues).toEqual([])
  })

  it('refuses what a device with whole releases refuses', async () => {
    const held = await shopOf(5)
    const cases: [string, ReleaseTexts][] = [
      ['older-version', await shopOf(4)],
      ['equivocation', await shopOf(5, { 1: 1 })],
      ['fast-forward', await shopOf(2_000_000)],
      ['brand-mismatch', await shopOf(6, {}, { brand: 'other' })],
      ['bad-signature', await shopOf(6, { 1: 1 }, {}, stranger.signer)],
      ['unknown-feature', await shopOf(6, {}, { features: ['quantum'] })],
      ['expired-release', await shopOf(6, {}, { validFrom: 1, refreshAfter: 2, expiresAt: 3 })],
      ['shrunk', await build(6, { 'price/base': rows(1000), 'rules/base': rules('a') })],
      ['shrunk', await build(6, { 'price/base': rows(2000) })],
      ['wrong-scope', await shopOf(6, {}, { stores: ['0042'] })],
    ]
    const device = await started([held])
    value(await device.store.take(viewText(held)))
    for (const [refusal, release] of cases) {
      for (const text of [viewText(release), viewText(release, held)]) {
        expect(code(await device.store.take(text)), refusal).toBe(refusal)
        expect(await device.prices(sku(1))).toEqual([1001])
      }
    }
    expect(device.store.newest()).toBe(5)
    value(await device.store.take(viewText(await build(6, { 'price/base': rows(1000), 'rules/base': rules('a') }, { features: ['shrink'] }))))
    device.time.seconds = epoch + 3600
    expect(device.store.state()).toBe('stale')
    device.time.seconds = epoch + 604_800
    expect(device.store.state()).toBe('expired')
  })

  it('refuses a root or a rule book of another release, and rules as an outline', async () => {
    const one = await shopOf(1)
    const two = await build(2, { 'price/base': rows(2000, { 3: 1 }), 'rules/base': rules('b') })
    const device = await started([one, two])
    const mixed = { ...two, books: { ...two.books, 'rules/base': one.books['rules/base'] as never } }
    expect(code(await device.store.take(viewText(mixed)))).toBe('base-lost')
    expect(code(await device.store.take(viewText({ ...two, release: one.release })))).toBe('base-lost')
    const bare = { ...two, books: { ...two.books, 'rules/base': { ...(two.books['rules/base'] as Book), buckets: [] } } }
    expect(code(await device.store.take(viewText(bare)))).toBe('base-lost')
    expect(code(await device.store.take(pack(two)))).toBe('base-lost')
    // a stored outline does not serve a device that holds whole releases
    value(await device.store.take(viewText(two)))
    expect(code(await createReleaseStore({ ...wholePorts(), keys: [key] }).take(pack(device.store.active()?.texts as ReleaseTexts)))).toBe('malformed')
  })

  it('never uses a forged or a swapped bucket, and says so', async () => {
    const one = await shopOf(1)
    const device = await started([one])
    value(await device.store.take(viewText(one)))
    const honest = device.serve
    const bends: ((text: string) => string)[] = [
      (text) => text.replace(/,1\d\d\d\]/, ',1]').replace(/(#chunks 1 )(\d+)/, (_, start: string, size: string) => start + String(Number(size) - 3)),
      () => chunksText([one.books['price/base']?.buckets[3] as string]),
      () => chunksText([one.books['price/base']?.root as string]),
      (text) => text.slice(0, -2),
      () => '[]',
      () => '',
    ]
    for (const bend of bends) {
      device.issues.length = 0
      device.serve = (names) => bend(honest(names) as string)
      expect(await device.prices(sku(40))).toEqual(['not-held'])
      expect(device.issues.length).toBeGreaterThan(0)
    }
    device.serve = honest
    expect(await device.prices(sku(40))).toEqual([1040])
  })

  it('switches whole releases, and takes the buckets used last along', async () => {
    const [one, two] = [await shopOf(1), await shopOf(2, { 1: 7, 2: 8 })]
    const device = await started([one, two])
    value(await device.store.take(viewText(one)))
    expect(await device.prices(sku(1), sku(9))).toEqual([1001, 1009])
    const before = device.store.active() as HeldRelease
    device.asked.length = 0
    value(await device.store.take(viewText(two, one)))
    expect(device.asked.flat()).toHaveLength(1)
    device.serve = () => undefined
    expect(await device.prices(sku(1), sku(9))).toEqual([7, 1009])
    // who still evaluates on the old one sees the old one only
    expect(before.find('price/base', sku(1))).toBe(`["${sku(1)}",1001]`)
    // the bucket of article 2 was not used: it is fetched, never taken from the old release
    const other = await device.prices(sku(2))
    expect([['not-held'], [8]]).toContainEqual(other)
  })

  it('survives a relaunch, verified again, and goes on after torn storage', async () => {
    const [one, two] = [await shopOf(1), await shopOf(2, { 1: 7 })]
    const device = createMemoryDevice()
    const first = await started([one], device)
    value(await first.store.take(viewText(one)))
    await first.prices(sku(1), sku(9))
    const again = await started([one], device)
    again.serve = () => undefined
    expect(await again.prices(sku(1), sku(9))).toEqual([1001, 1009])
    expect(again.asked).toEqual([])

    const chunkKeys = [...device.kv.keys()].filter((name) => name.indexOf('release/c/') > 0)
    expect(chunkKeys.length).toBe(2)
    for (const name of chunkKeys) device.kv.set(name, (device.kv.get(name) as string).replace(/,1001|,1009/, ',1'))
    const torn = await started([one], device)
    expect(await torn.prices(sku(1), sku(9))).toEqual([1001, 1009])
    expect(torn.issues).toContain('bad-hash')
    for (const [match, bend] of [
      ['release/chunks', () => '[["'],
      ['release/a/0', (text: string) => text.slice(0, 500)],
      ['release/a/0', (text: string) => text.replace('note', 'mote')],
    ] as const) {
      const name = [...device.kv.keys()].find((each) => each.indexOf(match) > 0) as string
      device.kv.set(name, bend(device.kv.get(name) as string))
      const bent = await started([one, two], device)
      if (match === 'release/a/0') expect([bent.store.active(), bent.issues]).toEqual([undefined, ['base-lost']])
      value(await bent.store.take(viewText(one)))
      expect(await bent.prices(sku(1))).toEqual([1001])
    }
  })

  it('leaves an old or a new release at a kill in any write', async () => {
    const [one, two, three] = [await shopOf(1), await shopOf(2, { 1: 7 }), await shopOf(3, { 1: 8 })]
    let kills = 0
    for (let at = 0; ; at++) {
      const device = createMemoryDevice()
      let left = at
      let die: () => void = () => undefined
      const death = new Promise<'dead'>((resolve) => (die = () => resolve('dead')))
      const wrap = (kv: Kv, kill: () => void): Kv => {
        const guard = <T>(run: () => Promise<T>): Promise<T> => {
          if (left-- > 0) return run()
          kill()
          die()
          return new Promise(() => undefined)
        }
        return { ...kv, limits: kv.limits, set: (name, text) => guard(() => kv.set(name, text)), del: (name) => guard(() => kv.del(name)) }
      }
      const life = async (): Promise<'done'> => {
        const it = await started([one, two, three], device, { wrap, budget: 16_000 })
        for (const release of [one, two, three]) {
          value(await it.store.take(viewText(release)))
          await it.prices(sku(1), sku(50), sku(90), sku(300))
        }
        return 'done'
      }
      if ((await Promise.race([life(), death])) === 'done') break
      kills++
      const after = await started([one, two, three], device)
      const held = after.store.active()
      if (held) {
        after.serve = () => undefined
        const [price] = await after.prices(sku(1))
        expect(['not-held', [0, 1001, 7, 8][held.header.version]]).toContain(price)
      }
      value(await after.store.take(viewText(three)))
      const last = await started([one, two, three], device)
      expect(await last.prices(sku(1))).toEqual([8])
    }
    expect(kills).toBeGreaterThan(12)
  })

  it('keeps within its budget: drops what was not used for longest and fetches it again', async () => {
    const one = await shopOf(1)
    const device = createMemoryDevice()
    const it = await started([one], device, { budget: 30_000 })
    value(await it.store.take(viewText(one)))
    const used = (): number => [...device.kv].filter(([name]) => name.indexOf('release/') > 0).reduce((sum, [name, text]) => sum + name.length + text.length, 0)
    let most = 0
    for (let i = 0; i < 200; i++) {
      expect(await it.prices(sku((i * 37) % 2000), sku(1))).toEqual([1000 + ((i * 37) % 2000), 1001])
      most = Math.max(most, used())
    }
    expect(most).toBeLessThan(30_000)
    expect(most).toBeGreaterThan(15_000)
    const again = await started([one], device, { budget: 30_000 })
    again.serve = () => undefined
    // used in every round: it is still here
    expect(await again.prices(sku(1))).toEqual([1001])
    const fetched = it.asked.flat()
    expect(fetched.length).toBeGreaterThan(new Set(fetched).size)
  })

  it('keeps an outline that leaves no room in memory only, and says so', async () => {
    const one = await shopOf(1)
    const it = await started([one], createMemoryDevice(), { budget: 2000 })
    value(await it.store.take(viewText(one)))
    expect(it.issues).toContain('quota')
    expect(await it.prices(sku(1))).toEqual([1001])
  })

  it('writes nothing before it may, and then what it has', async () => {
    const one = await shopOf(1)
    const device = createMemoryDevice()
    let may = false
    const it = await started([one], device, { persist: () => may })
    value(await it.store.take(viewText(one)))
    expect(await it.prices(sku(1))).toEqual([1001])
    expect(device.kv.size).toBe(0)
    may = true
    await it.store.save()
    await it.view.save()
    const again = await started([one], device)
    again.serve = () => undefined
    expect(await again.prices(sku(1))).toEqual([1001])
  })

  it('on a clock nobody vouches for treats a change it cannot see as a rise', async () => {
    const [one, two] = [await shopOf(1), await shopOf(2, { 1: 7 }, { validFrom: epoch + 100, increaseWait: 3600 })]
    const it = await started([one, two])
    value(await it.store.take(viewText(one)))
    it.time = { seconds: epoch + 10, source: 'device' }
    value(await it.store.take(viewText(two)))
    it.time.seconds = epoch + 200
    expect(it.store.active()?.header.version).toBe(1)
    it.time.source = 'server'
    expect(it.store.active()?.header.version).toBe(2)
  })

  it('lets two contexts share one store', async () => {
    const one = await shopOf(1)
    const device = createMemoryDevice()
    const [a, b] = [await started([one], device), await started([one], device)]
    value(await a.store.take(viewText(one)))
    value(await b.store.take(viewText(one)))
    await Promise.all([a.prices(sku(1)), b.prices(sku(9)), a.prices(sku(90)), b.prices(sku(300))])
    const again = await started([one], device)
    again.serve = () => undefined
    expect(await again.prices(sku(1), sku(9), sku(90), sku(300))).toEqual([1001, 1009, 1090, 1300])
  })
})

function wholePorts(): { ports: Ports; clock: Clock } {
  return {
    ports: createMemoryPorts({ brand: 'acme', crypto: nodeCrypto }),
    clock: {
      read: () => ({ now: epoch * 1000, device: epoch * 1000, mono: 0, source: 'server' }),
      observe: () => undefined,
      floor: () => undefined,
    },
  }
}
