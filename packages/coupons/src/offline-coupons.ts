import {
  accept,
  codeOf,
  refuse,
  type Clock,
  type Crypto,
  type FactDraft,
  type Issue,
  type OfflineContract,
  type Place,
  type Ports,
  type RedemptionBody,
  type Result,
} from '@omokit/core'
import type { CommandAnswers, Commands, Right } from '@omokit/core/commands'
import type { SigningKey } from '@omokit/core/documents'
import { verifyEnvelope } from '@omokit/core/envelope'
import type { Outbox } from '@omokit/core/outbox'
import { couponsAt, type CouponOffer } from './coupons'
import { createLeaseBook, type Lease } from './lease-book'

/** Options of {@link createOfflineCoupons}. */
export interface OfflineCouponsOptions {
  readonly ports: Ports
  readonly clock: Clock
  readonly commands: Pick<Commands, 'call'>
  readonly outbox: Pick<Outbox, 'append' | 'readTrade' | 'flush'>
  readonly hub: string
  readonly key: string
  /** Names this till among all of the brand: "store-0042-3". */
  readonly terminal: string
  /** The keys that may sign coupon tokens. */
  readonly keys: () => readonly SigningKey[]
  /** Where the runtime has no Ed25519 of its own: `@omokit/core/ed25519`. */
  readonly crypto?: Crypto
  readonly place?: () => Place
  readonly onIssue?: (issue: Issue) => void
}

/** What a lease is asked for. */
export interface LeaseOptions {
  /** The coupon a counter's units may be spent on; not needed for an item. */
  readonly coupon?: string
  /** How long the till may spend it, milliseconds, default 12 hours. */
  readonly ttlMs?: number
  /** What the coupon allows offline; by default as the hub's definition of the coupon says. */
  readonly contract?: OfflineContract | false
}

/** A coupon presented at a till without the hub. */
export interface OfflineRedemption {
  readonly order: string
  readonly coupon: string
  readonly item: string
  /** The token in the shopper's QR code, which proves the item. */
  readonly token: string
  /** What it takes off, minor units: counts against the coupon's offline contract. */
  readonly amount?: number
  readonly receiptNo?: string
}

/** A till's part: spending rights the hub leased to it, without the hub. */
export interface OfflineCoupons {
  /** Asks the hub for units of a counter or for one item, to be spent here without it. Safe to repeat after a crash. */
  acquireLease(right: Right, options?: LeaseOptions): Promise<Result<Lease>>
  /** The leases held, with the units left. */
  leases(): Promise<readonly (Lease & { readonly left: number })[]>
  /** Sends the journal, then gives the rest back. Issues: `unavailable`, `lease-unknown`. */
  returnLease(lease: string): Promise<Result<CommandAnswers['lease-return']>>
  /**
   * Redeems without the hub. When it answers ok, the redemption stands in the trade lane: print the receipt. The same item
   * for the same order gives the same answer again, also after a kill and a restart, and burns nothing twice.
   * Issues: `bad-token`, `token-expired`, `already-redeemed`, `online-only`, `lease-expired`, `lease-exhausted`,
   * `offline-limit`, `quota`, `unavailable`.
   */
  redeemOffline(redemption: OfflineRedemption): Promise<Result<RedemptionBody>>
  /**
   * What this till answered for the item before, with the hub or without it; undefined when the item is new here.
   * Issues: `already-redeemed` when it was for another order.
   */
  recall(redemption: Pick<OfflineRedemption, 'item' | 'order'>): Promise<Result<RedemptionBody | undefined>>
  /** Remembers what the hub confirmed online, so that the same item is refused here should the network go away. */
  remember(redemption: Omit<OfflineRedemption, 'token'>): Promise<Result<RedemptionBody>>
}

/**
 * Offline redemption. The trade lane is the till's journal. Before each append the redemption is written down by item
 * (see {@link createLeaseBook}), because acknowledged journal records leave the device: what is written down and what the
 * journal holds together are never less than what was spent, at whatever point the process dies.
 */
