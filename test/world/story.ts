import { createHash, createPublicKey, verify } from 'node:crypto'
import { sql } from 'kysely'
import { createOmokit, createTill } from 'omokit'
import type { Till, TillOptions } from 'omokit'
import type { Crypto, Result } from '@omokit/core'
import { createWorld, watchCommands, watchFacts } from '@omokit/core/testing'
import type { Faults, World, WorldContext, WorldDevice } from '@omokit/core/testing'
import type { Store } from '@omokit/hub'
import { coupon, member, openBrand, signer, type Brand } from './brand'
import { hubInWorld, type HubInWorld } from './hub-in-world'

export interface StoryRun {
  readonly seed: number
  readonly store: Store
  /** A name no other run on this store has; the same length gives the same trace. */
  readonly brand: string
  readonly faults?: Partial<Faults> | 'none'
}

export interface StoryFigures {
  readonly facts: number
  /** 1 when the offline till redeemed and printed. */
  readonly printed: number
  /** Typed refusals that the second till and the web heard. */
  readonly refusals: number
  readonly kills: number
  readonly requests: number
  readonly findings: readonly string[]
  readonly trace: string
}

/** What everybody knows of the run, whoever dies. */
interface Plot {
  coupon?: { readonly item: string; readonly token: string }
  leased: boolean
  /** Orders that were given the coupon, by whom. */
  readonly given: Map<string, string>
  /** Code each of the others was refused with. */
  readonly refused: Map<string, string>
  printed?: { readonly receiptNo: string; readonly seal: { readonly hash: string } }
  kills: number
}

/**
 * The story in one thread, with the real hub: a visitor claims a coupon on the web and logs in; a till leases it, loses the
 * network, quotes, redeems and prints; another till and the web try the same coupon; the till is killed and comes back;
 * every fact arrives. All of it under the faults of the seed.
 */
export async function runStory({ seed, store, brand: name, faults }: StoryRun): Promise<StoryFigures> {
  // the story is told by people whose devices can read what they wrote
  const world = createWorld({ seed, faults: faults === 'none' ? 'none' : { storage: 0, ...faults } })
  const hub = hubInWorld(world, store, name, signer)
  const brand = await openBrand(world, store, hub, name)
  world.server('http://hub', hub.start)
  const witness = watchFacts(world, hub.view)
  watchCommands(world)
  const plot: Plot = { leased: false, given: new Map(), refused: new Map(), kills: 0 }
  let requests = 0
  world.onExchange(() => requests++)

  const play = (device: string, platform: 'web' | 'till', act: (context: WorldContext, device: WorldDevice) => Promise<void>): WorldDevice => {
    const made: WorldDevice = world.device(device, {
      brand: name,
      platform,
      crypto,
      async boot(context) {
        if (context.generation > 1) plot.kills++
        witness.booted(context, made)
        await act(context, made)
      },
    })
    witness.watch(made)
    return made
  }
  play('web', 'web', (context) => shopper(world, context, brand, plot))
  play('till1', 'till', (context, device) => offlineTill(world, context, device, brand, plot))
  play('till2', 'till', (context) => secondTill(world, context, brand, plot))

  await world.run(240_000)
  world.heal()
  const told = (): boolean => plot.printed !== undefined && plot.refused.size === 2
  const done = async (): Promise<boolean> => (told() || plot.refused.size === 3) && (await witness.drained())
  if (!(await world.runUntil(done, 3_600_000))) {
    world.fail(
      'liveness',
      `an hour after the last fault: coupon ${plot.coupon ? 'claimed' : 'not claimed'}, ${plot.leased ? '' : 'not '}leased, ` +
        `given to ${Array.from(plot.given).join(' ') || 'nobody'}, refused ${Array.from(plot.refused).join(' ')}, drained ${await witness.drained()}`,
    )
  }
  await world.run(120_000)
  await witness.check()
  await judge(world, store, name, plot)
  const views = await hub.view.streams()
  return {
    facts: views.reduce((sum, view) => sum + view.facts.size, 0),
    printed: plot.printed ? 1 : 0,
    refusals: plot.refused.size,
    kills: plot.kills,
    requests,
    findings: (await hub.findings()).map(({ code }) => code),
    trace: world.traceHash(),
  }
}

