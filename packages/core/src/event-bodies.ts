import type { Channel, FactBody } from './facts'
import type { ReceiptBody } from './receipt'
import type { RedemptionBody } from './redemption'

/**
 * What any event may say beside its own fields. `place` of the fact says channel, store, workstation, business day, operator and
 * training; a session's campaign stands in its `Session Started`, and `session` leads to it.
 */
export interface EventContext extends FactBody {
  /** The visitor of this device, only under consent. */
  readonly anonId?: string
  /** The member who is logged in. */
  readonly userId?: string
  readonly session?: string
  /** The release a price or rule in this event came from. */
  readonly release?: number
  /** The shop assistant whom the event is credited to. */
  readonly staffId?: string
  /** What share of such events is recorded, above 0 and up to 1: this one stands for `1 / sampleRate`. Absent: all are. */
  readonly sampleRate?: number
  /** A declared program, no person. */
  readonly bot?: 'crawler' | 'webdriver' | 'headless'
}

/** Where a visit came from: UTM fields, the scene of a mini-program, the placement of a QR code. */
export interface CampaignBody extends FactBody {
  readonly source?: string
  readonly medium?: string
  readonly name?: string
  readonly term?: string
  readonly content?: string
  readonly scene?: string
  readonly placement?: string
}

/** A product as it appears in browsing and cart events. Amounts are integer minor units. */
export interface ProductBody extends FactBody {
  readonly sku: string
  readonly name?: string
  readonly gtin?: string
  readonly category?: string
  readonly brand?: string
  readonly variant?: string
  /** Price of one unit shown to the shopper, minor units. */
  readonly price?: number
  /** ISO 4217. */
  readonly currency?: string
  /** How many this event is about: a change, never the cart's level. */
  readonly quantity?: number
  /** The release the price came from. */
  readonly release?: number
  /** Place in a list, from 1. */
  readonly position?: number
  readonly coupon?: string
}

/** A list, search result or shelf the shopper saw. */
export interface ProductListBody extends FactBody {
  readonly list?: string
  readonly category?: string
  readonly products: readonly ProductBody[]
}

/** A cart or checkout. Amounts are integer minor units. */
export interface CartBody extends FactBody {
  readonly cart?: string
  readonly order?: string
  readonly currency: string
  /** What the shopper would pay, minor units. */
  readonly value?: number
  readonly products: readonly ProductBody[]
}

/** One step of a checkout. */
export interface CheckoutStepBody extends FactBody {
  readonly step: number
  readonly cart?: string
  readonly order?: string
  /** How it is delivered or handed over. */
  readonly shippingMethod?: string
  readonly paymentMethod?: string
}

/** A paid order. Amounts are integer minor units. */
export interface OrderBody extends FactBody {
  readonly order: string
  readonly currency: string
  /** What was paid, minor units. */
  readonly total: number
  /** What was taken off, minor units. */
  readonly discount?: number
  readonly shipping?: number
  readonly tax?: number
  readonly coupons?: readonly string[]
  readonly member?: string
  readonly products: readonly ProductBody[]
}

/** A coupon that was claimed, entered, put on a basket, taken off it, or refused. */
export interface CouponBody extends FactBody {
  readonly coupon: string
  /** The instance. */
  readonly item?: string
  readonly order?: string
  readonly cart?: string
  /** Minor units. */
  readonly amount?: number
  /** Why it was refused: an issue code. */
  readonly reason?: string
}

/** A right on a coupon that an order took, gave back unused, or got back after use. */
export interface CouponHoldBody extends FactBody {
  readonly coupon: string
  /** The instance. */
  readonly item: string
  readonly order: string
  readonly hold?: string
  /** Minor units. */
  readonly amount?: number
  /** Milliseconds: until when it is reserved. */
  readonly expiresAt?: number
  /** The document it came back against. */
  readonly returnDocument?: string
  readonly reason?: string
}

/** Points that came or went. One line of the ledger. */
export interface PointsBody extends FactBody {
  readonly points: number
  /** The line of the ledger. */
  readonly entry?: string
  /** The line this one takes back. */
  readonly reverses?: string
  readonly order?: string
  readonly member?: string
  /** What the points stand for, minor units. */
  readonly amount?: number
  readonly returnDocument?: string
  readonly reason?: string
}

/** A promotion's banner or tile. */
export interface PromotionBody extends FactBody {
  readonly promotion: string
  readonly name?: string
  readonly creative?: string
  readonly position?: string
}

/** Something to read or watch that is not a product page: an article, a note (种草), a buyer's picture (晒单). */
export interface ContentBody extends FactBody {
  readonly content: string
  readonly format?: 'article' | 'note' | 'video' | 'review'
  readonly author?: string
  readonly skus?: readonly string[]
}

/** An appointment in a store. */
export interface AppointmentBody extends FactBody {
  readonly appointment: string
  readonly storeId: string
  readonly service?: string
  /** Milliseconds. */
  readonly startsAt?: number
  readonly order?: string
}

/** A talk with a shop assistant, in the store or in WeCom. */
export interface ConsultationBody extends FactBody {
  readonly consultation: string
  readonly via: 'wecom' | 'store' | 'chat' | 'phone'
  readonly staffId?: string
  readonly skus?: readonly string[]
  /** What it led to, in the brand's words. */
  readonly outcome?: string
}

/** Whom something was shared with, as far as the host tells. */
export type ShareTarget = 'friend' | 'group' | 'timeline' | 'link' | 'poster'