export function createOfflineCoupons(options: OfflineCouponsOptions): OfflineCoupons {
  const { ports, clock, commands, outbox, terminal, crypto = ports.crypto, place = nowhere } = options
  const book = createLeaseBook(ports, outbox)
  const locked = <T>(run: () => Promise<Result<T>>): Promise<Result<T>> =>
    ports.locks.hold('coupons', run).catch((error) => refuse(codeOf(error) || 'unavailable'))

  async function contractOf(coupon: string | undefined): Promise<OfflineContract | undefined> {
    if (coupon === undefined) return undefined
    const answer = await couponsAt<CouponOffer>(options, '/v1/coupons')
    const [offer] = answer.ok ? answer.value.filter(({ id }) => id === coupon) : []
    return offer && offer.offline
  }

  /** Appends and waits: from here on the redemption is durable. */
  async function burn(body: RedemptionBody): Promise<Result<RedemptionBody>> {
    try {
      await outbox.append({ kind: 'Coupon Redeemed', body, place: place() } as FactDraft)
    } catch (error) {
      const code = codeOf(error)
      // nothing of it was stored; of any other fault that is not known, so it stays written down as spent
      if (code === 'quota' || code === 'closed') await book.strike(body)
      return refuse(code || 'unavailable', { path: 'outbox' })
    }
    await book.settle(body)
    return accept(body)
  }

  /** Spends an item that was not here before: with the hub, or under a lease. */
  async function spend({ coupon, item, order, amount, receiptNo }: Omit<OfflineRedemption, 'token'>, lease?: Lease): Promise<Result<RedemptionBody>> {
    const { lease: under, epoch }: Partial<Lease> = lease || {}
    const body = { coupon, item, order, lease: under, epoch, terminal, amount, receiptNo, quantity: 1, offline: !!lease } as RedemptionBody
    await book.enter(body)
    return burn(body)
  }

  /** The answer for an item this till has seen before; one that is new here is answered `first`. */
  const once = <T>({ item, order }: Pick<OfflineRedemption, 'item' | 'order'>, first: () => Promise<Result<T>>): Promise<Result<RedemptionBody | T>> =>
    locked<RedemptionBody | T>(async () => {
      const found = await book.find(item)
      if (!found) return first()
      const [body, settled] = found
      if (body.order !== order) return refuse('already-redeemed', { path: item, have: body.order })
      return settled ? accept(body) : burn(body)
    })

  async function check({ coupon, item, token, amount = 0 }: OfflineRedemption): Promise<Result<Lease>> {
    if (!crypto) return refuse('bad-token', { path: 'crypto' })
    const { now } = clock.read()
    const opened = await verifyEnvelope(token, { brand: ports.env.brand, type: 'coupon', keys: options.keys(), crypto, now })
    if (!opened.ok) {
      const [{ code }] = opened.issues as readonly [Issue]
      return code === 'token-expired' ? opened : refuse('bad-token', { path: 'token', have: code })
    }
    const { claims } = opened.value
    if (claims.coupon !== coupon || claims.item !== item) return refuse('bad-token', { path: 'token', have: claims.item || '', need: item })
    const { storeId = '' }: Partial<Place> = place() || {}
    if (claims.store !== undefined && claims.store !== storeId) return refuse('bad-token', { path: 'store', have: storeId, need: claims.store })

    let answer: Result<Lease> = refuse('online-only', { path: coupon })
    for (const lease of await book.leases())
      if (!answer.ok && (lease.right.kind === 'item' ? lease.right.id === item : lease.coupon === coupon)) answer = await spendable(lease, amount, now)
    return answer
  }

  async function spendable(lease: Lease, amount: number, now: number): Promise<Result<Lease>> {
    const { lease: path, right, contract = {}, expiresAt, acquiredAt } = lease
    if (!contract) return refuse('online-only', { path: lease.coupon || right.id })
    // a clock that stands before the lease was given does not run: nothing can be said about its end
    if (now >= expiresAt || now < acquiredAt) return refuse('lease-expired', { path, have: now, need: expiresAt })
    const spent = await book.spent(path)
    if (spent.length >= right.qty) return refuse('lease-exhausted', { path, have: spent.length, need: right.qty })
    const reached = {
      maxAgeMs: now - acquiredAt,
      maxValue: amount,
      maxStoredSum: spent.reduce((sum, body) => sum + (body.amount || 0), amount),
      maxCount: spent.length + 1,
    }
    for (const limit of Object.keys(reached) as (keyof typeof reached)[]) {
      const [have, need = have] = [reached[limit], contract[limit]]
      if (have > need) return refuse('offline-limit', { path: limit, have, need })
    }
    return accept(lease)
  }

  return {
    acquireLease: (right, { coupon, ttlMs = 43_200_000, contract } = {}) =>
      locked(async () => {
        // an item is leased once: a till that died before it could say so asks again
        const { now } = clock.read()
        const [held] = (await book.leases()).filter(
          ({ right: own, expiresAt }) => right.kind === 'item' && own.kind === 'item' && own.id === right.id && expiresAt > now,
        )
        if (held) return accept(held)
        const asked = await book.ask(right, ttlMs)
        const answer = await commands.call(
          'lease',
          { order: terminal, right: `${right.kind}:${right.id}`, occasion: asked.occasion },
          { right: asked.right, ttlMs: asked.ttlMs, epoch: asked.epoch, terminal },
        )
        if (!answer.ok) {
          const [{ code }] = answer.issues as readonly [Issue]
          // while nobody has decided, the next attempt must ask with the same words
          if (code !== 'unavailable' && code !== 'timeout' && code !== 'rate-limited') await book.asked(right)
          return answer
        }
        const acquiredAt = clock.read().now
        if (contract === undefined) contract = await contractOf(coupon)
        const lease = Object.assign({}, answer.value, { acquiredAt, coupon, contract }) as Lease
        await book.add(lease)
        await book.asked(right)
        return accept(lease)
      }),
    leases: async () =>
      Promise.all((await book.leases()).map(async (lease) => Object.assign({}, lease, { left: lease.right.qty - (await book.spent(lease.lease)).length }))),
    returnLease: (lease) =>
      locked(async () => {
        if (!(await book.leases()).some((each) => each.lease === lease)) return refuse('lease-unknown', { path: lease })
        const spent = (await book.spent(lease)).length
        await outbox.flush()
        const answer = await commands.call('lease-return', { order: terminal, right: lease }, { lease, spent })
        if (answer.ok) await book.remove(lease)
        return answer
      }),
    redeemOffline: (redemption) =>
      once(redemption, async () => {
        const lease = await check(redemption)
        return lease.ok ? spend(redemption, lease.value) : lease
      }),
    recall: (redemption) => once(redemption, async () => accept(undefined)),
    remember: (redemption) => once(redemption, () => spend(redemption)),
  }
}

const nowhere = (): undefined => undefined
