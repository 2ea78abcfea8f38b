import type { Clock, ClockSource, Issue, Ports, Result } from '@omokit/core'
import { buildKeys, buildRelease, createReleaseStore, deltaOf, pack, verifyKeys, verifyRelease } from '@omokit/core/documents'
import type { KeySet, ReleaseDraft, ReleaseStore, ReleaseStoreOptions, ReleaseTexts, Row } from '@omokit/core/documents'
import { createMemoryDevice, createMemoryPorts } from '@omokit/core/memory'
import type { MemoryDevice } from '@omokit/core/memory'
import { describe, expect, it } from 'vitest'
import { nodeCrypto, signingKey } from './documents-signing-key'

const epoch = 1_795_334_400
const { key, signer } = signingKey('k7')

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}
const code = (result: Result<unknown>): string | undefined => (result.ok ? undefined : result.issues[0]?.code)
const rows = (count: number, add = 0): Row[] =>
  Array.from({ length: count }, (_, i): Row => [`690${String(i * 7919).padStart(10, '0')}`, 1000 + i + (i % 100 === 0 ? add : 0)])
const build = async (version: number, count = 300, more: Partial<ReleaseDraft> = {}, by = signer): Promise<ReleaseTexts> =>
  value(
    await buildRelease(
      {
        brand: 'acme',
        version,
        kid: 'k7',
        books: { 'price/base': rows(count, version) },
        validFrom: epoch,
        refreshAfter: epoch + 3600,
        expiresAt: epoch + 604_800,
        ...more,
      },
      by,
    ),
  )
const delta = (from: ReleaseTexts, to: ReleaseTexts): string => value(deltaOf(from, to))

interface Time {
  seconds: number
  source: ClockSource
}

function open(
  device: MemoryDevice,
  time: Time,
  more: Partial<ReleaseStoreOptions> = {},
  wrap: (ports: Ports & { host: { kill(): void } }) => Ports = (ports) => ports,
): { store: ReleaseStore; issues: Issue[] } {
  const clock: Clock = {
    read: () => ({ now: time.seconds * 1000, device: time.seconds * 1000, mono: 0, source: time.source }),
    observe: () => undefined,
    floor: () => undefined,
  }
  const issues: Issue[] = []
  const ports = wrap(createMemoryPorts({ brand: 'acme', device, crypto: nodeCrypto }))
  return { issues, store: createReleaseStore({ ports, clock, keys: [key], onIssue: (issue) => issues.push(issue), ...more }) }
}

const held = (store: ReleaseStore): [number, number] => [store.active()?.header.version || 0, store.next()?.header.version || 0]