const common = { hub: 'http://hub', currency: 'CNY', limits: { block: 16, linger: 500, maxBackoff: 20_000 } } as const
const basket = {
  currency: 'CNY',
  lines: [
    { id: '1', sku: 'TEA', qty: 2 },
    { id: '2', sku: 'CUP', qty: 1 },
  ],
} as const

async function shopper(world: World, context: WorldContext, brand: Brand, plot: Plot): Promise<void> {
  const omokit = createOmokit({ ...common, ports: context.ports, key: brand.publishable, keys: brand.keys, place: { channel: 'web' } })
  await omokit.start()
  const browse = (sku: string): void => void omokit.track('Product Viewed', { sku })
  if (omokit.consent.state() === 'unset') await certain(world, context, () => omokit.consent.grantAll())
  browse('TEA')
  await certain(world, context, () => omokit.login({ member, token: brand.session }))
  while (!plot.coupon) {
    const claimed = await certain(world, context, () => omokit.coupons.claim(coupon))
    if (!claimed.ok) world.fail('story', `the claim was refused: ${code(claimed)}`)
    const { item, token } = claimed.value
    if (!token) world.fail('story', 'the coupon came without its token')
    plot.coupon = { item, token: token as string }
  }
  browse('CUP')
  while (!plot.leased) await context.sleep(1000)
  await context.sleep(world.random.below(20_000))
  await tryCoupon(world, context, plot, 'web', (item) => omokit.coupons.hold('W-1', [{ coupon, item }]))
  for (;;) {
    browse('TEA')
    if (plot.printed) return
    await context.sleep(20_000)
  }
}

async function offlineTill(world: World, context: WorldContext, device: WorldDevice, brand: Brand, plot: Plot): Promise<void> {
  const till = await openTill(context, { key: brand.terminal1, storeId: '0001', workstationId: '1', keys: brand.keys })
  while (!plot.coupon) await context.sleep(1000)
  const { item, token } = plot.coupon
  while (till.pricing.state() === 'empty') await context.sleep(1000)
  if (!plot.leased) {
    const leased = await certain(world, context, () => till.offline.acquireLease({ kind: 'item', id: item, qty: 1 }, { coupon }))
    if (!leased.ok) world.fail('story', `the lease was refused: ${code(leased)}`)
    plot.leased = true
    // the cable is pulled, and put back half a minute after the till has died
    device.offline(true)
    world.after(30_000 + world.random.below(60_000), () => {
      device.kill(world.random.chance(0.3))
      world.after(30_000, () => device.offline(false))
    })
  }
  const quoted = till.quote({ ...basket, channel: 'till', storeId: '0001', coupons: [{ coupon, item }] })
  if (!quoted.ok) return world.fail('story', `no quote: ${code(quoted)}`)
  const taken = quoted.value.applied.find((applied) => applied.rule === coupon)
  if (taken?.amount !== 2000) world.fail('story', `the coupon took ${taken?.amount}`)
  const redeemed = await certain(world, context, () => till.redeem({ order: 'A-1', coupon, item, token, amount: 2000, member }))
  if (!redeemed.ok) {
    if (plot.given.has('till1')) world.fail('I15', `till1 was given the coupon and then refused: ${code(redeemed)}`)
    plot.refused.set('till1', code(redeemed))
    return
  }
  plot.given.set('till1', 'A-1')
  const receipt = await certain(world, context, () => till.issueReceipt({ order: 'A-1', quote: quoted.value, redemptions: [redeemed.value], member }))
  if (!receipt.ok) return world.fail('story', `no receipt: ${code(receipt)}`)
  const { receiptNo, seal } = receipt.value
  if (plot.printed && plot.printed.receiptNo !== receiptNo) world.fail('story', `order A-1 has two receipts: ${plot.printed.receiptNo} and ${receiptNo}`)
  plot.printed = { receiptNo, seal }
}

