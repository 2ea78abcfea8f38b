import { accept, type RedemptionBody, type Result } from '@omokit/core'
import type { Coupons, HoldOptions, OfflineCoupons, OfflineRedemption } from '@omokit/coupons'

/** A coupon presented at a till. */
export interface TillRedemption extends OfflineRedemption {
  /** The member whose coupon it is, when known. */
  readonly member?: string
}

/**
 * Redeems an item that this till has leased under its lease; anything else with the hub when it answers, else under a lease. Repeating it for the same order gives the same answer, online
 * or not: should an unanswered hold have reached the hub, it is of the same order, and the journal settles it.
 */
export function createRedeem(coupons: Coupons, offline: OfflineCoupons): (redemption: TillRedemption) => Promise<Result<RedemptionBody>> {
  return async (redemption) => {
    const { order, coupon, item, amount, receiptNo, member } = redemption
    // the hub would refuse what its own lease or journal of this till has used up
    const earlier = await offline.recall(redemption)
    if (!earlier.ok) return earlier
    if (earlier.value) return accept(earlier.value)
    const leases = await offline.leases().catch(() => [])
    // items, not counters: an item is either with the hub or with the till that leased it
    if (leases.some(({ right }) => right.kind === 'item' && right.id === item)) return offline.redeemOffline(redemption)
    const held = await coupons.hold(order, [{ coupon, item }], { member, attempt: item } as HoldOptions)
    if (!held.ok) return isAway(held) ? offline.redeemOffline(redemption) : held
    const confirmed = await coupons.confirm(Object.assign({}, held.value, { amounts: amount === undefined ? {} : { [item]: amount } }), receiptNo)
    // held for this order: if the confirmation got lost, the journal brings it
    return confirmed.ok || isAway(confirmed) ? offline.remember(redemption) : confirmed
  }
}

/** Nobody has decided: the hub did not answer. */
export const isAway = (answer: Result<unknown>): boolean =>
  !answer.ok && answer.issues.every(({ code }) => code === 'unavailable' || code === 'timeout' || code === 'rate-limited')
