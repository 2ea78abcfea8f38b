import { createClock } from '@omokit/core'
import { createManualClock, createMemoryPorts } from '@omokit/core/memory'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'

const hour = 3_600_000
const start = Date.UTC(2026, 0, 1)
let manual = createManualClock(start)
let ports = createMemoryPorts({ brand: 'demo' })

beforeEach(() => {
  manual = createManualClock(start)
  ports = createMemoryPorts({ brand: 'demo', time: manual.time, timer: manual.timer })
})

const quiet = (): Promise<void> => manual.advance(0)

describe('the corrected clock', () => {
  it('knows nothing better than the device at first, and writes nothing', async () => {
    const clock = createClock({ time: ports.time, kv: ports.kv })
    expect(clock.read()).toEqual({ now: start, device: start, mono: 0, source: 'device' })
    await quiet()
    expect(await ports.kv.keys('')).toEqual([])
  })

  it('allows for half the round trip of a server time', async () => {
    const clock = createClock({ time: ports.time })
    const sent = manual.time.mono()
    await manual.advance(400)
    clock.observe(start + hour, sent)
    expect(clock.read()).toMatchObject({ now: start + hour + 200, source: 'server', offset: hour - 200 })
    await manual.advance(1000)
    expect(clock.read().now).toBe(start + hour + 1200)
  })

  it('prefers the shorter round trip until it has aged', async () => {
    const clock = createClock({ time: ports.time })
    clock.observe(start, manual.time.mono())
    const sent = manual.time.mono()
    await manual.advance(2000)
    clock.observe(start + 100, sent)
    expect(clock.read().now).toBe(start + 2000)
    await manual.advance(hour)
    clock.observe(start + hour + 500, manual.time.mono() - 2000)
    expect(clock.read().now).toBe(start + hour + 1500)
  })

  it('carries the server time on by the monotonic clock when the wall clock jumps', async () => {
    const clock = createClock({ time: ports.time })
    clock.observe(start, manual.time.mono())
    manual.setWall(start - 24 * hour)
    await manual.advance(5000)
    expect(clock.read()).toMatchObject({ now: start + 5000, source: 'server+mono', device: start - 24 * hour + 5000 })
    clock.observe(start + 5000, manual.time.mono())
    expect(clock.read()).toMatchObject({ now: start + 5000, source: 'server' })
  })

  it('is never before a signed time', async () => {
    const clock = createClock({ time: ports.time, kv: ports.kv })
    clock.floor(start + hour)
    expect(clock.read()).toMatchObject({ now: start + hour, source: 'floor', offset: hour })
    await manual.advance(2 * hour)
    expect(clock.read()).toMatchObject({ now: start + 2 * hour, source: 'device' })
  })

  it('keeps floor and offset over a reboot', async () => {
    const before = createClock({ time: ports.time, kv: ports.kv })
    before.observe(start + 24 * hour, manual.time.mono())
    before.floor(start + 20 * hour)
    await quiet()
    manual.reboot()
    manual.setWall(start - 100 * hour)
    const after = createClock({ time: ports.time, kv: ports.kv })
    after.read()
    await quiet()
    expect(after.read()).toMatchObject({ now: start + 24 * hour, source: 'floor' })
    manual.setWall(start + hour)
    expect(after.read()).toMatchObject({ now: start + 25 * hour, source: 'device', offset: 24 * hour })
  })

  it('keeps how far the clock was off when it was set while the program ran', async () => {
    const before = createClock({ time: ports.time, kv: ports.kv })
    before.observe(start, manual.time.mono())
    await manual.advance(1000)
    manual.setWall(start - 24 * hour)
    expect(before.read()).toMatchObject({ now: start + 1000, source: 'server+mono', offset: 24 * hour + 1000 })
    await quiet()
    manual.reboot()
    await manual.advance(hour)
    const after = createClock({ time: ports.time, kv: ports.kv })
    after.read()
    await quiet()
    expect(after.read()).toMatchObject({ now: start + hour + 1000, source: 'device', offset: 24 * hour + 1000 })
  })

  it('takes no nonsense for a time', () => {
    const clock = createClock({ time: ports.time })
    for (const bad of [NaN, Infinity, -1, 0, 1e300]) {
      clock.observe(bad, 0)
      clock.floor(bad)
    }
    clock.observe(start + hour, 50)
    expect(clock.read()).toEqual({ now: start, device: start, mono: 0, source: 'device' })
  })

  it('survives damaged and full storage', async () => {
    await ports.kv.set('clock', '{"server":')
    const clock = createClock({ time: ports.time, kv: ports.kv })
    clock.read()
    await quiet()
    ports.host.device.quota = 1
    clock.observe(start + hour, 0)
    await quiet()
    expect(clock.read()).toMatchObject({ now: start + hour, source: 'server' })
  })

  it('never runs backwards between two server times, however the wall clock jumps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(100_000)), { maxLength: 10 }), async (jumps) => {
        const world = createManualClock(start)
        const clock = createClock({ time: world.time })
        clock.observe(start, world.time.mono())
        let last = 0
        for (const [wall, ms] of jumps) {
          world.setWall(start + wall)
          await world.advance(ms)
          const { now } = clock.read()
          expect(now).toBe(start + world.time.mono())
          expect(now).toBeGreaterThanOrEqual(last)
          last = now
        }
      }),
      { numRuns: 30 },
    )
  })
})