/** The bodies of the kinds of facts that have a shape of their own. Each may carry the fields of {@link EventContext} too. */
export interface StandardBodies {
  'Session Started': FactBody & { readonly session: string; readonly campaign?: CampaignBody }
  'Page Viewed': FactBody & { readonly path: string; readonly title?: string; readonly referrer?: string }
  'Screen Viewed': FactBody & { readonly name: string }
  'QR Scanned': FactBody & { readonly code: string; readonly placement?: string; readonly scene?: string; readonly storeId?: string }
  'Store Entered': FactBody & { readonly storeId: string; readonly evidence: 'wifi' | 'beacon' | 'qr' | 'staff' }
  'Store Exited': FactBody & { readonly storeId: string; readonly evidence?: 'wifi' | 'beacon' | 'qr' | 'staff'; readonly stayedMs?: number }
  'Promotion Viewed': PromotionBody
  'Promotion Clicked': PromotionBody
  'Content Viewed': ContentBody
  'Live Session Joined': FactBody & { readonly live: string; readonly title?: string; readonly host?: string }
  'Products Searched': FactBody & { readonly query: string; readonly results?: number }
  'Product List Viewed': ProductListBody
  'Product List Filtered': ProductListBody & { readonly filters?: readonly string[]; readonly sort?: string }
  'Product Clicked': ProductBody
  'Product Viewed': ProductBody
  'Product Tried On': FactBody & { readonly sku: string; readonly mode: 'ar' | 'mirror' | 'fitting-room'; readonly variant?: string }
  'Shelf Price Shown': FactBody & {
    readonly sku: string
    readonly price: number
    readonly currency: string
    readonly release?: number
    readonly label?: string
  }
  'Price Mismatch Reported': FactBody & {
    readonly sku: string
    readonly currency: string
    /** The price that was seen, minor units. */
    readonly seen: number
    /** The price it should have been, minor units. */
    readonly expected?: number
    /** Where the other price stood. */
    readonly against?: Channel
    readonly release?: number
    readonly label?: string
  }
  'Product Added': ProductBody & { readonly quantity: number }
  'Product Removed': ProductBody & { readonly quantity: number }
  'Product Added to Wishlist': ProductBody & { readonly wishlist?: string }
  'Product Removed from Wishlist': ProductBody & { readonly wishlist?: string }
  'Wishlist Product Added to Cart': ProductBody & { readonly wishlist?: string; readonly cart?: string }
  'Cart Viewed': CartBody
  'Checkout Started': CartBody
  'Checkout Step Viewed': CheckoutStepBody
  'Checkout Step Completed': CheckoutStepBody
  'Payment Info Entered': FactBody & { readonly order?: string; readonly cart?: string; readonly paymentMethod?: string; readonly shippingMethod?: string }
  'Coupon Claimed': CouponBody
  'Coupon Entered': CouponBody
  'Coupon Applied': CouponBody
  'Coupon Denied': CouponBody
  'Coupon Removed': CouponBody
  'Coupon Reserved': CouponHoldBody
  'Coupon Redeemed': RedemptionBody
  'Coupon Released': CouponHoldBody
  'Coupon Reversed': CouponHoldBody
  'Appointment Booked': AppointmentBody
  'Appointment Checked In': AppointmentBody
  'Order Completed': OrderBody
  'Order Updated': OrderBody & { readonly status?: string }
  'Order Cancelled': FactBody & { readonly order: string; readonly currency?: string; readonly total?: number; readonly reason?: string }
  'Receipt Issued': ReceiptBody
  'Pickup Ready': FactBody & { readonly order: string; readonly storeId: string }
  'Order Picked Up': FactBody & { readonly order: string; readonly storeId: string; readonly proof?: 'code' | 'member' | 'signature' | 'staff' }
  'Shipment Updated': FactBody & {
    readonly order: string
    readonly shipment: string
    readonly status: 'packed' | 'shipped' | 'delivered' | 'failed' | 'returned'
    readonly carrier?: string
    readonly trackingNo?: string
  }
  'Order Refunded': FactBody & {
    readonly order: string
    readonly currency: string
    readonly total: number
    readonly returnDocument?: string
    readonly member?: string
    readonly products?: readonly ProductBody[]
  }
  'Return Accepted': FactBody & {
    readonly returnDocument: string
    readonly order: string
    /** Where it was bought. */
    readonly origin?: Channel
    /** Where it was brought back. */
    readonly storeId?: string
    /** Whether it can be sold again. */
    readonly restock?: boolean
    readonly products?: readonly ProductBody[]
  }
  'Points Earned': PointsBody
  'Points Redeemed': PointsBody
  'Points Reversed': PointsBody
  'Consultation Started': ConsultationBody
  'Consultation Followed Up': ConsultationBody
  'Product Reviewed': FactBody & { readonly sku: string; readonly review?: string; readonly rating?: number; readonly outOf?: number; readonly order?: string }
  'Feedback Given': FactBody & {
    readonly survey: 'nps' | 'csat' | 'stars'
    /** 0 to 10 in NPS. */
    readonly score: number
    readonly outOf?: number
    readonly order?: string
    readonly text?: string
  }
  'Product Shared': ProductBody & { readonly to?: ShareTarget }
  'Cart Shared': FactBody & { readonly cart?: string; readonly to?: ShareTarget; readonly products?: readonly ProductBody[] }
  'Content Shared': ContentBody & { readonly to?: ShareTarget }
  'Referral Shared': FactBody & { readonly referral: string; readonly campaign?: string; readonly to?: ShareTarget }
  'Referral Accepted': FactBody & { readonly referral: string; readonly campaign?: string; readonly referrer?: string }
  'Group Buy Joined': FactBody & {
    readonly group: string
    readonly sku?: string
    readonly leader?: boolean
    /** How many it takes. */
    readonly size?: number
    readonly price?: number
    readonly currency?: string
  }
}
