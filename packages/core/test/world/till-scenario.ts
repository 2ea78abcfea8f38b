import { createClock } from '@omokit/core'
import type { IssueCode, Result } from '@omokit/core'
import { createCommands } from '@omokit/core/commands'
import type { Commands, Right } from '@omokit/core/commands'
import { createOutbox } from '@omokit/core/outbox'
import type { Outbox } from '@omokit/core/outbox'
import { createReferenceAuthority, createReferenceHub, createWorld, watchCommands, watchFacts } from '@omokit/core/testing'
import type { Faults, ReferenceAuthority, World, WorldContext, WorldDevice } from '@omokit/core/testing'
import type { FetchLike } from '@omokit/core/memory'

export interface TillRun {
  readonly seed: number
  readonly faults?: Partial<Faults> | 'none'
  /** Tills on one counter, by default 2 to 4 drawn from the seed. */
  readonly tills?: number
  /** Orders per till, default 6. */
  readonly orders?: number
  readonly killAt?: readonly number[]
  /** Stands in front of the authority: plants a bug from outside. */
  readonly authority?: (authority: ReferenceAuthority) => () => FetchLike
}

export interface TillFigures {
  readonly redeemed: number
  readonly refused: number
  readonly released: number
  readonly offline: number
  readonly kills: number
  readonly trace: string
}

type End = 'redeemed' | 'refused' | 'released' | 'offline'

const limit = 10
const leased = 2
const coupon = (qty: number): Right => ({ kind: 'counter', id: 'coupon', qty })

/**
 * Tills share one coupon of ten uses. Each leases two, takes orders through the hub when it answers and under its lease when
 * it does not, dies anywhere and goes on. In the end every order must have one outcome, the same everywhere, and no more
 * than ten uses may have been accepted.
 */
export async function runTills(run: TillRun): Promise<TillFigures> {
  const world = createWorld({
    seed: run.seed,
    // a till whose storage does not answer does not sell
    faults: run.faults === 'none' ? 'none' : { storage: 0, ...run.faults },
    ...(run.killAt ? { killAt: { till1: run.killAt } } : {}),
  })
  const hub = createReferenceHub({ now: world.now })
  const authority = createReferenceAuthority({ now: world.now, counters: { coupon: limit } })
  world.server('http://hub', () => {
    const facts = hub.start()
    const commands = run.authority ? run.authority(authority)() : authority.start()
    return (url, init) => (/commands$/.test(url) ? commands(url, init) : facts(url, init))
  })
  const witness = watchFacts(world, hub)
  watchCommands(world)
  const ends = new Map<string, End>()
  const orders = run.orders || 6
  const tills = run.tills || world.random.between(2, 4)
  let kills = 0

  for (let till = 1; till <= tills; till++) {
    const name = `till${till}`
    const device: WorldDevice = world.device(name, {
      brand: 'b',
      platform: 'till',
      async boot(context) {
        if (context.generation > 1) kills++
        witness.booted(context, device)
        const { ports } = context
        const clock = createClock({ time: ports.time, kv: ports.kv })
        const common = { ports, clock, hub: 'http://hub', key: 'tk_test_b_000000000000000000000000' }
        const outbox = createOutbox({ ...common, limits: { block: 8, linger: 500, maxBackoff: 20_000 } })
        outbox.start()
        const commands = createCommands({ ...common, attempts: 2 })
        await commands.settle()
        const sell = createSale({
          world,
          context,
          commands,
          outbox,
          append: (body) => witness.append(context, outbox, 'trade', { kind: 'Coupon Redeemed', body }),
        })
        for (let n = 1; n <= orders; n++) {
          const order = `${name}-${n}`
          if (ends.has(order)) continue
          ends.set(order, await sell(order))
          await context.sleep(world.random.below(15_000))
        }
      },
    })
    witness.watch(device)
  }

  await world.run(150_000)
  world.heal()
  const done = async (): Promise<boolean> => ends.size === tills * orders && (await witness.drained())
  if (!(await world.runUntil(done, 3_600_000))) world.fail('liveness', `an hour after the last fault ${ends.size} of ${tills * orders} orders have ended`)
  await world.run(120_000)
  await witness.check()
  await judge(world, authority, ends, redemptions(await hub.streams()))

  const count = (end: End): number => Array.from(ends.values()).filter((other) => other === end).length
  return { redeemed: count('redeemed'), refused: count('refused'), released: count('released'), offline: count('offline'), kills, trace: world.traceHash() }
}

interface Sale {
  readonly world: World
  readonly context: WorldContext
  readonly commands: Commands
  readonly outbox: Outbox
  readonly append: (body: Record<string, string>) => Promise<unknown>
}

