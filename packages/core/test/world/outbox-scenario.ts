import { createOutbox } from '@omokit/core/outbox'
import type { Outbox, OutboxOptions } from '@omokit/core/outbox'
import type { ShopperOutboxOptions } from '@omokit/core/page'
import { codeOf } from '@omokit/core'
import type { Clock, FactName, Kv, Lane, Ports } from '@omokit/core'
import { createReferenceHub, createWorld, watchFacts } from '@omokit/core/testing'
import type { Faults, HubView, ReferenceHub, World, WorldContext, WorldDevice } from '@omokit/core/testing'
import type { FetchLike } from '@omokit/core/memory'
import { openReleaseShop } from './release-shop'

export interface OutboxRun {
  readonly seed: number
  /** Tabs on the one device, by default 1 to 4 drawn from the seed. */
  readonly tabs?: number
  /** Facts each tab appends over all its lives, default 15. */
  readonly facts?: number
  readonly lanes?: readonly Lane[]
  /** Whether its log can journal in the calling task; by default every second seed. */
  readonly begins?: boolean
  /** Rates that replace the drawn ones. */
  readonly faults?: Partial<Faults> | 'none'
  readonly killAt?: readonly number[]
  /** Logout now and then, half of the time with purge. Default true. */
  readonly rotate?: boolean
  /** The tabs follow releases meanwhile, on the same storage: I3. Default false. */
  readonly releases?: boolean
  /** Milliseconds without any network, from the fifth second on. */
  readonly outage?: number
  readonly limits?: OutboxOptions['limits']
  /** Stands between the outbox and the world: plants a bug from outside. */
  readonly ports?: (ports: Ports) => Ports
  readonly hub?: (hub: ReferenceHub, world: World) => () => FetchLike
  /** Another hub in the reference's place: the real one. */
  readonly receiver?: (world: World) => Promise<Receiver>
  readonly create?: (options: OutboxOptions) => Outbox
  /** An outbox of events alone in each tab: `pageOutbox`, or one with a bug. */
  readonly page?: (options: ShopperOutboxOptions, kv: Kv) => Outbox
  /** The kind its facts of trade have, default "Receipt Issued". */
  readonly tradeKind?: FactName
}

export interface Receiver {
  readonly view: HubView
  readonly start: () => FetchLike
  readonly key: string
  /** A trade kind that this hub takes with any body. */
  readonly tradeKind: FactName
}

export interface OutboxFigures {
  readonly appended: number
  readonly stored: number
  readonly refused: number
  readonly kills: number
  readonly requests: number
  readonly inHub: number
  readonly lost: number
  readonly damaged: number
  readonly drainedAfter: number
  /** How often each promise had something to hold against. */
  readonly counts: Readonly<Record<string, number>>
  readonly trace: string
}