async function secondTill(world: World, context: WorldContext, brand: Brand, plot: Plot): Promise<void> {
  const till = await openTill(context, { key: brand.terminal2, storeId: '0002', workstationId: '1', keys: brand.keys })
  while (!plot.leased) await context.sleep(1000)
  await context.sleep(world.random.below(20_000))
  const { token } = plot.coupon as { readonly token: string }
  await tryCoupon(world, context, plot, 'till2', (item) => till.redeem({ order: 'B-1', coupon, item, token, amount: 2000, member }))
}

async function openTill(context: WorldContext, options: Pick<TillOptions, 'key' | 'storeId' | 'workstationId' | 'keys'>): Promise<Till> {
  const till = createTill({ ...common, ...options, ports: context.ports })
  await till.start()
  return till
}

/** Somebody else asks for the leased coupon: whatever the network does, the answer must be a typed no. */
async function tryCoupon(world: World, context: WorldContext, plot: Plot, who: string, ask: (item: string) => Promise<Result<unknown>>): Promise<void> {
  const { item } = plot.coupon as { readonly item: string }
  const answer = await certain(world, context, () => ask(item))
  if (answer.ok) world.fail('I12', `${who} was given the coupon that till1 had leased`)
  plot.refused.set(who, code(answer))
}

const undecided = ['unavailable', 'timeout', 'rate-limited', 'quota', 'no-release']

/** Asks until somebody has decided. Faults of the device reject or refuse; both are tried again. */
async function certain<T>(world: World, context: WorldContext, ask: () => Promise<Result<T>>): Promise<Result<T>> {
  for (;;) {
    const answer = await ask().catch((error: { readonly code?: string }): undefined => {
      if (!error.code) throw error
      return undefined
    })
    // a till without network finds nobody to ask, and no lease for what is not its own
    if (answer && (answer.ok || !answer.issues.some((issue) => undecided.includes(issue.code)))) return answer
    await context.sleep(1000 + world.random.below(10_000))
  }
}

const code = (answer: Result<unknown>): string => (answer.ok ? 'ok' : answer.issues.map((issue) => issue.code).join())

/** Every number here is asked of the hub's tables. */
async function judge(world: World, store: Store, name: string, plot: Plot): Promise<void> {
  const item = plot.coupon?.item ?? ''
  const [used, receipts, parity] = await store.tx(name, async (trx) => {
    const ledger = await sql<{
      used: number
    }>`select coalesce(sum(used), 0)::int as used from ledger where brand = ${name} and kind = 'item' and right_id = ${item}`.execute(trx)
    const printed = await sql<{ receipt_no: string; seal: string }>`select receipt_no, seal from receipts where brand = ${name} and order_id = 'A-1'`.execute(
      trx,
    )
    const mismatches = await sql<{
      count: number
    }>`select count(*)::int as count from findings where brand = ${name} and code in ('seal-mismatch', 'receipt-edited', 'over-redeemed')`.execute(trx)
    return [ledger.rows[0]?.used, printed.rows, mismatches.rows[0]?.count] as const
  })
  const damaged = world.devices.some((device) => device.damaged.length > 0)
  if (parity) world.fail('I12', `${parity} findings of over-redemption or mismatch on honest devices`)
  if ((used ?? 0) > 1) world.fail('I12', `the coupon was used ${used} times`)
  if (used !== plot.given.size && !damaged) world.fail('I12', `the coupon was given ${plot.given.size} times; the hub counts ${used}`)
  if (
    plot.printed &&
    !damaged &&
    (receipts.length !== 1 || receipts[0]?.receipt_no !== plot.printed.receiptNo || receipts[0]?.seal !== plot.printed.seal.hash)
  ) {
    world.fail('I1', `receipt ${plot.printed.receiptNo} with seal ${plot.printed.seal.hash} is ${JSON.stringify(receipts)} at the hub`)
  }
}

const spki = Buffer.from('302a300506032b6570032100', 'hex')

/** Signatures and hashes at once: nothing real may be waited for inside a device. */
const crypto: Crypto = {
  verify: async (key, signature, message) =>
    verify(null, message, createPublicKey({ key: Buffer.concat([spki, key]), format: 'der', type: 'spki' }), signature),
  sha256: async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
}

export type { HubInWorld }
