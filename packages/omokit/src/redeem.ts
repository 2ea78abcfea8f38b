import type { RedemptionBody, Result } from '@omokit/core'
import type { Coupons, OfflineCoupons, OfflineRedemption } from '@omokit/coupons'

/** A coupon presented at a till. */
export interface TillRedemption extends OfflineRedemption {
  /** The member whose coupon it is, when known. */
  readonly member?: string
}

/**
 * Redeems with the hub when it answers, else under a lease. Repeating it for the same order gives the same answer, online
 * or not: should an unanswered hold have reached the hub, it is of the same order, and the journal settles it.
 */
export function createRedeem(coupons: Coupons, offline: OfflineCoupons): (redemption: TillRedemption) => Promise<Result<RedemptionBody>> {
  return async redemption => {
    const { order, coupon, item, amount, receiptNo, member } = redemption
    const held = await coupons.hold(order, [{ coupon, item }], { ...(member !== undefined && { member }), attempt: item })
    if (!held.ok) return isAway(held) ? offline.redeemOffline(redemption) : held
    const confirmed = await coupons.confirm({ ...held.value, amounts: amount === undefined ? {} : { [item]: amount } }, receiptNo)
    // held for this order: if the confirmation got lost, the journal brings it
    return confirmed.ok || isAway(confirmed) ? offline.remember({ order, coupon, item, ...(amount !== undefined && { amount }), ...(receiptNo !== undefined && { receiptNo }) }) : confirmed
  }
}

/** Nobody has decided: the hub did not answer. */
export const isAway = (answer: Result<unknown>): boolean => !answer.ok && answer.issues.every(({ code }) => code === 'unavailable' || code === 'timeout')