describe('a release store', () => {
  it('is empty, then fresh, then stale, then expired', async () => {
    const time: Time = { seconds: epoch, source: 'server' }
    const { store } = open(createMemoryDevice(), time)
    await store.load()
    expect([store.state(), store.newest(), store.active()]).toEqual(['empty', 0, undefined])
    expect(await store.take(pack(await build(1)))).toEqual({ ok: true, value: 1 })
    expect(store.state()).toBe('fresh')
    time.seconds += 3600
    expect(store.state()).toBe('stale')
    time.seconds += 604_800
    expect(store.state()).toBe('expired')
    expect(store.active()?.find('price/base', '6900000000000')).toBe('["6900000000000",1001]')
  })

  it('takes packs and deltas in any order without ever going back', async () => {
    const edited = (version: number): Promise<ReleaseTexts> =>
      build(version, 0, { books: { 'price/base': rows(300).map((row, i): Row => (i > 0 && i < version ? [row[0], 7] : row)) } })
    const [a, b, c, d] = [await edited(1), await edited(2), await edited(3), await edited(4)] as const
    const { store } = open(createMemoryDevice(), { seconds: epoch, source: 'server' })
    await store.load()
    expect(code(await store.takeDelta(delta(a, b)))).toBe('base-lost')
    value(await store.take(pack(a)))
    value(await store.takeDelta(delta(a, b)))
    value(await store.takeDelta(delta(a, b)))
    expect(code(await store.takeDelta(delta(c, d)))).toBe('base-lost')
    expect(code(await store.take(pack(a)))).toBe('older-version')
    value(await store.takeDelta(delta(b, d)))
    expect(code(await store.takeDelta(delta(b, c)))).toBe('older-version')
    expect(code(await store.take(pack(c)))).toBe('older-version')
    expect(pack((store.active() as { texts: ReleaseTexts }).texts)).toBe(pack(d))
  })

  it('writes little per delta and folds the journal into a pack', async () => {
    const device = createMemoryDevice()
    let written = 0
    const count = (ports: Ports): Ports => ({
      ...ports,
      kv: { ...ports.kv, limits: ports.kv.limits, set: (name, text) => ((written += text.length), ports.kv.set(name, text)) },
    })
    const time: Time = { seconds: epoch, source: 'server' }
    const { store } = open(device, time, {}, count)
    await store.load()
    let last = await build(1, 2000)
    value(await store.take(pack(last)))
    written = 0
    for (let version = 2; version <= 40; version++) {
      const next = await build(version, 2000, { books: { 'price/base': rows(2000).map((row, i): Row => (i === version ? [row[0], 7] : row)) } })
      value(await store.takeDelta(delta(last, next)))
      last = next
    }
    expect(written / 39).toBeLessThan(600)
    const again = open(device, time)
    await again.store.load()
    expect(pack((again.store.active() as { texts: ReleaseTexts }).texts)).toBe(pack(last))
    expect(again.issues).toEqual([])
  })

  it('reads back to the last entry that is whole when the journal is torn, bent or has a hole', async () => {
    const releases = [await build(1), await build(2), await build(3), await build(4)] as [ReleaseTexts, ReleaseTexts, ReleaseTexts, ReleaseTexts]
    const [a, b, c, d] = releases
    const damage: [number, (text: string) => string | undefined, number][] = [
      [4, (text) => text.slice(0, text.length / 2), 3],
      [4, () => undefined, 3],
      [4, (text) => text.replace('1004', '1005'), 3],
      [3, () => undefined, 2],
      [2, () => '', 1],
      [2, () => 'x\ny', 1],
    ]
    for (const [version, bend, left] of damage) {
      const device = createMemoryDevice()
      const time: Time = { seconds: epoch, source: 'server' }
      const first = open(device, time)
      await first.store.load()
      value(await first.store.take(pack(a)))
      for (const [from, to] of [
        [a, b],
        [b, c],
        [c, d],
      ] as const)
        value(await first.store.takeDelta(delta(from, to)))
      const name = [...device.kv.keys()].filter((each) => each.indexOf(`release/j/${version}`) > 0)[0] as string
      const bent = bend(device.kv.get(name) as string)
      if (bent === undefined) device.kv.delete(name)
      else device.kv.set(name, bent)
      const { store, issues } = open(device, time)
      await store.load()
      expect([held(store)[0], issues.map((issue) => issue.code)]).toEqual([left, ['base-lost']])
      expect(pack((store.active() as { texts: ReleaseTexts }).texts)).toBe(pack(releases[left - 1] as ReleaseTexts))
      // what it already saw stays the floor: older ones are refused although less is held
      expect(code(await store.take(pack(b)))).toBe('older-version')
      value(await store.take(pack(d)))
      expect(held(store)).toEqual([4, 0])
    }
  })

  it('falls back to the pack in the other slot when its own is destroyed', async () => {
    const device = createMemoryDevice()
    const time: Time = { seconds: epoch, source: 'server' }
    const first = open(device, time)
    await first.store.load()
    value(await first.store.take(pack(await build(1))))
    value(await first.store.take(pack(await build(2))))
    for (const name of [...device.kv.keys()]) if (name.indexOf('release/b/') > 0) device.kv.set(name, 'gone')
    const { store } = open(device, time)
    await store.load()
    expect(held(store)).toEqual([1, 0])
    value(await store.take(pack(await build(3))))
    const again = open(device, time)
    await again.store.load()
    expect(held(again.store)).toEqual([3, 0])
  })

  it('gives others their turn every few milliseconds while it checks a large pack in a page', async () => {
    let mono = 0
    let pauses = 0
    const slow = (ports: Ports): Ports => ({
      ...ports,
      env: { ...ports.env, platform: 'web' },
      time: { ...ports.time, mono: () => (mono += 3) },
      timer: { after: (_, run) => (pauses++, setTimeout(run, 0), () => undefined) },
    })
    const { store } = open(createMemoryDevice(), { seconds: epoch, source: 'server' }, {}, slow)
    await store.load()
    value(await store.take(pack(await build(1, 10_000))))
    expect(pauses).toBeGreaterThan(3)
  })

  it('goes on in memory when storage is full, and says so', async () => {
    const device = createMemoryDevice({ quota: 20_000 })
    const { store, issues } = open(device, { seconds: epoch, source: 'server' })
    await store.load()
    value(await store.take(pack(await build(1))))
    value(await store.take(pack(await build(2, 2000))))
    expect(held(store)).toEqual([2, 0])
    expect(issues.map((issue) => issue.code)).toContain('quota')
    const again = open(device, { seconds: epoch, source: 'server' })
    await again.store.load()
    expect(held(again.store)).toEqual([1, 0])
  })

  it('lets two tabs share one device: the one behind never writes over the one ahead', async () => {
    const device = createMemoryDevice()
    const time: Time = { seconds: epoch, source: 'server' }
    const [one, two] = [open(device, time), open(device, time)]
    const [a, b, c] = [await build(1), await build(2), await build(3)] as const
    await Promise.all([one.store.load(), two.store.load()])
    await Promise.all([one.store.take(pack(a)), two.store.take(pack(b))])
    await one.store.takeDelta(delta(a, b))
    value(await one.store.takeDelta(delta(b, c)))
    expect(code(await two.store.take(pack(b)))).toBe('older-version')
    const third = open(device, time)
    await third.store.load()
    expect(held(third.store)).toEqual([3, 0])
    expect(pack((third.store.active() as { texts: ReleaseTexts }).texts)).toBe(pack(c))
  })
})