/** Tabs of one device append to both lanes under every fault; then all faults end and everything must come right. */
export async function runOutbox(run: OutboxRun): Promise<OutboxFigures> {
  const world = createWorld({ seed: run.seed, ...(run.faults ? { faults: run.faults } : {}), ...(run.killAt ? { killAt: { device: run.killAt } } : {}) })
  const reference = createReferenceHub({ now: world.now, refuse: (fact) => (fact.body['refuse'] ? 'invalid' : undefined) })
  const receiver: Receiver = run.receiver
    ? await run.receiver(world)
    : {
        view: reference,
        start: run.hub ? run.hub(reference, world) : reference.start,
        key: 'tk_test_b_000000000000000000000000',
        tradeKind: run.tradeKind || 'Receipt Issued',
      }
  world.server('http://hub', receiver.start)
  const witness = watchFacts(world, receiver.view, run.page ? 'owner' : 'leader')
  const shop = run.releases ? await openReleaseShop(world) : undefined
  if (shop) world.server('http://shop', shop.start)
  const tabs = run.tabs || world.random.between(1, 4)
  const left = Array.from({ length: tabs + 1 }, () => run.facts || 15)
  const outboxes = new Map<WorldContext, Outbox>()
  let kills = 0
  let requests = 0
  world.onExchange(() => requests++)

  const device: WorldDevice = world.device('device', {
    brand: 'b',
    tabs,
    begins: run.begins ?? run.seed % 2 === 0,
    async boot(context) {
      if (context.generation > 1) kills++
      witness.booted(context, device)
      const ports = run.ports ? run.ports(context.ports) : context.ports
      const clock = plainClock(ports)
      const { random } = world
      const options = {
        clock,
        hub: 'http://hub',
        key: receiver.key,
        limits: {
          block: 8,
          batch: random.between(1, 10),
          linger: random.chance(0.1) ? 0 : random.below(2000),
          maxBackoff: 20_000,
          ...(random.chance(0.3) ? { observeFacts: random.between(4, 20) } : {}),
          ...run.limits,
        },
      }
      const outbox = run.page ? run.page({ ...options, ports: context.page }, context.ports.kv) : (run.create || createOutbox)({ ...options, ports })
      outbox.start()
      outboxes.set(context, outbox)
      if (shop) void shop.follow(context, 'device')
      await use(
        world,
        run,
        context,
        (lane, body) => {
          // the outbox of a page knows no priorities
          const priority = run.page ? undefined : random.pick([undefined, 0, 1, 2] as const)
          void witness.append(context, outbox, lane, {
            kind: lane === 'trade' ? receiver.tradeKind : random.pick(['Product Viewed', 'x:own']),
            body,
            ...(priority === undefined ? {} : { priority }),
          })
        },
        (purge) => witness.rotate(context, outbox, purge),
        () => lookInside(world, context, outbox),
        left,
      )
    },
  })

  witness.watch(device)
  if (run.outage) world.after(5000, () => device.offline(true))
  await world.run(Math.max(150_000, run.outage || 0))
  world.heal()
  const healed = world.now()
  const drained = async (): Promise<boolean> => left.slice(1).every((count) => count === 0) && (await witness.drained())
  if (!(await world.runUntil(drained, 1_800_000))) world.fail('liveness', 'half an hour after the last fault something is still unsent')
  const drainedAfter = world.now() - healed
  // late repeats of the network, and the ends of streams
  await world.run(120_000)
  await witness.check()
  for (const context of device.contexts) {
    const stats = await withTime(world, (outboxes.get(context) as Outbox).stats())
    if (stats.pending) world.fail('I7', `${context.name} still counts ${stats.pending} pending`)
    const aside = await withTime(world, (outboxes.get(context) as Outbox).quarantine())
    if (stats.quarantined !== aside.length) world.fail('I7', `${context.name} counts ${stats.quarantined} in quarantine and shows ${aside.length}`)
    await witness.checkAside(device, aside)
  }
  const views = await receiver.view.streams()
  return {
    appended: witness.attempts.length,
    stored: witness.attempts.filter((attempt) => attempt.ref).length,
    refused: witness.attempts.filter((attempt) => attempt.code).length,
    kills,
    requests,
    inHub: views.reduce((sum, view) => sum + view.facts.size, 0),
    lost: views.reduce((sum, view) => sum + view.lost.size, 0),
    damaged: device.damaged.length,
    drainedAfter,
    counts: { ...witness.counts, ...(shop && shop.counts) },
    trace: world.traceHash(),
  }
}

/** A promise that needs virtual time to pass. */
export async function withTime<T>(world: World, promise: Promise<T>): Promise<T> {
  let done = false
  const watched = promise.finally(() => (done = true))
  if (!(await world.runUntil(() => done, 60_000))) world.fail('liveness', 'a call did not answer in a minute')
  return watched
}

async function use(
  world: World,
  run: OutboxRun,
  context: WorldContext,
  append: (lane: Lane, body: Record<string, boolean>) => void,
  rotate: (purge: boolean) => Promise<void>,
  look: () => void,
  left: number[],
): Promise<void> {
  const { random } = world
  const lanes = run.lanes || ['trade', 'observe']
  for (;;) {
    const here = left[context.tab] as number
    if (!here) return
    await context.sleep(random.below(8000))
    // a burst inside one task, not awaited
    const burst = Math.min(here, random.chance(0.3) ? random.between(2, 6) : 1)
    left[context.tab] = here - burst
    for (let i = 0; i < burst; i++) append(random.pick(lanes), random.chance(0.03) ? { refuse: true } : {})
    if (random.chance(0.1)) look()
    if (run.rotate !== false && random.chance(0.05)) {
      await rotate(random.chance(0.5))
    }
  }
}

/** Calls everything that can be called while things go wrong: I5. */
function lookInside(world: World, context: WorldContext, outbox: Outbox): void {
  const wrong = (call: string) => (error: unknown) => {
    if (context.alive) world.broken('I5', `${call} of ${context.name} rejected with ${error instanceof Error && error.stack ? error.stack : String(error)}`)
  }
  outbox.flush().catch(wrong('flush'))
  for (const call of ['stats', 'quarantine', 'readTrade'] as const)
    outbox[call]().catch((error: unknown) => {
      if (!codeOf(error)) wrong(call)(error)
    })
}

const plainClock = ({ time }: Ports): Clock => ({
  read: () => ({ now: time.now(), device: time.now(), mono: time.mono(), source: 'device' }),
  observe: () => undefined,
  floor: () => undefined,
})
