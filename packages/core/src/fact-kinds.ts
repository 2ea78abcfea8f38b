import type { KeyKind, Lane } from './facts'

/** Where on a shopper's way a kind of fact belongs: 引流 acquisition, 转化 conversion, 留存 retention, 裂变 referral. */
export type JourneyStage = 'acquisition' | 'conversion' | 'retention' | 'referral'

/** What a kind of fact is and who may send it. */
export interface FactKind {
  readonly lane: Lane
  readonly scopes: readonly KeyKind[]
  /** Absent: it is about the streams or about who is who, of no stage. */
  readonly stage?: JourneyStage
}

/** The names of {@link factKinds}. */
export type FactName =
  | 'Facts Lost'
  | 'Stream Ended'
  | 'Consent Recorded'
  | 'Identity Linked'
  | 'Visitor Left'
  | 'Session Started'
  | 'Page Viewed'
  | 'Screen Viewed'
  | 'QR Scanned'
  | 'Store Entered'
  | 'Store Exited'
  | 'Promotion Viewed'
  | 'Promotion Clicked'
  | 'Content Viewed'
  | 'Live Session Joined'
  | 'Products Searched'
  | 'Product List Viewed'
  | 'Product List Filtered'
  | 'Product Clicked'
  | 'Product Viewed'
  | 'Product Tried On'
  | 'Shelf Price Shown'
  | 'Price Mismatch Reported'
  | 'Product Added'
  | 'Product Removed'
  | 'Product Added to Wishlist'
  | 'Product Removed from Wishlist'
  | 'Wishlist Product Added to Cart'
  | 'Cart Viewed'
  | 'Checkout Started'
  | 'Checkout Step Viewed'
  | 'Checkout Step Completed'
  | 'Payment Info Entered'
  | 'Coupon Claimed'
  | 'Coupon Entered'
  | 'Coupon Applied'
  | 'Coupon Denied'
  | 'Coupon Removed'
  | 'Coupon Reserved'
  | 'Coupon Redeemed'
  | 'Coupon Released'
  | 'Coupon Reversed'
  | 'Appointment Booked'
  | 'Appointment Checked In'
  | 'Order Completed'
  | 'Order Updated'
  | 'Order Cancelled'
  | 'Receipt Issued'
  | 'Pickup Ready'
  | 'Order Picked Up'
  | 'Shipment Updated'
  | 'Order Refunded'
  | 'Return Accepted'
  | 'Points Earned'
  | 'Points Redeemed'
  | 'Points Reversed'
  | 'Consultation Started'
  | 'Consultation Followed Up'
  | 'Product Reviewed'
  | 'Feedback Given'
  | 'Product Shared'
  | 'Cart Shared'
  | 'Content Shared'
  | 'Referral Shared'
  | 'Referral Accepted'
  | 'Group Buy Joined'

const everyone: readonly KeyKind[] = ['publishable', 'terminal', 'secret', 'staff']
const shop: readonly KeyKind[] = ['terminal', 'secret', 'staff']

const about: FactKind = { lane: 'observe', scopes: everyone }
const seen = (stage: JourneyStage): FactKind => ({ lane: 'observe', scopes: everyone, stage })
const done = (stage: JourneyStage): FactKind => ({ lane: 'trade', scopes: shop, stage })

const acquisition = seen('acquisition')
const conversion = seen('conversion')
const retention = seen('retention')
const referral = seen('referral')
const sold = done('conversion')
const served = done('retention')

/**
 * Every kind the hub knows. Names follow Segment's e-commerce specification (object, past participle) and omokit's own
 * in the same form. Anything else is refused as `unknown-kind`, but for the brand's own `x:` kinds in observe. What rests on
 * the contract with the customer or on law stands in trade and is said by the shop; what a shopper's device saw stands in observe.
 */
export const factKinds: Readonly<Record<FactName, FactKind>> & Readonly<Record<string, FactKind | undefined>> = {
  // about the streams themselves
  'Facts Lost': about, // allowed in either lane, about its own stream
  'Stream Ended': { lane: 'trade', scopes: everyone },
  // about who is who
  'Consent Recorded': { lane: 'trade', scopes: everyone },
  'Identity Linked': about,
  'Visitor Left': about, // logout
  // a person comes near
  'Session Started': acquisition,
  'Page Viewed': acquisition,
  'Screen Viewed': acquisition,
  'QR Scanned': acquisition,
  'Store Entered': acquisition,
  'Store Exited': acquisition,
  'Promotion Viewed': acquisition,
  'Promotion Clicked': acquisition,
  'Content Viewed': acquisition,
  'Live Session Joined': acquisition,
  // looks for something and buys it
  'Products Searched': conversion,
  'Product List Viewed': conversion,
  'Product List Filtered': conversion,
  'Product Clicked': conversion,
  'Product Viewed': conversion,
  'Product Tried On': conversion,
  'Shelf Price Shown': conversion,
  'Price Mismatch Reported': sold,
  'Product Added': conversion,
  'Product Removed': conversion,
  'Product Added to Wishlist': conversion,
  'Product Removed from Wishlist': conversion,
  'Wishlist Product Added to Cart': conversion,
  'Cart Viewed': conversion,
  'Checkout Started': conversion,
  'Checkout Step Viewed': conversion,
  'Checkout Step Completed': conversion,
  'Payment Info Entered': conversion,
  'Coupon Claimed': conversion,
  'Coupon Entered': conversion,
  'Coupon Applied': conversion,
  'Coupon Denied': conversion,
  'Coupon Removed': conversion,
  'Coupon Reserved': sold,
  'Coupon Redeemed': sold,
  'Coupon Released': sold,
  'Coupon Reversed': sold,
  'Appointment Booked': conversion,
  'Appointment Checked In': sold,
  'Order Completed': sold,
  'Order Updated': sold,
  'Order Cancelled': sold,
  'Receipt Issued': sold,
  // is served and comes again
  'Pickup Ready': served,
  'Order Picked Up': served,
  'Shipment Updated': served,
  'Order Refunded': served,
  'Return Accepted': served,
  'Points Earned': served,
  'Points Redeemed': served,
  'Points Reversed': served,
  'Consultation Started': retention,
  'Consultation Followed Up': retention,
  'Product Reviewed': retention,
  'Feedback Given': retention,
  // brings others
  'Product Shared': referral,
  'Cart Shared': referral,
  'Content Shared': referral,
  'Referral Shared': referral,
  'Referral Accepted': referral,
  'Group Buy Joined': referral,
}