describe('a kill at any write', () => {
  it('leaves an old or a new release, never a mix, and the way on open', async () => {
    const r = [
      await build(1),
      await build(2),
      await build(3),
      await build(4, 200, { features: ['shrink'] }),
      await build(5, 200, { validFrom: epoch + 100 }),
      await build(6, 800, { validFrom: epoch + 100 }),
      await build(7, 800, { validFrom: epoch + 100 }),
      await build(8, 800),
    ] as const
    const [v1, v2, v3, v4, v5, v6, v7, v8] = r
    const texts = new Map(r.map((each) => [each.signed.header.version, pack(each)]))
    /** Each step and the versions that may be in force and scheduled after it. */
    const steps: [(store: ReleaseStore, time: Time) => Promise<unknown> | unknown, number, number][] = [
      [(store) => store.take(pack(v1)), 1, 0],
      [(store) => store.takeDelta(delta(v1, v2)), 2, 0],
      [(store) => store.take(pack(v3)), 3, 0],
      [(store) => store.take(pack(v4)), 4, 0],
      [(store) => store.takeDelta(delta(v4, v5)), 4, 5],
      [(store) => store.take(pack(v6)), 4, 6],
      [(store) => store.takeDelta(delta(v6, v7)), 4, 7],
      [
        (store, time) => {
          time.seconds = epoch + 100
          store.active()
          return store.save()
        },
        7,
        0,
      ],
      [(store) => store.takeDelta(delta(v7, v8)), 8, 0],
    ]
    let kills = 0
    for (let at = 0; ; at++) {
      const device = createMemoryDevice()
      const time: Time = { seconds: epoch, source: 'server' }
      let left = at
      let killed = false
      let die: () => void = () => undefined
      const death = new Promise<void>((resolve) => (die = resolve))
      const dying = (ports: Ports & { host: { kill(): void } }): Ports => {
        const guard = <T>(run: () => Promise<T>): Promise<T> => {
          if (left-- === 0) {
            killed = true
            ports.host.kill()
            die()
          }
          return run()
        }
        return {
          ...ports,
          kv: {
            ...ports.kv,
            limits: ports.kv.limits,
            set: (name, text) => guard(() => ports.kv.set(name, text)),
            del: (name) => guard(() => ports.kv.del(name)),
          },
        }
      }
      const { store } = open(device, time, {}, dying)
      let before: [number, number] = [0, 0]
      let after: [number, number] = [0, 0]
      for (const [step, active, next] of [[(each: ReleaseStore): Promise<void> => each.load(), 0, 0] as const, ...steps]) {
        before = after
        after = [active, next]
        // a killed context never answers again
        await Promise.race([step(store, time), death])
        if (killed) break
      }
      if (!killed) break
      kills++
      const again = open(device, { seconds: epoch, source: 'server' })
      await again.store.load()
      const [active, next] = held(again.store)
      const allowed = [before, after, [before[0], 0], [after[0], 0]].map(String)
      expect(allowed, `write ${at}`).toContain(String([active, next]))
      for (const found of [again.store.active(), again.store.next()]) {
        if (!found) continue
        expect(pack(found.texts)).toBe(texts.get(found.header.version))
        expect((await verifyRelease(found.texts, { brand: 'acme', keys: [key], crypto: nodeCrypto })).ok).toBe(true)
      }
      value(await again.store.take(pack(v8)))
      const last = open(device, { seconds: epoch, source: 'server' })
      await last.store.load()
      expect(held(last.store), `write ${at}`).toEqual([8, 0])
    }
    expect(kills).toBeGreaterThan(25)
  })
})

