import {
  accept,
  askHub,
  createClock,
  type Clock,
  type Crypto,
  type Issue,
  type Place,
  type Ports,
  type ReceiptBody,
  type RedemptionBody,
  type Result,
} from '@omokit/core'
import type { SigningKey } from '@omokit/core/documents'
import { verifyEnvelope } from '@omokit/core/envelope'
import { createOutbox, type FlushReport, type Outbox, type OutboxLimits } from '@omokit/core/outbox'
import { createOfflineCoupons, type OfflineCoupons } from '@omokit/coupons'
import { createTracker, type Tracker, type TrackerPlugin } from '@omokit/tracker'
import { createReceipts, type ReceiptDraft } from './receipts'
import { createRedeem, isAway, type TillRedemption } from './redeem'
import { createShop, type Shop } from './shop'

/** Options of a till, beside its ports. */
export interface TillOptions {
  /** Base URL of the hub, without a trailing slash. */
  readonly hub: string
  /** A terminal key of the brand: `tk_…`. */
  readonly key: string
  readonly storeId: string
  /** Names this till in its store. */
  readonly workstationId: string
  /** Public keys that may sign the brand's releases, coupon tokens and member codes. */
  readonly keys?: readonly SigningKey[]
  /** ISO 4217, for releases that do not state theirs. */
  readonly currency?: string
  readonly limits?: OutboxLimits
  /** What sees events before and after they are stored: a scrubber, a plan's check, a destination. Receipts and redemptions do not pass it. */
  readonly plugins?: readonly TrackerPlugin[]
  readonly onIssue?: (issue: Issue) => void
}

/** Who works at the till, and on which business day. */
export type Shift = Pick<Place, 'businessDay' | 'operatorId' | 'training'>

/** Who a member code stands for: the member when the hub answered, else only the opaque handle, to be resolved later. */
export interface ReadMember {
  readonly member?: string
  readonly tier?: string
  readonly handle?: string
}

/** A till: sells, redeems and prints with the hub or without it. */
export interface Till extends Shop {
  readonly ports: Ports
  readonly clock: Clock
  readonly outbox: Outbox
  readonly tracker: Tracker
  readonly track: Tracker['track']
  /** Leases, and redeeming under them. */
  readonly offline: OfflineCoupons
  /** Redeems a coupon for an order: with the hub when it answers, else under a lease. Durable when it answers ok. */
  redeem(redemption: TillRedemption): Promise<Result<RedemptionBody>>
  /** Numbers, seals and stores a receipt. Durable when it answers ok: print it. */
  issueReceipt(draft: ReceiptDraft): Promise<Result<ReceiptBody>>
  /** Reads a member code, each once. Issues: `bad-token`, `token-expired`, `token-replayed`, … */
  readMember(code: string): Promise<Result<ReadMember>>
  /** What every fact from here on says about the shift. */
  shift(now: Shift): void
  /** Where this till stands. */
  place(): Place
  /** Reads what is stored, follows releases, sends the journal, settles commands that lost their answer. */
  start(): Promise<void>
  flush(): Promise<FlushReport>
  /** Ends listening and sending; everything stored stays for the next start. */
  stop(): Promise<void>
}

/** A till on ports of one's own. Creating it touches nothing. */
export function createTill(options: TillOptions & { readonly ports: Ports; readonly crypto?: Crypto }): Till {
  const { ports, storeId, workstationId, keys = [], crypto = ports.crypto } = options
  let now: Shift = {}
  const place = (): Place => Object.assign({ channel: 'till' as const, storeId, workstationId }, now)

  const clock = createClock(ports)
  const terminal = `${storeId}-${workstationId}`
  /** What every part of the till stands on. */
  const base = Object.assign({ net: ports.net }, options, { clock, place, terminal, store: storeId })
  const outbox = createOutbox(base)
  // what a till records is the shop's own business: it names no visitor, so there is nobody to ask
  const tracker = createTracker(Object.assign({}, base, { outbox, who: () => ({ deviceShared: true as const }), may: () => true }))
  // a cashier waits: one attempt, then the lease
  const shop = createShop(Object.assign({}, base, { attempts: 1 }))
  const { commands, coupons, pricing } = shop
  const offline = createOfflineCoupons(Object.assign({}, base, { outbox, commands, keys: () => keys }))
  const receipts = createReceipts(Object.assign({}, base, { outbox }))
  const usedNonces = new Set<string>()
  let off: (() => void) | undefined

  /** The journal first: a command must not be settled against a state that does not know it yet. */
  async function catchUp(): Promise<void> {
    const { issue } = await outbox.flush()
    if (!issue) await commands.settle().catch(() => undefined)
  }

  return Object.assign({}, shop, {
    ports,
    clock,
    outbox,
    tracker,
    offline,
    place,
    track: tracker.track,
    redeem: createRedeem(coupons, offline),
    issueReceipt: receipts.issue,
    async readMember(code: string): Promise<Result<ReadMember>> {
      const answer = await askHub<ReadMember>(base, 'POST', '/v1/members/resolve', { code })
      if (!isAway(answer) || !crypto) return answer
      const opened = await verifyEnvelope(code, { brand: ports.env.brand, type: 'member-code', keys, crypto, now: clock.read().now, usedNonces })
      return opened.ok ? accept({ handle: opened.value.claims.handle }) : opened
    },
    shift: (shift: Shift) => void (now = shift),
    async start() {
      off = off || ports.life.onOnline((online) => online && void catchUp())
      outbox.start()
      await pricing.start()
      void catchUp()
    },
    flush: outbox.flush,
    stop() {
      if (off) off()
      pricing.stop()
      return outbox.stop()
    },
  })
}
