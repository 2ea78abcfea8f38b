import type { FactBody } from './facts'

/**
 * Body of `Coupon Redeemed` (trade): one right was used up by one order. The till's journal of these is what a lease
 * balance is computed from, and what a restarted till answers a repeated redemption with.
 */
export interface RedemptionBody extends FactBody {
  /** The coupon's id, as the rule book and the hub name it. */
  readonly coupon: string
  /** The instance that was used: a code or coupon item. */
  readonly item: string
  /** The order it was used for. The same item for the same order is the same redemption. */
  readonly order: string
  /** Offline: the lease it was spent under. */
  readonly lease?: string
  /** Offline: the boot epoch the lease is bound to. */
  readonly epoch?: string
  readonly terminal: string
  /** What it took off the order, minor units. */
  readonly amount?: number
  readonly receiptNo?: string
  readonly quantity: 1
  /** true: accepted without asking the hub. */
  readonly offline: boolean
}

/**
 * What a coupon allows a till to do without the hub, per lease: the contract offline payments publish. Absent limits do
 * not bind.
 */
export interface OfflineContract {
  /** Longest time since the lease was given, milliseconds. */
  readonly maxAgeMs?: number
  /** Most one redemption may take off, minor units. */
  readonly maxValue?: number
  /** Most all redemptions under one lease may take off together, minor units. */
  readonly maxStoredSum?: number
  /** Most redemptions under one lease. */
  readonly maxCount?: number
  /** Who bears the loss of a conflict. */
  readonly lossOwner?: 'brand' | 'store' | 'partner' | 'platform'
}