describe('keys', () => {
  const root1 = signingKey('r1')
  const root2 = signingKey('r2')
  const root3 = signingKey('r3')
  const set = (more: Partial<KeySet> = {}): KeySet => ({
    brand: 'acme',
    version: 1,
    expiresAt: epoch + 86_400,
    threshold: 1,
    roots: [root1.key],
    keys: [key],
    ...more,
  })
  const by = (...kids: (typeof root1)[]): { kid: string; sign: typeof signer }[] => kids.map((each) => ({ kid: each.key.kid, sign: each.signer }))
  const trusted = { version: 1, threshold: 1, roots: [root1.key] }
  const ask = { brand: 'acme', trusted, crypto: nodeCrypto }

  it('come from enough root keys, old and new', async () => {
    expect(value(await verifyKeys(await buildKeys(set(), by(root1)), ask))).toEqual(set())
    const two = set({ version: 2, threshold: 2, roots: [root1.key, root2.key, root3.key] })
    expect(code(await verifyKeys(await buildKeys(two, by(root1)), ask))).toBe('bad-signature')
    expect(value(await verifyKeys(await buildKeys(two, by(root1, root3)), ask)).threshold).toBe(2)
    expect(code(await verifyKeys(await buildKeys(two, by(root2, root3)), ask))).toBe('bad-signature')
    // a device that slept through the change of roots: old and new sign
    const moved = set({ version: 9, roots: [root2.key] })
    expect(code(await verifyKeys(await buildKeys(moved, by(root2)), ask))).toBe('bad-signature')
    expect(value(await verifyKeys(await buildKeys(moved, by(root1, root2)), ask)).version).toBe(9)
  })

  it('are refused when one key signs twice under two names', async () => {
    const twin = { ...root1.key, kid: 'r9' }
    const two = { version: 1, threshold: 2, roots: [root1.key, twin] }
    const text = await buildKeys(set({ version: 2, threshold: 2, roots: [root1.key, twin] }), [...by(root1), { kid: 'r9', sign: root1.signer }])
    expect(code(await verifyKeys(text, { ...ask, trusted: two }))).toBe('bad-signature')
  })

  it('are refused when older, of another brand, expired or malformed', async () => {
    const text = await buildKeys(set({ version: 3 }), by(root1))
    expect(code(await verifyKeys(text, { ...ask, trusted: { ...trusted, version: 4 } }))).toBe('older-version')
    expect(code(await verifyKeys(text, { ...ask, brand: 'other' }))).toBe('brand-mismatch')
    expect(code(await verifyKeys(text, { ...ask, now: (epoch + 86_400) * 1000 }))).toBe('expired-release')
    expect(code(await verifyKeys(text.replace(',3,', ',03,'), ask))).toBe('malformed')
    expect(code(await verifyKeys('x'.repeat(70_000), ask))).toBe('too-large')
    for (let i = 0; i < text.length; i++)
      expect((await verifyKeys(text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1), ask)).ok, String(i)).toBe(false)
    await expect(buildKeys(set({ threshold: 2 }), by(root1))).rejects.toThrow('invalid')
  })

  it('that were revoked end what a thief did, fast-forward included', async () => {
    const k8 = signingKey('k8')
    const device = createMemoryDevice()
    const time: Time = { seconds: epoch, source: 'server' }
    const { store } = open(device, time)
    await store.load()
    value(await store.take(pack(await build(1))))
    value(await store.take(pack(await build(1_000_001))))
    const rescue = await build(3, 300, { kid: 'k8' }, k8.signer)
    expect(code(await store.take(pack(rescue)))).toBe('unknown-key-id')
    await store.setKeys([key, k8.key])
    expect(code(await store.take(pack(rescue)))).toBe('older-version')
    const keys = [{ ...key, state: 'revoked' as const }, k8.key]
    await store.setKeys(keys)
    expect(store.state()).toBe('stale')
    expect(code(await store.take(pack(await build(1_000_002))))).toBe('unknown-key-id')
    value(await store.take(pack(rescue)))
    expect([held(store)[0], store.state()]).toEqual([3, 'fresh'])
    const again = open(device, time, { keys })
    await again.store.load()
    expect(held(again.store)).toEqual([3, 0])
    expect(code(await again.store.take(pack(await build(2, 300, { kid: 'k8' }, k8.signer))))).toBe('older-version')
  })
})
