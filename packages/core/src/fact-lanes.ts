import type { Lane } from './facts'

/** The kinds of trade facts, spelt densely because every page carries them; who may send each is `factKinds`, which the hub asks. */
export const tradeKinds: string =
  'Stream Ended|Consent Recorded|Receipt Issued|Order Completed|Order Updated|Order Cancelled|Order Refunded|Order Picked Up|Return Accepted|Pickup Ready|' +
  'Shipment Updated|Appointment Checked In|Coupon Reserved|Coupon Redeemed|Coupon Released|Coupon Reversed|Points Earned|Points Redeemed|Points Reversed|' +
  'Price Mismatch Reported'

/** Whether a kind of fact belongs to trade: never dropped, never sampled. */
export const isTradeKind = (kind: string): boolean => tradeKinds.split('|').indexOf(kind) >= 0

/** Every other name of the right form is observe: whether there is such a kind the hub knows, so that no page carries the list. */
export const isKindName = (kind: string): boolean => /^(x:.|[A-Z]\w+( \w+)+$)/.test(kind)

/** The lane of a kind, undefined for what is no name of a kind. */
export const laneOfKind = (kind: string): Lane | undefined => (isTradeKind(kind) ? 'trade' : isKindName(kind) ? 'observe' : undefined)
