import type { Lane } from './facts'

/** The kinds of facts by lane, spelt densely because every page carries them; who may send each is `factKinds`, which the hub asks. */
export const factLanes: Readonly<Record<Lane, string>> = {
  trade:
    'Stream Ended|Consent Recorded|Receipt Issued|Order Completed|Order Refunded|Return Accepted|Coupon Redeemed|Coupon Reversed|Points Redeemed|Price Mismatch Reported',
  observe:
    'Facts Lost|Identity Linked|Visitor Left|Session Started|Page Viewed|Screen Viewed|Products Searched|Product List Viewed|Product Clicked|Product Viewed|' +
    'Product Added|Product Removed|Cart Viewed|Checkout Started|Coupon Claimed|Coupon Applied|Coupon Denied|Promotion Viewed|Promotion Clicked|QR Scanned|' +
    'Store Entered|Shelf Price Shown',
}
