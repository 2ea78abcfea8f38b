import { createClock } from '@omokit/core'
import type { ClockSource, Fact } from '@omokit/core'
import { createOutbox } from '@omokit/core/outbox'
import { createReferenceHub, createWorld, noFaults, watchFacts } from '@omokit/core/testing'
import type { World, WorldContext, WorldDevice } from '@omokit/core/testing'

export interface DaysRun {
  readonly seed: number
  /** Facts stored without a network. */
  readonly facts: number
  readonly days: number
}

/** How far the corrected time of facts lies from true time, in milliseconds. */
export interface Spread {
  facts: number
  /** Of these within `bound`. */
  near: number
  /** Largest distance. */
  worst: number
}

export interface DaysFigures {
  readonly stored: number
  /** Of these without a network. */
  readonly storedOffline: number
  readonly arrived: number
  readonly lost: number
  readonly twice: number
  /** Facts that stand under a lower number than one appended before them, in their stream. */
  readonly outOfOrder: number
  readonly jumps: number
  readonly kills: number
  /** Of these with a monotonic clock that began again. */
  readonly reboots: number
  /** Hours without a network. */
  readonly darkHours: number
  /** Numbers stated as given up. */
  readonly abandoned: number
  /** Largest distance of the device's own clock from true time. */
  readonly worstDevice: number
  readonly bySource: Readonly<Record<ClockSource, Spread>>
  /** Facts whose time was carried past a floor that lies after true time. */
  readonly floorsAhead: number
  readonly drainedAfter: number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Facts vouched for by a server time lie this near to true time: half of what a round trip may be uneven. */
export const bound = 100

/**
 * A till whose clock is a day behind meets the hub once, then stands without a network for days: it goes on selling, its
 * clock is set forwards and backwards, it is killed and restarted. Then the network is back, and it sells on. Throws when a
 * promise of the world is broken, or when a fact that a server time vouches for is farther than `bound` from true time.
 */
export async function runDays({ seed, facts, days }: DaysRun): Promise<DaysFigures> {
  const world = createWorld({ seed, faults: { ...noFaults, tear: 1 } })
  const hub = createReferenceHub({ now: world.now })
  world.server('http://hub', hub.start)
  const witness = watchFacts(world, hub)
  const truth = new Map<number, number>()
  let stored = 0
  let wanted = Infinity
  let pause = (0.95 * days * day) / facts

  const sell = async (context: WorldContext, append: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      await context.sleep(world.random.below(8 * pause))
      if (stored >= wanted) continue
      await Promise.all(Array.from({ length: world.random.between(1, 7) }, append))
    }
  }

  const device: WorldDevice = world.device('till', {
    brand: 'b',
    platform: 'till',
    skew: -day,
    async boot(context) {
      witness.booted(context, device)
      const { ports } = context
      const outbox = createOutbox({
        ports,
        clock: createClock({ time: ports.time, kv: ports.kv }),
        hub: 'http://hub',
        key: 'tk_test_b_000000000000000000000000',
        limits: { block: 64 },
      })
      outbox.start()
      const append = async (): Promise<void> => {
        truth.set(witness.attempts.length + 1, world.now())
        const lane = world.random.chance(0.4) ? 'trade' : 'observe'
        if (await witness.append(context, outbox, lane, { kind: lane === 'trade' ? 'Receipt Issued' : 'Product Viewed', body: {} })) stored++
      }
      if (context.generation === 1) await append()
      await sell(context, append)
    },
  })
  witness.watch(device)

  // it opens in the morning and meets the hub
  await world.run(5 * minute)
  device.offline(true)
  const mishaps = await darkDays(world, device, () => stored, facts, days)
  device.offline(false)
  // the network is back; it sells on, and its clock is set once more
  const back = world.now()
  pause = minute / 10
  wanted = Infinity
  await world.run(20 * minute)
  device.jump(-day / 2)
  await world.run(20 * minute)
  wanted = 0
  if (!(await world.runUntil(witness.drained, day))) world.fail('liveness', 'a day after the network came back something is still unsent')
  const drainedAfter = world.now() - back
  await world.run(10 * minute)
  await witness.check()
  return { stored, ...mishaps, drainedAfter, ...(await judge()) }

  async function judge() {
    const bySource: Record<ClockSource, Spread> = {
      server: { facts: 0, near: 0, worst: 0 },
      'server+mono': { facts: 0, near: 0, worst: 0 },
      floor: { facts: 0, near: 0, worst: 0 },
      device: { facts: 0, near: 0, worst: 0 },
    }
    const seen = new Map<number, number>()
    let [outOfOrder, abandoned, worstDevice, floorsAhead] = [0, 0, 0, 0]
    for (const view of await hub.streams()) {
      abandoned += view.lost.size
      let before = 0
      for (const seq of Array.from(view.facts.keys()).sort((a, b) => a - b)) {
        const { at, offset = 0, src, body } = JSON.parse(view.facts.get(seq) as string) as Fact
        const n = body['n']
        if (typeof n !== 'number') continue
        seen.set(n, (seen.get(n) || 0) + 1)
        if (n < before) outOfOrder++
        before = Math.max(before, n)
        const when = truth.get(n) as number
        const wrong = Math.abs(at + offset - when)
        const spread = bySource[src]
        spread.facts++
        if (wrong <= bound) spread.near++
        spread.worst = Math.max(spread.worst, wrong)
        worstDevice = Math.max(worstDevice, Math.abs(at - when))
        if (src === 'floor' && at + offset > when + bound) floorsAhead++
        if (/^server/.test(src) && wrong > bound) world.fail('time', `n=${n} was appended at ${when} and says ${at + offset} by ${src}`)
      }
    }
    const acknowledged = witness.attempts.filter(({ ref }) => ref)
    return {
      arrived: seen.size,
      lost: acknowledged.filter(({ n }) => !seen.has(n)).length,
      twice: Array.from(seen.values()).filter((times) => times > 1).length,
      outOfOrder,
      abandoned,
      worstDevice,
      bySource,
      floorsAhead,
    }
  }
}

/** Until so many facts are stored, and for so many days at least: the clock jumps, the till is killed, now and then with its power. */
async function darkDays(world: World, device: WorldDevice, stored: () => number, facts: number, days: number) {
  const { random } = world
  const began = world.now()
  const end = began + days * day
  const from = stored()
  let [jumps, kills, reboots] = [0, 0, 0]
  while (world.now() < end || stored() - from < facts) {
    await world.run(random.between(2 * hour, 4 * hour))
    const what = random.below(3)
    if (what === 0) {
      jumps++
      device.jump(random.between(-day, day))
    } else {
      kills++
      if (what === 1) reboots++
      device.kill(what === 1)
    }
  }
  return { storedOffline: stored() - from, jumps, kills, reboots, darkHours: Math.round((world.now() - began) / hour) }
}