/** One order, from the start or from wherever an earlier life left it: equal occasions give equal answers. */
function createSale({ world, context, commands, outbox, append }: Sale): (order: string) => Promise<End> {
  /** Asks until the answer is one. */
  async function certain<T>(ask: () => Promise<Result<T>>): Promise<{ readonly value?: T; readonly code?: IssueCode }> {
    for (;;) {
      const answer = await ask()
      if (answer.ok) return { value: answer.value }
      const code = (answer.issues[0] as { code: IssueCode }).code
      if (code !== 'unavailable' && code !== 'timeout' && code !== 'rate-limited' && code !== 'quota') return { code }
      await context.sleep(world.random.below(10_000))
    }
  }
  const tried =
    <T>(ask: () => Promise<Result<T>>) =>
    (): Promise<Result<T>> =>
      ask().catch((error: { readonly code?: IssueCode }) => ({ ok: false, issues: [{ code: error.code || 'invalid' }] }))

  /** Entered before it is journalled, settled after: an unreadable journal must not make the lease look fuller than it is. */
  async function offline(order: string, lease: string): Promise<boolean> {
    const { kv } = context.ports
    const entry = `spent/${lease}/${order}`
    const journalled = (await outbox.readTrade()).some(({ fact }) => fact.body['order'] === order)
    if (journalled || (await kv.get(entry)) === 'settled') return true
    const entered = await kv.keys(`spent/${lease}/`)
    if (entered.indexOf(entry) < 0 && entered.length >= leased) return false
    await kv.set(entry, 'entered')
    if (!(await append({ order, lease }))) return false
    await kv.set(entry, 'settled').catch(() => undefined)
    return true
  }

  return async (order) => {
    const terminal = order.slice(0, order.indexOf('-'))
    const lease = await certain(
      tried(() => commands.call('lease', { order: terminal, right: 'coupon' }, { right: coupon(leased), terminal, ttlMs: 86_400_000, epoch: '1' })),
    )
    const { kv } = context.ports
    const decided = await certain(tried(async () => ({ ok: true, value: await kv.get(`asked/${order}`) })))
    if (lease.value && decided.value === null) {
      try {
        if (await offline(order, lease.value.lease)) return 'offline'
      } catch {
        // the disk is full or the journal cannot be read: ask the hub
      }
    }
    // from here on the hub decides, also in a later life
    await certain(tried(async () => ({ ok: true, value: await kv.set(`asked/${order}`, '1') })))
    const hold = await certain(tried(() => commands.call('hold', { order, right: 'coupon' }, { order, rights: [coupon(1)], ttlMs: 600_000 })))
    if (!hold.value) return 'refused'
    const { hold: id } = hold.value
    const occasion = { order, right: id }
    if (order.endsWith('3')) return (await certain(tried(() => commands.call('release', occasion, { hold: id })))).value ? 'released' : 'refused'
    return (await certain(tried(() => commands.call('confirm', occasion, { hold: id })))).value ? 'redeemed' : 'refused'
  }
}

interface Spend {
  readonly order: string
  readonly lease: string
}

function redemptions(views: readonly { readonly facts: ReadonlyMap<number, string> }[]): readonly Spend[] {
  const spends: Spend[] = []
  views.forEach(({ facts }) =>
    facts.forEach((text) => {
      const { kind, body } = JSON.parse(text) as { readonly kind: string; readonly body: Spend }
      if (kind === 'Coupon Redeemed') spends.push(body)
    }),
  )
  return spends
}

async function judge(world: World, authority: ReferenceAuthority, ends: ReadonlyMap<string, End>, spends: readonly Spend[]): Promise<void> {
  const damaged = damagedOrders(world)
  const { free, held, redeemed, leased: out } = authority.counter('coupon')
  if (free + held + redeemed + out !== limit) world.fail('I12', `the counter holds ${free} free, ${held} held, ${redeemed} redeemed, ${out} leased of ${limit}`)
  // the same order twice is the same redemption
  const spent = new Map(spends.map((spend) => [spend.order, spend.lease]))
  const perLease = new Map<string, number>()
  spent.forEach((lease) => perLease.set(lease, (perLease.get(lease) || 0) + 1))
  perLease.forEach((count, lease) => {
    if (count > leased) world.fail('I12', `${lease} was spent ${count} times of ${leased}`)
  })
  if (redeemed + spent.size > limit) world.fail('I12', `${redeemed} redeemed and ${spent.size} spent of ${limit}`)
  const states = authority.orders()
  ends.forEach((end, order) => {
    const known = states.get(order) || []
    const took = known.filter((state) => state === 'redeemed').length + (spent.has(order) || damaged.has(order) ? 1 : 0)
    if (took !== (end === 'redeemed' || end === 'offline' ? 1 : 0))
      world.fail('I13', `${order} ended as ${end} and took the coupon ${took} times (${known.join()})`)
  })
}

/** Orders whose redemption the world made unreadable: the lease counts them, the hub cannot. */
function damagedOrders(world: World): ReadonlySet<string> {
  const orders = new Set<string>()
  world.devices.forEach(({ damaged }) =>
    damaged.forEach(({ text }) => {
      const found = /"order":"([^"]+)"/.exec(text)
      if (found) orders.add(found[1] as string)
    }),
  )
  return orders
}
